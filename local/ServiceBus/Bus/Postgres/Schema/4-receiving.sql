CREATE OR REPLACE FUNCTION servicebus.receiver(e integer) RETURNS servicebus.entities LANGUAGE plpgsql STABLE AS $$
DECLARE q servicebus.entities;
BEGIN
    SELECT * INTO q FROM servicebus.entities WHERE id = e;
    IF NOT FOUND THEN RAISE EXCEPTION USING ERRCODE = 'SB001', MESSAGE = 'entity not found'; END IF;
    IF NOT q.can_receive THEN RAISE EXCEPTION USING ERRCODE = 'SB005', MESSAGE = 'entity disabled'; END IF;
    RETURN q;
END $$;

-- Refuses when the session's lock is not held any more; null stands for no session.
CREATE OR REPLACE FUNCTION servicebus.hold(e integer, session uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF session IS NOT NULL AND NOT EXISTS (SELECT FROM servicebus.sessions s
        WHERE s.entity_id = e AND s.lock_token = session AND s.locked_until > clock_timestamp())
    THEN RAISE EXCEPTION USING ERRCODE = 'SB003', MESSAGE = 'session lock lost'; END IF;
END $$;

DROP FUNCTION IF EXISTS servicebus.receive(integer, boolean, uuid, integer, boolean, text, uuid);

-- Takes the next messages. The planner is told to walk the index: its statistics lag behind a queue that fills and empties.
-- One plan serves all calls, as of servicebus.send. With a floor it walks from there, and leaves what time did to the queue to a
-- receive without one.
CREATE OR REPLACE FUNCTION servicebus.receive(
    e integer, d boolean, receiver uuid, amount integer, keep boolean, session_id_ text, session uuid, floor bigint)
RETURNS SETOF servicebus.messages LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_sort = off SET enable_bitmapscan = off AS $$
DECLARE
    q servicebus.entities;
    numbers bigint[];
BEGIN
    q := servicebus.receiver(e);
    IF floor IS NULL THEN
        PERFORM servicebus.catch_up(q, receiver, false);
    END IF;
    PERFORM servicebus.hold(e, session);
    IF session IS NULL THEN
        SELECT array_agg(n.sequence) INTO numbers FROM (
            SELECT m.sequence FROM servicebus.messages m
            WHERE m.entity_id = e AND m.dead = d AND m.state = 0 AND m.sequence >= coalesce(floor, 0)
            ORDER BY m.sequence LIMIT amount FOR UPDATE SKIP LOCKED) n;
    ELSE
        SELECT array_agg(n.sequence) INTO numbers FROM (
            SELECT m.sequence FROM servicebus.messages m
            WHERE m.entity_id = e AND m.dead = d AND m.state = 0 AND m.session_id = session_id_
            ORDER BY m.sequence LIMIT amount FOR UPDATE SKIP LOCKED) n;
    END IF;
    IF numbers IS NOT NULL THEN
        RETURN QUERY SELECT * FROM servicebus.take(q, d, numbers, receiver, keep, session IS NOT NULL);
    END IF;
END $$;

-- Locks messages for a receiver, or deletes them and hands them out.
CREATE OR REPLACE FUNCTION servicebus.take(
    q servicebus.entities, d boolean, numbers bigint[], receiver uuid, keep boolean, in_session boolean)
RETURNS SETOF servicebus.messages LANGUAGE plpgsql AS $$
BEGIN
    IF keep THEN
        RETURN QUERY UPDATE servicebus.messages m SET state = 1, lock_token = gen_random_uuid(), locked_by = receiver,
            locked_until = CASE WHEN in_session THEN 'infinity' ELSE clock_timestamp() + q.lock_duration END,
            delivery_count = m.delivery_count + 1
        WHERE m.entity_id = q.id AND m.dead = d AND m.sequence = ANY(numbers) RETURNING m.*;
    ELSE
        RETURN QUERY DELETE FROM servicebus.messages m
        WHERE m.entity_id = q.id AND m.dead = d AND m.sequence = ANY(numbers) RETURNING m.*;
    END IF;
END $$;

CREATE OR REPLACE FUNCTION servicebus.receive_deferred(
    e integer, d boolean, receiver uuid, numbers bigint[], keep boolean, session_id_ text, session uuid)
RETURNS SETOF servicebus.messages LANGUAGE plpgsql AS $$
DECLARE
    q servicebus.entities := servicebus.receiver(e);
    found_ones bigint[];
BEGIN
    PERFORM servicebus.catch_up(q, receiver, false);
    PERFORM servicebus.hold(e, session);
    SELECT array_agg(n.sequence) INTO found_ones FROM (
        SELECT m.sequence FROM servicebus.messages m
        WHERE m.entity_id = e AND m.dead = d AND m.sequence = ANY(numbers) AND m.state = 2
            AND (session IS NULL OR m.session_id = session_id_) FOR UPDATE) n;
    IF coalesce(cardinality(found_ones), 0) < cardinality(ARRAY(SELECT DISTINCT unnest(numbers))) THEN
        RAISE EXCEPTION USING ERRCODE = 'SB004', MESSAGE = 'message not found';
    END IF;
    RETURN QUERY SELECT * FROM servicebus.take(q, d, found_ones, receiver, keep, session IS NOT NULL);
END $$;

CREATE OR REPLACE FUNCTION servicebus.peek(e integer, d boolean, receiver uuid, session_id_ text, first bigint, amount integer)
RETURNS SETOF servicebus.messages LANGUAGE plpgsql SET enable_seqscan = off SET enable_sort = off SET enable_bitmapscan = off AS $$
BEGIN
    PERFORM servicebus.catch_up(servicebus.receiver(e), receiver, false);
    RETURN QUERY SELECT * FROM servicebus.messages m
        WHERE m.entity_id = e AND m.dead = d AND m.sequence >= first AND (session_id_ IS NULL OR m.session_id = session_id_)
        ORDER BY m.sequence LIMIT amount;
END $$;

-- Refuses what settling would refuse now.
CREATE OR REPLACE FUNCTION servicebus.check_lock(e integer, d boolean, number bigint, token uuid, session uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM servicebus.hold(e, session);
    IF NOT EXISTS (SELECT FROM servicebus.messages m
        WHERE m.entity_id = e AND m.dead = d AND m.sequence = number AND m.lock_token = token AND m.locked_until > clock_timestamp())
    THEN RAISE EXCEPTION USING ERRCODE = 'SB002', MESSAGE = 'lock lost'; END IF;
END $$;

-- Deletes messages that are done, all of them or none. Each is looked up by its number: joined with the numbers, a planner that knows
-- nothing of the queue yet walks all of it once for each.
CREATE OR REPLACE FUNCTION servicebus.complete(e integer, d boolean, numbers bigint[], tokens uuid[], sessions uuid[]) RETURNS void
LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE done integer;
BEGIN
    PERFORM servicebus.hold(e, held.session) FROM (SELECT DISTINCT s.session FROM unnest(sessions) AS s (session)) held;
    DELETE FROM servicebus.messages m
    WHERE m.entity_id = e AND m.dead = d AND m.sequence = ANY(numbers) AND m.lock_token = tokens[array_position(numbers, m.sequence)]
        AND m.locked_until > clock_timestamp();
    GET DIAGNOSTICS done = ROW_COUNT;
    IF done < cardinality(numbers) THEN RAISE EXCEPTION USING ERRCODE = 'SB002', MESSAGE = 'lock lost'; END IF;
END $$;

-- 0 complete, 1 abandon, 2 defer, 3 dead-letter; added: application properties to set on the message.
CREATE OR REPLACE FUNCTION servicebus.settle(
    e integer, d boolean, number bigint, token uuid, session uuid, how integer, added jsonb, receiver uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE q servicebus.entities;
BEGIN
    IF how = 0 THEN
        PERFORM servicebus.complete(e, d, ARRAY[number], ARRAY[token], ARRAY[session]);
        RETURN;
    END IF;
    PERFORM servicebus.hold(e, session);
    PERFORM pg_advisory_xact_lock_shared(7496037, e);
    UPDATE servicebus.messages m SET envelope = servicebus.with_properties(m.envelope, added), deferred = deferred OR how = 2
    WHERE m.entity_id = e AND m.dead = d AND m.sequence = number AND m.lock_token = token AND m.locked_until > clock_timestamp();
    IF NOT FOUND THEN RAISE EXCEPTION USING ERRCODE = 'SB002', MESSAGE = 'lock lost'; END IF;
    SELECT * INTO q FROM servicebus.entities WHERE id = e;
    IF how = 3 AND NOT d THEN
        PERFORM servicebus.bury(q, ARRAY[number], NULL);
    ELSE
        PERFORM servicebus.unlock(q, d, ARRAY[number]);
    END IF;
    PERFORM servicebus.wake(e, receiver);
END $$;

CREATE OR REPLACE FUNCTION servicebus.renew(e integer, d boolean, number bigint, token uuid) RETURNS timestamptz LANGUAGE plpgsql AS $$
DECLARE until timestamptz;
BEGIN
    UPDATE servicebus.messages m SET locked_until = clock_timestamp() + q.lock_duration FROM servicebus.entities q
    WHERE q.id = e AND m.entity_id = e AND m.dead = d AND m.sequence = number AND m.lock_token = token AND m.locked_until > clock_timestamp()
    RETURNING m.locked_until INTO until;
    IF NOT FOUND THEN RAISE EXCEPTION USING ERRCODE = 'SB002', MESSAGE = 'lock lost'; END IF;
    RETURN until;
END $$;
