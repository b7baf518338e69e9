-- Locks a session for a receiver; without a name the free one whose messages wait longest. No row: there is none.
-- SB010: somebody else holds it.
CREATE OR REPLACE FUNCTION servicebus.accept_session(e integer, receiver uuid, wanted text)
RETURNS TABLE (session_id text, lock_token uuid, locked_until timestamptz) LANGUAGE plpgsql AS $$
DECLARE
    q servicebus.entities := servicebus.receiver(e);
    chosen text;
BEGIN
    PERFORM servicebus.catch_up(q, receiver, false);
    IF wanted IS NOT NULL THEN
        INSERT INTO servicebus.sessions AS s (entity_id, session_id) VALUES (e, wanted) ON CONFLICT DO NOTHING;
        SELECT s.session_id INTO chosen FROM servicebus.sessions s
        WHERE s.entity_id = e AND s.session_id = wanted AND s.lock_token IS NULL FOR UPDATE;
        IF NOT FOUND THEN RAISE EXCEPTION USING ERRCODE = 'SB010', MESSAGE = 'session cannot be locked'; END IF;
    ELSE
        SELECT s.session_id INTO chosen FROM servicebus.sessions s
        CROSS JOIN LATERAL (SELECT m.sequence FROM servicebus.messages m
            WHERE m.entity_id = e AND NOT m.dead AND m.state = 0 AND m.session_id = s.session_id ORDER BY m.sequence LIMIT 1) first
        WHERE s.entity_id = e AND s.lock_token IS NULL ORDER BY first.sequence LIMIT 1 FOR UPDATE OF s SKIP LOCKED;
        IF NOT FOUND THEN RETURN; END IF;
    END IF;
    RETURN QUERY UPDATE servicebus.sessions s
    SET lock_token = gen_random_uuid(), locked_until = clock_timestamp() + q.lock_duration, locked_by = receiver
    WHERE s.entity_id = e AND s.session_id = chosen RETURNING s.session_id, s.lock_token, s.locked_until;
END $$;

CREATE OR REPLACE FUNCTION servicebus.renew_session(e integer, session uuid) RETURNS timestamptz LANGUAGE plpgsql AS $$
DECLARE until timestamptz;
BEGIN
    PERFORM servicebus.hold(e, session);
    UPDATE servicebus.sessions s SET locked_until = clock_timestamp() + q.lock_duration FROM servicebus.entities q
    WHERE q.id = e AND s.entity_id = e AND s.lock_token = session RETURNING s.locked_until INTO until;
    RETURN until;
END $$;

-- Gives a session back; its unsettled messages become available at once.
CREATE OR REPLACE FUNCTION servicebus.release_session(e integer, session uuid, receiver uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    q servicebus.entities;
    name text;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(7496037, e);
    SELECT s.session_id INTO name FROM servicebus.sessions s WHERE s.entity_id = e AND s.lock_token = session FOR UPDATE;
    SELECT * INTO q FROM servicebus.entities WHERE id = e;
    IF name IS NOT NULL AND q.id IS NOT NULL THEN
        PERFORM servicebus.free_session(q, name);
        PERFORM servicebus.wake(e, receiver);
    END IF;
END $$;

CREATE OR REPLACE FUNCTION servicebus.session_state(e integer, session uuid) RETURNS bytea LANGUAGE plpgsql AS $$
BEGIN
    PERFORM servicebus.hold(e, session);
    RETURN (SELECT s.state FROM servicebus.sessions s WHERE s.entity_id = e AND s.lock_token = session);
END $$;

CREATE OR REPLACE FUNCTION servicebus.set_session_state(e integer, session uuid, value bytea) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM servicebus.hold(e, session);
    UPDATE servicebus.sessions s SET state = value, state_updated_at = installation.now() WHERE s.entity_id = e AND s.lock_token = session;
END $$;

-- Sessions with messages, or with a state written after a moment.
CREATE OR REPLACE FUNCTION servicebus.list_sessions(e integer, updated_after timestamptz) RETURNS SETOF text LANGUAGE sql STABLE AS $$
    SELECT s.session_id FROM servicebus.sessions s
    WHERE s.entity_id = e AND CASE WHEN updated_after IS NULL
        THEN EXISTS (SELECT FROM servicebus.messages m WHERE m.entity_id = e AND NOT m.dead AND m.session_id = s.session_id)
        ELSE s.state IS NOT NULL AND s.state_updated_at > updated_after END
    ORDER BY s.session_id
$$;

-- Whether an entity has sessions. One that nobody declared gets them, unless it holds messages that belong to none.
CREATE OR REPLACE FUNCTION servicebus.require_sessions(e integer) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(7496037, e);   -- after who is sending now
    UPDATE servicebus.entities SET requires_session = true, updated_at = installation.now(),
        settings = settings || '{"RequiresSession": true, "IsImplicit": false}'
    WHERE id = e AND kind <> 1 AND (settings ->> 'IsImplicit')::boolean
        AND NOT EXISTS (SELECT FROM servicebus.messages m WHERE m.entity_id = e AND NOT m.dead AND m.session_id IS NULL);
    IF FOUND THEN
        INSERT INTO servicebus.sessions (entity_id, session_id)
        SELECT DISTINCT e, m.session_id FROM servicebus.messages m WHERE m.entity_id = e AND NOT m.dead
        ON CONFLICT DO NOTHING;
    END IF;
    RETURN EXISTS (SELECT FROM servicebus.entities WHERE id = e AND requires_session);
END $$;
