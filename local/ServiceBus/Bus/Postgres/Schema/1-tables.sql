CREATE SCHEMA IF NOT EXISTS servicebus;

-- A queue, a topic or a subscription. Dead-letter queues are no entities of their own.
CREATE TABLE IF NOT EXISTS servicebus.entities (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    path text NOT NULL,
    key text NOT NULL UNIQUE,                  -- lower(path)
    kind smallint NOT NULL,                    -- 0 queue, 1 topic, 2 subscription
    topic_id integer,                          -- of a subscription
    settings jsonb NOT NULL,
    lock_duration interval NOT NULL,
    max_delivery_count integer NOT NULL,
    default_ttl interval,                      -- null: for ever
    dead_letter_on_expiration boolean NOT NULL,
    requires_session boolean NOT NULL,
    duplicate_window interval,                 -- null: no duplicate detection
    dead_letters_to text,                      -- key of the entity that dead letters are forwarded to
    can_send boolean NOT NULL,
    can_receive boolean NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL);
ALTER TABLE servicebus.entities ADD COLUMN IF NOT EXISTS idle_after interval;   -- deleted when nobody used it for so long; null: never
ALTER TABLE servicebus.entities ADD COLUMN IF NOT EXISTS used_at timestamptz;   -- moved clock; kept of entities with idle_after
CREATE INDEX IF NOT EXISTS entities_that_idle ON servicebus.entities (id) WHERE idle_after IS NOT NULL;
CREATE INDEX IF NOT EXISTS entities_of_topic ON servicebus.entities (topic_id) WHERE topic_id IS NOT NULL;

-- Names that were deleted: unlike names that never were, they are not made again on their next use.
CREATE TABLE IF NOT EXISTS servicebus.deleted_entities (key text PRIMARY KEY);

CREATE TABLE IF NOT EXISTS servicebus.rules (
    entity_id integer NOT NULL,
    name text NOT NULL,
    definition text NOT NULL,
    PRIMARY KEY (entity_id, name));

-- One row is one message in one queue or subscription. Rows leave a partial index when their state changes, so each index
-- holds just what its reader looks for, and the cost of a receive does not grow with the number of messages.
CREATE TABLE IF NOT EXISTS servicebus.messages (
    entity_id integer NOT NULL,
    dead boolean NOT NULL DEFAULT false,       -- in the dead-letter queue
    sequence bigint NOT NULL,
    state smallint NOT NULL,                   -- 0 available, 1 locked, 2 deferred, 3 scheduled
    deferred boolean NOT NULL DEFAULT false,   -- a lock that ends goes back to deferred
    session_id text,
    message_id text NOT NULL,
    enqueued_sequence bigint NOT NULL,
    enqueued_at timestamptz NOT NULL,          -- moved clock; of a scheduled message: when it is due
    expires_at timestamptz,                    -- moved clock; null: never
    delivery_count integer NOT NULL DEFAULT 0,
    lock_token uuid,
    locked_until timestamptz,                  -- machine's clock; infinity: as long as the session's lock
    locked_by uuid,                            -- installation.processes
    dead_letter_source text,
    envelope jsonb NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (entity_id, dead, sequence))
    WITH (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.1);
CREATE INDEX IF NOT EXISTS messages_available ON servicebus.messages (entity_id, dead, sequence) WHERE state = 0;
CREATE INDEX IF NOT EXISTS messages_of_session ON servicebus.messages (entity_id, dead, session_id, sequence) WHERE state = 0 AND session_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS messages_locked ON servicebus.messages (entity_id, locked_until) WHERE state = 1;
CREATE INDEX IF NOT EXISTS messages_scheduled ON servicebus.messages (entity_id, enqueued_at) WHERE state = 3;
CREATE INDEX IF NOT EXISTS messages_expiring ON servicebus.messages (entity_id, expires_at) WHERE expires_at IS NOT NULL AND NOT dead;

CREATE TABLE IF NOT EXISTS servicebus.sessions (
    entity_id integer NOT NULL,
    session_id text NOT NULL,
    lock_token uuid,
    locked_until timestamptz,                  -- machine's clock
    locked_by uuid,
    state bytea,
    state_updated_at timestamptz,
    PRIMARY KEY (entity_id, session_id));

-- What duplicate detection remembers.
CREATE TABLE IF NOT EXISTS servicebus.history (
    entity_id integer NOT NULL,
    message_id text NOT NULL,
    partition_key text NOT NULL,
    seen_at timestamptz NOT NULL,              -- moved clock
    PRIMARY KEY (entity_id, message_id, partition_key));
CREATE INDEX IF NOT EXISTS history_by_time ON servicebus.history (entity_id, seen_at);

-- Who listens to what: an advance of the clock waits for the messages of these entities.
CREATE TABLE IF NOT EXISTS servicebus.listeners (
    process_id uuid NOT NULL,
    entity_id integer NOT NULL,
    dead boolean NOT NULL,
    session_id text NOT NULL,                  -- empty: all of them
    PRIMARY KEY (process_id, entity_id, dead, session_id));

-- Which processes have a receiver that waits for something to happen in an entity. A sender wakes each of them once.
CREATE UNLOGGED TABLE IF NOT EXISTS servicebus.sleepers (
    entity_id integer NOT NULL,
    process_id uuid NOT NULL,
    asleep boolean NOT NULL,
    PRIMARY KEY (entity_id, process_id));
ALTER TABLE servicebus.sleepers ADD COLUMN IF NOT EXISTS takes boolean NOT NULL DEFAULT false;     -- may be handed a message that is locked for it
