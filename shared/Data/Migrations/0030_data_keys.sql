-- The keys that encrypt data, each wrapped by a version of the secret data-wrapping-key; without that they are worth nothing.
CREATE TABLE toolbox.data_keys (
    id         text PRIMARY KEY,
    wrapped    bytea NOT NULL,
    wrapped_by text NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX data_keys_wrapped_by ON toolbox.data_keys (wrapped_by);
SELECT toolbox.protect('toolbox.data_keys');
