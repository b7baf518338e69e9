CREATE SCHEMA IF NOT EXISTS durable;

CREATE TABLE IF NOT EXISTS durable.hubs (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE);

-- A worker is a dispatcher of a process; session is the process's membership of the installation. The row goes with the process.
CREATE TABLE IF NOT EXISTS durable.workers (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    hub integer NOT NULL REFERENCES durable.hubs,
    session uuid NOT NULL);

CREATE TABLE IF NOT EXISTS durable.instances (
    key bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    hub integer NOT NULL,
    id text COLLATE "C" NOT NULL,
    is_entity boolean NOT NULL,
    name text NOT NULL,
    version text,
    execution text,
    status smallint NOT NULL,
    sequence integer NOT NULL DEFAULT 0,
    owner integer,
    attempts integer NOT NULL DEFAULT 0,
    retry_at timestamptz,                -- machine time
    set_aside text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    completed_at timestamptz,
    tags text,
    parent text,
    parent_id text,
    input text,
    output text,
    failure text,
    custom_status text,
    entity text,
    UNIQUE (hub, id));
CREATE INDEX IF NOT EXISTS instances_by_parent ON durable.instances (hub, parent_id) WHERE parent_id IS NOT NULL;

CREATE TABLE IF NOT EXISTS durable.history (
    instance bigint NOT NULL,
    sequence integer NOT NULL,
    events text NOT NULL,
    PRIMARY KEY (instance, sequence));

-- due_at is on the moved clock; a message without a wait has -infinity.
CREATE TABLE IF NOT EXISTS durable.inbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    hub integer NOT NULL,
    instance bigint NOT NULL,
    due_at timestamptz NOT NULL,
    timer integer,
    body text NOT NULL);
CREATE INDEX IF NOT EXISTS inbox_by_due ON durable.inbox (hub, due_at, id);
CREATE INDEX IF NOT EXISTS inbox_by_instance ON durable.inbox (instance, id);

CREATE TABLE IF NOT EXISTS durable.activities (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    hub integer NOT NULL,
    instance bigint NOT NULL,
    instance_id text NOT NULL,
    execution text NOT NULL,
    task integer NOT NULL,
    name text NOT NULL,
    version text,
    input text,
    tags text,
    trace_parent text,                   -- and, after a space, the trace state
    owner integer,
    attempts integer NOT NULL DEFAULT 0,
    retry_at timestamptz,                -- machine time
    set_aside text);
CREATE INDEX IF NOT EXISTS activities_waiting ON durable.activities (hub, id) WHERE owner IS NULL AND set_aside IS NULL;
DROP INDEX IF EXISTS durable.activities_by_hub;
CREATE INDEX IF NOT EXISTS activities_by_instance ON durable.activities (instance);

-- What belongs to an instance goes with it. Foreign keys would say so too, but look the instance up, and lock it, for each row that a
-- step writes, although the step holds it; who sends to an instance that it doesn't hold keeps it in place for so long (FOR KEY SHARE).
CREATE OR REPLACE FUNCTION durable.forget() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM durable.history WHERE instance IN (SELECT key FROM gone);
    DELETE FROM durable.inbox WHERE instance IN (SELECT key FROM gone);
    DELETE FROM durable.activities WHERE instance IN (SELECT key FROM gone);
    RETURN NULL;
END $$;
-- Only where it is not so yet: both lock the tables, and other processes may be at work.
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = 'durable.instances'::regclass AND tgname = 'forget') THEN
        CREATE TRIGGER forget AFTER DELETE ON durable.instances REFERENCING OLD TABLE AS gone
            FOR EACH STATEMENT EXECUTE FUNCTION durable.forget();
        ALTER TABLE durable.instances DROP CONSTRAINT IF EXISTS instances_hub_fkey;
        ALTER TABLE durable.history DROP CONSTRAINT IF EXISTS history_instance_fkey;
        ALTER TABLE durable.inbox DROP CONSTRAINT IF EXISTS inbox_instance_fkey;
        ALTER TABLE durable.activities DROP CONSTRAINT IF EXISTS activities_instance_fkey;
    END IF;
END $$;

-- Rows of instances change with each step: room for the next version beside them. Messages and activities come and go: what leads to the
-- dead ones is taken away as soon as there are a thousand.
ALTER TABLE durable.instances SET (fillfactor = 70);
ALTER TABLE durable.inbox SET (autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0.1);
ALTER TABLE durable.activities SET (autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0.1);
