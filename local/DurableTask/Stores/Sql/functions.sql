-- The next moment later than now at which a message becomes due.
CREATE OR REPLACE FUNCTION durable.next_due(now timestamptz) RETURNS timestamptz STABLE LANGUAGE sql AS $$
    SELECT min(due) FROM durable.hubs h, LATERAL (
        SELECT m.due_at AS due FROM durable.inbox m JOIN durable.instances i ON i.key = m.instance
        WHERE m.hub = h.id AND m.due_at > now AND i.set_aside IS NULL
        ORDER BY m.due_at LIMIT 1) d
$$;

-- A line for each piece of work that is due or under way. What is under way is still in its table until it is committed.
CREATE OR REPLACE FUNCTION durable.busy(now timestamptz) RETURNS SETOF text STABLE LANGUAGE sql AS $$
    (SELECT CASE WHEN i.is_entity THEN 'entity ' ELSE 'orchestration ' || i.name || ' ' END || i.id || ' has messages'
        FROM durable.inbox m JOIN durable.instances i ON i.key = m.instance
        WHERE m.due_at <= now AND i.set_aside IS NULL LIMIT 20)
    UNION ALL
    (SELECT 'activity ' || name || ' of ' || instance_id FROM durable.activities WHERE set_aside IS NULL LIMIT 20)
$$;

-- Sends a message: to an orchestration that exists and has not ended, or to an entity, which comes into being by it.
CREATE OR REPLACE FUNCTION durable.send(
    p_hub integer, p_id text, p_due timestamptz, p_timer integer, p_body text, p_now timestamptz) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE target bigint; ended boolean;
BEGIN
    SELECT key, status IN (1, 3, 5) INTO target, ended FROM durable.instances WHERE hub = p_hub AND id = p_id;
    IF target IS NULL THEN
        IF p_id NOT LIKE '@_%@%' THEN
            RETURN false;
        END IF;
        INSERT INTO durable.instances (hub, id, is_entity, name, status, created_at, updated_at)
        VALUES (p_hub, p_id, true, split_part(p_id, '@', 2), 0, p_now, p_now) ON CONFLICT (hub, id) DO NOTHING;
        SELECT key INTO target FROM durable.instances WHERE hub = p_hub AND id = p_id;
    ELSIF ended THEN
        RETURN false;
    END IF;
    INSERT INTO durable.inbox (hub, instance, due_at, timer, body)
    VALUES (p_hub, target, coalesce(p_due, '-infinity'), p_timer, p_body);
    RETURN true;
END $$;

-- Starts an orchestration; an existing instance of the id refuses when its status is in p_refusing (its status is returned
-- then) and is replaced otherwise.
CREATE OR REPLACE FUNCTION durable.start(
    p_hub integer, p_id text, p_name text, p_version text, p_execution text, p_input text, p_tags text, p_parent text,
    p_parent_id text, p_start_at timestamptz, p_body text, p_now timestamptz, p_refusing smallint[]) RETURNS smallint LANGUAGE plpgsql AS $$
DECLARE target bigint; existing smallint;
BEGIN
    LOOP
        INSERT INTO durable.instances (hub, id, is_entity, name, version, execution, status, created_at, updated_at, tags, parent, parent_id, input)
        VALUES (p_hub, p_id, false, p_name, p_version, p_execution, 6, p_now, p_now, p_tags, p_parent, p_parent_id, p_input)
        ON CONFLICT (hub, id) DO NOTHING RETURNING key INTO target;
        EXIT WHEN target IS NOT NULL;
        SELECT key, status INTO target, existing FROM durable.instances WHERE hub = p_hub AND id = p_id FOR UPDATE;
        IF target IS NOT NULL THEN
            IF existing = ANY (p_refusing) THEN
                RETURN existing;
            END IF;
            DELETE FROM durable.instances WHERE key = target;
        END IF;
    END LOOP;
    INSERT INTO durable.inbox (hub, instance, due_at, body) VALUES (p_hub, target, coalesce(p_start_at, '-infinity'), p_body);
    RETURN NULL;
END $$;

-- Commits a step; false, and nothing is changed, when the instance has made another step meanwhile.
CREATE OR REPLACE FUNCTION durable.commit_step(
    p_hub integer, p_key bigint, p_sequence integer, p_status smallint, p_now timestamptz, p_execution text, p_version text,
    p_renewed boolean, p_input text, p_output text, p_failure text, p_custom_status text, p_entity text, p_completed timestamptz,
    p_history text, p_consumed bigint[], p_drop_timers boolean, p_cancelled integer[],
    p_tasks integer[], p_task_names text[], p_task_versions text[], p_task_inputs text[], p_task_tags text[], p_trace text,
    p_to text[], p_due timestamptz[], p_timers integer[], p_bodies text[], p_starts jsonb) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE own_id text; start jsonb; existing smallint;
BEGIN
    UPDATE durable.instances SET
        sequence = p_sequence + 1, status = p_status, updated_at = p_now, execution = p_execution, version = p_version,
        input = CASE WHEN p_renewed THEN p_input ELSE input END, output = p_output, failure = p_failure,
        custom_status = p_custom_status, entity = p_entity, completed_at = p_completed,
        owner = NULL, attempts = 0, retry_at = NULL
    WHERE key = p_key AND sequence = p_sequence
    RETURNING id INTO own_id;
    IF own_id IS NULL THEN
        RETURN false;
    END IF;
    DELETE FROM durable.inbox WHERE id = ANY (p_consumed);
    IF p_status IN (1, 3, 5) THEN
        DELETE FROM durable.inbox WHERE instance = p_key;
    ELSIF p_drop_timers THEN
        DELETE FROM durable.inbox WHERE instance = p_key AND timer IS NOT NULL;
    ELSIF cardinality(p_cancelled) > 0 THEN
        DELETE FROM durable.inbox WHERE instance = p_key AND timer = ANY (p_cancelled);
    END IF;
    IF p_renewed THEN
        DELETE FROM durable.history WHERE instance = p_key;
    ELSIF p_history IS NOT NULL THEN
        INSERT INTO durable.history (instance, sequence, events) VALUES (p_key, p_sequence, p_history);
    END IF;
    IF cardinality(p_tasks) > 0 THEN
        INSERT INTO durable.activities (hub, instance, instance_id, execution, task, name, version, input, tags, trace_parent)
        SELECT p_hub, p_key, own_id, p_execution, t.task, t.name, t.version, t.input, t.tags, p_trace
        FROM unnest(p_tasks, p_task_names, p_task_versions, p_task_inputs, p_task_tags) AS t (task, name, version, input, tags);
    END IF;
    FOR start IN SELECT * FROM jsonb_array_elements(p_starts) LOOP
        existing := durable.start(
            p_hub, start->>'id', start->>'name', start->>'version', start->>'execution', start->>'input', start->>'tags', start->>'parent',
            start->>'parentId', (start->>'startAt')::timestamptz, start->>'body', p_now, ARRAY[0, 6, 7]::smallint[]);
        IF existing IS NOT NULL AND start->>'refusal' IS NOT NULL THEN
            PERFORM durable.send(p_hub, start->>'parentId', NULL, NULL, start->>'refusal', p_now);
        END IF;
    END LOOP;
    FOR i IN 1 .. cardinality(p_to) LOOP
        IF p_to[i] = own_id THEN
            INSERT INTO durable.inbox (hub, instance, due_at, timer, body)
            VALUES (p_hub, p_key, coalesce(p_due[i], '-infinity'), p_timers[i], p_bodies[i]);
        ELSE
            PERFORM durable.send(p_hub, p_to[i], p_due[i], p_timers[i], p_bodies[i], p_now);
        END IF;
    END LOOP;
    RETURN true;
END $$;

-- Commits an activity's outcome; false when it is no longer leased to this worker.
CREATE OR REPLACE FUNCTION durable.commit_activity(p_hub integer, p_worker integer, p_id bigint, p_body text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE target bigint;
BEGIN
    DELETE FROM durable.activities WHERE id = p_id AND owner = p_worker RETURNING instance INTO target;
    IF target IS NULL THEN
        RETURN false;
    END IF;
    INSERT INTO durable.inbox (hub, instance, due_at, body)
    SELECT p_hub, target, '-infinity', p_body FROM durable.instances WHERE key = target AND status NOT IN (1, 3, 5);
    RETURN true;
END $$;

-- Frees what workers hold. What is leased has messages that are due, so the inbox leads to it.
CREATE OR REPLACE FUNCTION durable.free(p_hub integer, p_workers integer[], p_attempt integer) RETURNS void LANGUAGE sql AS $$
    UPDATE durable.instances i SET owner = NULL, attempts = attempts - p_attempt
    FROM (SELECT DISTINCT instance FROM durable.inbox WHERE hub = p_hub AND due_at <= installation.now()) m
    WHERE i.key = m.instance AND i.owner = ANY (p_workers);
    UPDATE durable.activities SET owner = NULL, attempts = attempts - p_attempt WHERE hub = p_hub AND owner = ANY (p_workers);
$$;

-- Registers the living workers of a process anew (the others may have thought it dead while the database was away), removes those whose
-- process is gone, and frees what these held; says whether there were any.
CREATE OR REPLACE FUNCTION durable.bury(p_hub integer, p_session uuid, p_own integer[]) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE dead integer[];
BEGIN
    INSERT INTO durable.workers (id, hub, session) OVERRIDING SYSTEM VALUE
    SELECT id, p_hub, p_session FROM unnest(p_own) AS own (id) WHERE NOT EXISTS (SELECT FROM durable.workers w WHERE w.id = own.id)
    ON CONFLICT (id) DO NOTHING;
    WITH gone AS (
        DELETE FROM durable.workers w
        WHERE w.hub = p_hub AND NOT EXISTS (SELECT FROM installation.live_processes p WHERE p.id = w.session) RETURNING w.id)
    SELECT array_agg(id) INTO dead FROM gone;
    IF dead IS NULL THEN
        RETURN false;
    END IF;
    PERFORM durable.free(p_hub, dead, 0);
    RETURN true;
END $$;

-- Registers a worker; frees first what is held by workers that nobody knows.
CREATE OR REPLACE FUNCTION durable.join_hub(p_hub integer, p_session uuid) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE unknown integer[]; joined integer;
BEGIN
    SELECT array_agg(o.owner) INTO unknown FROM (
        SELECT i.owner FROM durable.inbox m JOIN durable.instances i ON i.key = m.instance
        WHERE m.hub = p_hub AND m.due_at <= installation.now() AND i.owner IS NOT NULL
        UNION SELECT owner FROM durable.activities WHERE hub = p_hub AND owner IS NOT NULL) o
    WHERE NOT EXISTS (SELECT FROM durable.workers w WHERE w.id = o.owner);
    IF unknown IS NOT NULL THEN
        PERFORM durable.free(p_hub, unknown, 0);
    END IF;
    INSERT INTO durable.workers (hub, session) VALUES (p_hub, p_session) RETURNING id INTO joined;
    RETURN joined;
END $$;
