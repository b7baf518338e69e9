-- Outbox, inboxes and stored answers. Times are the application's (parameters); claims run on the machine's clock, so that a
-- development clock that jumps by days lets no claim lapse.

CREATE TABLE toolbox.outbox (
    id             text PRIMARY KEY,                    -- also the message's id
    queue          text NOT NULL,
    body           text NOT NULL,
    tenant         text REFERENCES toolbox.tenants,     -- null: written by the control plane
    correlation_id text,
    traceparent    text,
    created_at     timestamptz NOT NULL,
    not_before     timestamptz,                         -- the bus keeps the message until then
    claimed_until  timestamptz,                         -- who wrote or claimed the row sends it until then
    attempts       integer NOT NULL DEFAULT 1,
    sent_at        timestamptz
);
CREATE INDEX outbox_unsent ON toolbox.outbox (claimed_until, id) WHERE sent_at IS NULL;
CREATE INDEX outbox_sent ON toolbox.outbox (sent_at) WHERE sent_at IS NOT NULL;
SELECT toolbox.protect('toolbox.outbox', 'INSERT');

-- Events that others send us (webhooks): each once, by the sender's id.
CREATE TABLE toolbox.inbox (
    sender      text NOT NULL,
    event_id    text NOT NULL,
    type        text NOT NULL,
    message_id  text,                                   -- the outbox row that carries it on; null when nothing follows
    outcome     text NOT NULL,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (sender, event_id)
);
SELECT toolbox.protect('toolbox.inbox');

-- Messages that a consumer has applied: stored with the change that they caused.
CREATE TABLE toolbox.handled_messages (
    consumer   text NOT NULL,
    message_id text NOT NULL,
    tenant     text REFERENCES toolbox.tenants,
    outcome    text NOT NULL,
    handled_at timestamptz NOT NULL,
    PRIMARY KEY (consumer, message_id)
);
CREATE INDEX handled_messages_by_message ON toolbox.handled_messages (message_id);
SELECT toolbox.protect('toolbox.handled_messages', 'SELECT, INSERT');

-- The answers to calls with an Idempotency-Key.
CREATE TABLE toolbox.idempotency (
    api_key_id      text NOT NULL REFERENCES toolbox.api_keys ON DELETE CASCADE,
    route           text NOT NULL,
    idempotency_key text NOT NULL,
    request_hash    bytea NOT NULL,
    claim           text NOT NULL,                      -- the call that runs or ran
    claimed_until   timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL,
    status          integer,                            -- null while the first call runs
    content_type    text,
    location        text,
    body            bytea,
    PRIMARY KEY (api_key_id, route, idempotency_key)
);
CREATE INDEX idempotency_expiry ON toolbox.idempotency (expires_at);
SELECT toolbox.protect('toolbox.idempotency');
