-- Senders hold this lock shared until they commit; a receiver that falls asleep takes it alone for a moment. So either the
-- receiver sees the message, or the sender sees the sleeper, and nobody has to poll.
CREATE OR REPLACE FUNCTION servicebus.enter(e integer[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE id integer;
BEGIN
    FOR id IN SELECT DISTINCT unnest(e) ORDER BY 1 LOOP
        PERFORM pg_advisory_xact_lock_shared(7496037, id);
    END LOOP;
END $$;

-- Tells the processes that sleep on the entity, each once, that there is something to do.
CREATE OR REPLACE FUNCTION servicebus.wake(e integer, sender uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE process uuid;
BEGIN
    FOR process IN
        SELECT s.process_id FROM servicebus.sleepers s
        WHERE s.entity_id = e AND s.asleep AND s.process_id <> sender FOR UPDATE SKIP LOCKED
    LOOP
        UPDATE servicebus.sleepers s SET asleep = false WHERE s.entity_id = e AND s.process_id = process;
        PERFORM pg_notify('servicebus_' || replace(process::text, '-', ''), e::text);
    END LOOP;
END $$;

-- A message as a notification carries it.
CREATE OR REPLACE FUNCTION servicebus.told(m servicebus.messages) RETURNS text STABLE LANGUAGE sql AS $$
    SELECT json_build_object('sequence', m.sequence, 'enqueuedSequence', m.enqueued_sequence, 'enqueuedAt', m.enqueued_at,
        'deliveryCount', m.delivery_count, 'lockToken', m.lock_token, 'lockedUntil', m.locked_until, 'messageId', m.message_id,
        'envelope', m.envelope, 'body', m.body)::text
$$;

-- Locks a message that was just stored for a process that sleeps on the queue, and tells it so; false when there is none. The process
-- is there when its message is, then, and needs no transaction of its own to take it, nor a reading when the message is small: a
-- notification holds less than 8000 bytes (docs/adr/0019).
CREATE OR REPLACE FUNCTION servicebus.hand_over(q servicebus.entities, sender uuid, number bigint) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    process uuid;
    taken servicebus.messages;
    brief text;
    whole text;
BEGIN
    SELECT s.process_id INTO process FROM servicebus.sleepers s JOIN installation.live_processes p ON p.id = s.process_id
    WHERE s.entity_id = q.id AND s.asleep AND s.takes AND s.process_id <> sender LIMIT 1 FOR UPDATE OF s SKIP LOCKED;
    IF NOT FOUND THEN RETURN false; END IF;
    UPDATE servicebus.sleepers s SET asleep = false WHERE s.entity_id = q.id AND s.process_id = process;
    SELECT * INTO taken FROM servicebus.take(q, false, ARRAY[number], process, true, false);
    brief := q.id || ' ' || number;
    whole := CASE WHEN length(taken.body) < 4000 THEN brief || ' ' || servicebus.told(taken) END;     -- two characters for a byte
    PERFORM pg_notify('servicebus_' || replace(process::text, '-', ''), CASE WHEN octet_length(whole) < 8000 THEN whole ELSE brief END);
    RETURN true;
END $$;

-- What an entity holds, a topic with its subscriptions.
CREATE OR REPLACE FUNCTION servicebus.stored_bytes(e integer) RETURNS bigint STABLE LANGUAGE sql AS $$
    SELECT coalesce(sum(length(m.body) + length(m.envelope::text)), 0)::bigint FROM servicebus.messages m
    WHERE m.entity_id IN (SELECT q.id FROM servicebus.entities q WHERE q.id = e OR q.topic_id = e)
$$;

CREATE OR REPLACE FUNCTION servicebus.sender(e integer) RETURNS servicebus.entities LANGUAGE plpgsql STABLE AS $$
DECLARE
    q servicebus.entities;
    full_at bigint;
BEGIN
    SELECT * INTO q FROM servicebus.entities WHERE id = e;
    IF NOT FOUND THEN RAISE EXCEPTION USING ERRCODE = 'SB001', MESSAGE = 'entity not found'; END IF;
    IF NOT q.can_send THEN RAISE EXCEPTION USING ERRCODE = 'SB005', MESSAGE = 'entity disabled'; END IF;
    full_at := (q.settings ->> 'FullAt')::bigint;
    IF full_at IS NOT NULL AND servicebus.stored_bytes(e) >= full_at THEN
        RAISE EXCEPTION USING ERRCODE = 'SB006', MESSAGE = 'entity full';
    END IF;
    RETURN q;
END $$;

-- Which of the messages are no duplicates, in their order; remembers them.
CREATE OR REPLACE FUNCTION servicebus.admit(q servicebus.entities, ids text[], keys text[]) RETURNS boolean[] LANGUAGE plpgsql AS $$
DECLARE
    fresh boolean[] := '{}';
    moment timestamptz := installation.now();
BEGIN
    IF q.duplicate_window IS NULL THEN
        RETURN array_fill(true, ARRAY[cardinality(ids)]);
    END IF;
    DELETE FROM servicebus.history h WHERE (h.entity_id, h.message_id, h.partition_key) IN (
        SELECT o.entity_id, o.message_id, o.partition_key FROM servicebus.history o
        WHERE o.entity_id = q.id AND o.seen_at <= moment - q.duplicate_window ORDER BY o.seen_at LIMIT 200 FOR UPDATE SKIP LOCKED);
    FOR i IN 1 .. cardinality(ids) LOOP
        INSERT INTO servicebus.history AS h VALUES (q.id, ids[i], coalesce(keys[i], ''), moment)
        ON CONFLICT (entity_id, message_id, partition_key) DO UPDATE SET seen_at = excluded.seen_at
            WHERE h.seen_at <= moment - q.duplicate_window;
        fresh := fresh || FOUND;
    END LOOP;
    RETURN fresh;
END $$;

DROP FUNCTION IF EXISTS servicebus.send(
    integer, uuid, text[], text[], text[], interval[], timestamptz[], bigint[], jsonb[], bytea[], timestamptz[]);

-- Stores messages; returns their sequence numbers, null for a duplicate. origins: the numbers that they got in their topic. hands: a
-- single message may be handed over to another process, because nobody in the sender's waits for it. The planner, which cannot know how
-- short the arrays are, would plan each call anew, and a message would wait for that; one plan is good for all, by index.
CREATE OR REPLACE FUNCTION servicebus.send(
    e integer, sender uuid, ids text[], keys text[], sessions text[], ttls interval[], dues timestamptz[], origins bigint[],
    envelopes jsonb[], bodies bytea[], sent_at timestamptz[], hands boolean) RETURNS bigint[]
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
    q servicebus.entities;
    fresh boolean[];
    moment timestamptz := installation.now();
    given bigint[];
BEGIN
    PERFORM pg_advisory_xact_lock_shared(7496037, e);
    q := servicebus.sender(e);
    -- Messages of a topic were judged there.
    fresh := CASE WHEN origins IS NULL THEN servicebus.admit(q, ids, keys) ELSE array_fill(true, ARRAY[cardinality(ids)]) END;
    WITH fresh_one AS MATERIALIZED (
        SELECT t.*, nextval(('servicebus.sequence_' || e)::regclass) AS number,
            CASE WHEN t.due > moment THEN t.due ELSE coalesce(t.sent, moment) END AS from_time
        FROM (SELECT i, ids[i] AS id, sessions[i] AS session, least(ttls[i], q.default_ttl) AS ttl, dues[i] AS due, origins[i] AS origin,
                envelopes[i] AS envelope, bodies[i] AS body, sent_at[i] AS sent
            FROM generate_series(1, cardinality(ids)) i WHERE fresh[i] ORDER BY i) t
    ), stored AS (
        INSERT INTO servicebus.messages
            (entity_id, dead, sequence, state, session_id, message_id, enqueued_sequence, enqueued_at, expires_at, envelope, body)
        -- What lies in a topic itself waits for its time; it is given to the subscriptions then. A subscription with sessions
        -- has no place for a message without one.
        SELECT e, q.requires_session AND m.session IS NULL, m.number, CASE WHEN m.due > moment OR q.kind = 1 THEN 3 ELSE 0 END,
            m.session, m.id, coalesce(m.origin, m.number), m.from_time, m.from_time + m.ttl,
            CASE WHEN q.requires_session AND m.session IS NULL
                THEN servicebus.with_properties(m.envelope, servicebus.reason('Session id is null.', 'The entity requires sessions.'))
                ELSE m.envelope END,
            m.body
        FROM fresh_one m
    ), known AS (
        INSERT INTO servicebus.sessions (entity_id, session_id)
        SELECT DISTINCT e, m.session FROM fresh_one m WHERE q.requires_session AND m.session IS NOT NULL
        ON CONFLICT DO NOTHING
    )
    SELECT array_agg(m.number ORDER BY g.i) INTO given
    FROM generate_series(1, cardinality(ids)) AS g(i) LEFT JOIN fresh_one m ON m.i = g.i;
    IF hands AND cardinality(given) = 1 AND given[1] IS NOT NULL AND (dues[1] IS NULL OR dues[1] <= moment)
        AND q.kind <> 1 AND NOT q.requires_session AND q.can_receive AND servicebus.hand_over(q, sender, given[1]) THEN
        RETURN given;      -- the others that sleep have nothing to take
    END IF;
    PERFORM servicebus.wake(e, sender);
    PERFORM servicebus.wake(s.id, sender) FROM servicebus.entities s WHERE q.kind = 1 AND s.topic_id = e;
    RETURN given;
END $$;

-- Takes back scheduled messages; how many there were.
CREATE OR REPLACE FUNCTION servicebus.cancel(e integer, numbers bigint[]) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE taken integer;
BEGIN
    DELETE FROM servicebus.messages WHERE entity_id = e AND NOT dead AND sequence = ANY(numbers) AND state = 3;
    GET DIAGNOSTICS taken = ROW_COUNT;
    IF taken < (SELECT count(DISTINCT number) FROM unnest(numbers) number) THEN
        RAISE EXCEPTION 'not scheduled' USING ERRCODE = 'SB004';   -- all or none
    END IF;
    RETURN taken;
END $$;
