-- What earlier versions of this schema had.
DROP FUNCTION IF EXISTS durable.commit_activity;
DROP FUNCTION IF EXISTS durable.commit_step;
DROP FUNCTION IF EXISTS durable.start(integer, text, text, text, text, text, text, text, text, timestamptz, text, timestamptz, smallint[]);

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
    SELECT key, status IN (1, 3, 5) INTO target, ended FROM durable.instances WHERE hub = p_hub AND id = p_id FOR KEY SHARE;
    IF target IS NULL THEN
        IF p_id NOT LIKE '@_%@%' THEN
            RETURN false;
        END IF;
        INSERT INTO durable.instances (hub, id, is_entity, name, status, created_at, updated_at)
        VALUES (p_hub, p_id, true, split_part(p_id, '@', 2), 0, p_now, p_now) ON CONFLICT (hub, id) DO NOTHING;
        SELECT key INTO target FROM durable.instances WHERE hub = p_hub AND id = p_id FOR KEY SHARE;
    ELSIF ended THEN
        RETURN false;
    END IF;
    INSERT INTO durable.inbox (hub, instance, due_at, timer, body)
    VALUES (p_hub, target, coalesce(p_due, '-infinity'), p_timer, p_body);
    RETURN true;
END $$;

-- Starts an orchestration; an existing instance of the id refuses when its status is in p_refusing (its status is answered then) and is
-- replaced otherwise. With p_owner it is leased to that worker at once.
CREATE OR REPLACE FUNCTION durable.start(
    p_hub integer, p_id text, p_name text, p_version text, p_execution text, p_input text, p_tags text, p_parent text,
    p_parent_id text, p_start_at timestamptz, p_body text, p_now timestamptz, p_refusing smallint[], p_owner integer,
    OUT refused smallint, OUT target bigint, OUT message bigint) LANGUAGE plpgsql AS $$
BEGIN
    LOOP
        INSERT INTO durable.instances (
            hub, id, is_entity, name, version, execution, status, created_at, updated_at, tags, parent, parent_id, input, owner, attempts)
        VALUES (p_hub, p_id, false, p_name, p_version, p_execution, 6, p_now, p_now, p_tags, p_parent, p_parent_id, p_input,
            p_owner, (p_owner IS NOT NULL)::integer)
        ON CONFLICT (hub, id) DO NOTHING RETURNING key INTO target;
        EXIT WHEN target IS NOT NULL;
        SELECT key, status INTO target, refused FROM durable.instances WHERE hub = p_hub AND id = p_id FOR UPDATE;
        IF target IS NOT NULL THEN
            IF refused = ANY (p_refusing) THEN
                RETURN;
            END IF;
            DELETE FROM durable.instances WHERE key = target;
        END IF;
        refused := NULL;
    END LOOP;
    INSERT INTO durable.inbox (hub, instance, due_at, body) VALUES (p_hub, target, coalesce(p_start_at, '-infinity'), p_body)
    RETURNING id INTO message;
END $$;

-- Commits pieces of work that are ready together, each of them all or nothing: steps (s_, and what belongs to them by their number in
-- s_: c_onsumed messages, d_one activities whose outcomes they took in, t_imers taken back, a_ctivities, m_essages, n_ew orchestrations)
-- and outcomes of activities (o_) that go to their instance's inbox. A step is refused, and nothing of it is changed, when the instance has
-- made another step meanwhile, when a message that it took is gone, or when an activity whose outcome it took is no longer leased to
-- this worker. Answers the numbers of the accepted steps, the ids of their activities in order, and the activities whose outcomes count.
CREATE OR REPLACE FUNCTION durable.commit_work(
    p_hub integer, p_worker integer, p_now timestamptz,
    s_key bigint[], s_id text[], s_sequence integer[], s_status smallint[], s_updated timestamptz[], s_execution text[], s_version text[],
    s_renewed boolean[], s_input text[], s_output text[], s_failure text[], s_custom text[], s_entity text[], s_completed timestamptz[],
    s_history text[], s_drop boolean[],
    c_step integer[], c_id bigint[], d_step integer[], d_id bigint[], t_step integer[], t_timer integer[],
    a_step integer[], a_task integer[], a_name text[], a_version text[], a_input text[], a_tags text[], a_trace text[], a_leased boolean[],
    m_step integer[], m_to text[], m_due timestamptz[], m_timer integer[], m_body text[],
    n_step integer[], n_start text[], o_id bigint[], o_body text[],
    OUT accepted integer[], OUT activities bigint[], OUT outcomes bigint[]) LANGUAGE plpgsql
    SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE keys bigint[]; start jsonb; existing smallint;
BEGIN
    WITH held AS MATERIALIZED (
        SELECT s.n FROM unnest(s_key, s_sequence) WITH ORDINALITY AS s (key, sequence, n)
        JOIN durable.instances i ON i.key = s.key AND i.sequence = s.sequence ORDER BY s.key FOR NO KEY UPDATE OF i)
    SELECT array_agg(n) INTO accepted FROM held
    WHERE NOT EXISTS (SELECT FROM unnest(c_step, c_id) AS c (step, id) WHERE c.step = n AND NOT EXISTS (SELECT FROM durable.inbox m WHERE m.id = c.id))
        AND NOT EXISTS (SELECT FROM unnest(d_step, d_id) AS d (step, id)
            WHERE d.step = n AND NOT EXISTS (SELECT FROM durable.activities a WHERE a.id = d.id AND a.owner = p_worker));
    IF accepted IS NOT NULL THEN
        UPDATE durable.instances i SET
            sequence = s.sequence + 1, status = s.status, updated_at = s.updated, execution = s.execution, version = s.version,
            input = CASE WHEN s.renewed THEN s.input ELSE i.input END, output = s.output, failure = s.failure,
            custom_status = s.custom, entity = s.entity, completed_at = s.completed, owner = NULL, attempts = 0, retry_at = NULL
        FROM unnest(s_key, s_sequence, s_status, s_updated, s_execution, s_version, s_renewed, s_input, s_output, s_failure, s_custom,
            s_entity, s_completed) WITH ORDINALITY
            AS s (key, sequence, status, updated, execution, version, renewed, input, output, failure, custom, entity, completed, n)
        WHERE i.key = s.key AND s.n = ANY (accepted);
        INSERT INTO durable.history (instance, sequence, events)
        SELECT s.key, s.sequence, s.events FROM unnest(s_key, s_sequence, s_renewed, s_history) WITH ORDINALITY AS s (key, sequence, renewed, events, n)
        WHERE s.n = ANY (accepted) AND NOT s.renewed AND s.events IS NOT NULL;
        IF true = ANY (s_renewed) THEN
            DELETE FROM durable.history WHERE instance IN (
                SELECT s.key FROM unnest(s_key, s_renewed) WITH ORDINALITY AS s (key, renewed, n) WHERE s.n = ANY (accepted) AND s.renewed);
        END IF;
        IF cardinality(c_id) > 0 THEN
            DELETE FROM durable.inbox WHERE id = ANY (ARRAY(
                SELECT c.id FROM unnest(c_step, c_id) AS c (step, id) WHERE c.step = ANY (accepted)));
        END IF;
        IF cardinality(d_id) > 0 THEN
            DELETE FROM durable.activities WHERE id = ANY (ARRAY(
                SELECT d.id FROM unnest(d_step, d_id) AS d (step, id) WHERE d.step = ANY (accepted)));
        END IF;
        keys := ARRAY(SELECT s.key FROM unnest(s_key, s_status) WITH ORDINALITY AS s (key, status, n)
            WHERE s.n = ANY (accepted) AND s.status IN (1, 3, 5));
        IF cardinality(keys) > 0 THEN
            DELETE FROM durable.inbox WHERE instance = ANY (keys);
        END IF;
        keys := ARRAY(SELECT s.key FROM unnest(s_key, s_status, s_drop) WITH ORDINALITY AS s (key, status, dropped, n)
            WHERE s.n = ANY (accepted) AND s.dropped AND s.status NOT IN (1, 3, 5));
        IF cardinality(keys) > 0 THEN
            DELETE FROM durable.inbox WHERE instance = ANY (keys) AND timer IS NOT NULL;
        END IF;
        IF cardinality(t_timer) > 0 THEN
            DELETE FROM durable.inbox m USING unnest(t_step, t_timer) AS t (step, timer)
            WHERE t.step = ANY (accepted) AND m.instance = s_key[t.step] AND m.timer = t.timer;
        END IF;
        IF cardinality(a_task) > 0 THEN
            WITH made AS (
                INSERT INTO durable.activities (
                    hub, instance, instance_id, execution, task, name, version, input, tags, trace_parent, owner, attempts)
                SELECT p_hub, s_key[a.step], s_id[a.step], s_execution[a.step], a.task, a.name, a.version, a.input, a.tags, a.trace,
                    CASE WHEN a.leased THEN p_worker END, a.leased::integer
                FROM unnest(a_step, a_task, a_name, a_version, a_input, a_tags, a_trace, a_leased) WITH ORDINALITY
                    AS a (step, task, name, version, input, tags, trace, leased, n)
                WHERE a.step = ANY (accepted) ORDER BY a.n RETURNING id)
            SELECT array_agg(id ORDER BY id) INTO activities FROM made;
        END IF;
        FOR start IN SELECT n.start::jsonb FROM unnest(n_step, n_start) AS n (step, start) WHERE n.step = ANY (accepted) LOOP
            SELECT refused INTO existing FROM durable.start(
                p_hub, start->>'id', start->>'name', start->>'version', start->>'execution', start->>'input', start->>'tags', start->>'parent',
                start->>'parentId', (start->>'startAt')::timestamptz, start->>'body', p_now, ARRAY[0, 6, 7]::smallint[], NULL);
            IF existing IS NOT NULL AND start->>'refusal' IS NOT NULL THEN
                PERFORM durable.send(p_hub, start->>'parentId', NULL, NULL, start->>'refusal', p_now);
            END IF;
        END LOOP;
        IF cardinality(m_to) > 0 THEN
            INSERT INTO durable.instances (hub, id, is_entity, name, status, created_at, updated_at)
            SELECT DISTINCT p_hub, m.target, true, split_part(m.target, '@', 2), 0, p_now, p_now FROM unnest(m_step, m_to) AS m (step, target)
            WHERE m.target LIKE '@_%@%' AND m.step = ANY (accepted)
                AND NOT EXISTS (SELECT FROM durable.instances i WHERE i.hub = p_hub AND i.id = m.target)
            ON CONFLICT (hub, id) DO NOTHING;
            INSERT INTO durable.inbox (hub, instance, due_at, timer, body)
            SELECT p_hub, i.key, coalesce(m.due, '-infinity'), m.timer, m.body
            FROM unnest(m_step, m_to, m_due, m_timer, m_body) WITH ORDINALITY AS m (step, target, due, timer, body, n)
            JOIN durable.instances i ON i.hub = p_hub AND i.id = m.target
            WHERE m.step = ANY (accepted) AND i.status NOT IN (1, 3, 5) ORDER BY m.n FOR KEY SHARE OF i;
        END IF;
    END IF;
    IF cardinality(o_id) > 0 THEN
        WITH gone AS (DELETE FROM durable.activities WHERE id = ANY (o_id) AND owner = p_worker RETURNING id, instance),
        sent AS (
            INSERT INTO durable.inbox (hub, instance, due_at, body)
            SELECT p_hub, g.instance, '-infinity', o.body FROM gone g JOIN unnest(o_id, o_body) AS o (id, body) ON o.id = g.id
            JOIN durable.instances i ON i.key = g.instance WHERE i.status NOT IN (1, 3, 5) FOR KEY SHARE OF i)
        SELECT array_agg(id) INTO outcomes FROM gone;
    END IF;
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
