-- Adds application properties to an envelope.
CREATE OR REPLACE FUNCTION servicebus.with_properties(envelope jsonb, added jsonb) RETURNS jsonb IMMUTABLE LANGUAGE sql AS $$
    SELECT CASE WHEN added IS NULL OR added = '{}' THEN envelope
        ELSE jsonb_set(envelope, '{properties}', coalesce(envelope -> 'properties', '{}') || added) END
$$;

CREATE OR REPLACE FUNCTION servicebus.reason(reason text, description text) RETURNS jsonb IMMUTABLE LANGUAGE sql AS $$
    SELECT jsonb_build_object('DeadLetterReason', jsonb_build_object('string', reason),
        'DeadLetterErrorDescription', jsonb_build_object('string', description))
$$;

-- Moves messages of a queue to its dead-letter queue, or to where that is forwarded.
CREATE OR REPLACE FUNCTION servicebus.bury(q servicebus.entities, numbers bigint[], added jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE target servicebus.entities;
BEGIN
    IF q.dead_letters_to IS NOT NULL THEN
        SELECT * INTO target FROM servicebus.entities WHERE key = q.dead_letters_to AND kind = 0;
    END IF;
    IF target.id IS NULL THEN
        UPDATE servicebus.messages SET dead = true, state = 0, deferred = false, lock_token = NULL, locked_until = NULL, locked_by = NULL,
            envelope = servicebus.with_properties(envelope, added)
        WHERE entity_id = q.id AND NOT dead AND sequence = ANY(numbers);
    ELSE
        UPDATE servicebus.messages SET entity_id = target.id, sequence = nextval(('servicebus.sequence_' || target.id)::regclass),
            state = 0, deferred = false, lock_token = NULL, locked_until = NULL, locked_by = NULL, delivery_count = 0, expires_at = NULL,
            dead_letter_source = q.path, envelope = servicebus.with_properties(envelope, added)
        WHERE entity_id = q.id AND NOT dead AND sequence = ANY(numbers);
        PERFORM servicebus.wake(target.id, '00000000-0000-0000-0000-000000000000');
    END IF;
END $$;

-- Ends the locks of messages: back to where they were, or to the dead-letter queue once they were delivered too often.
CREATE OR REPLACE FUNCTION servicebus.unlock(q servicebus.entities, d boolean, numbers bigint[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE spent bigint[];
BEGIN
    SELECT array_agg(sequence) INTO spent FROM servicebus.messages
    WHERE entity_id = q.id AND dead = d AND NOT d AND sequence = ANY(numbers) AND delivery_count >= q.max_delivery_count;
    UPDATE servicebus.messages SET state = CASE WHEN deferred THEN 2 ELSE 0 END, lock_token = NULL, locked_until = NULL, locked_by = NULL
    WHERE entity_id = q.id AND dead = d AND sequence = ANY(numbers) AND NOT sequence = ANY(coalesce(spent, '{}'));
    IF spent IS NOT NULL THEN
        PERFORM servicebus.bury(q, spent, servicebus.reason('MaxDeliveryCountExceeded',
            format('Message could not be consumed after %s delivery attempts.', q.max_delivery_count)));
    END IF;
END $$;

-- Ends the locks that ran out; with orphans also those of processes that are no more.
CREATE OR REPLACE FUNCTION servicebus.end_locks(q servicebus.entities, receiver uuid, orphans boolean) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    gone uuid[] := '{}';
    lost record;
BEGIN
    IF orphans THEN
        SELECT coalesce(array_agg(o.locked_by), '{}') INTO gone
        FROM (SELECT m.locked_by FROM servicebus.messages m WHERE m.entity_id = q.id AND m.state = 1
            UNION SELECT s.locked_by FROM servicebus.sessions s WHERE s.entity_id = q.id AND s.lock_token IS NOT NULL) o
        WHERE o.locked_by <> receiver AND NOT EXISTS (SELECT FROM installation.live_processes p WHERE p.id = o.locked_by);
    END IF;
    IF q.requires_session THEN
        FOR lost IN
            SELECT s.session_id FROM servicebus.sessions s
            WHERE s.entity_id = q.id AND s.lock_token IS NOT NULL AND (s.locked_until <= clock_timestamp() OR s.locked_by = ANY(gone))
            FOR UPDATE SKIP LOCKED
        LOOP
            PERFORM servicebus.free_session(q, lost.session_id);
        END LOOP;
    END IF;
    FOR lost IN
        SELECT l.dead, array_agg(l.sequence) AS numbers FROM (
            SELECT m.dead, m.sequence FROM servicebus.messages m
            WHERE m.entity_id = q.id AND m.state = 1
                AND (m.locked_until <= clock_timestamp() OR (m.locked_until <> 'infinity' AND m.locked_by = ANY(gone)))
            FOR UPDATE SKIP LOCKED) l
        GROUP BY l.dead
    LOOP
        PERFORM servicebus.unlock(q, lost.dead, lost.numbers);
    END LOOP;
END $$;

CREATE OR REPLACE FUNCTION servicebus.free_session(q servicebus.entities, session text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE numbers bigint[];
BEGIN
    SELECT array_agg(sequence) INTO numbers FROM servicebus.messages
    WHERE entity_id = q.id AND NOT dead AND state = 1 AND locked_until = 'infinity' AND session_id = session;
    PERFORM servicebus.unlock(q, false, coalesce(numbers, '{}'));
    UPDATE servicebus.sessions SET lock_token = NULL, locked_until = NULL, locked_by = NULL WHERE entity_id = q.id AND session_id = session;
    DELETE FROM servicebus.sessions s WHERE s.entity_id = q.id AND s.session_id = session AND s.state IS NULL
        AND NOT EXISTS (SELECT FROM servicebus.messages m WHERE m.entity_id = q.id AND NOT m.dead AND m.session_id = session);
END $$;

-- Enqueues the scheduled messages that are due. They come behind those that are there, under a new number.
CREATE OR REPLACE FUNCTION servicebus.enqueue_due(q servicebus.entities) RETURNS void LANGUAGE plpgsql AS $$
DECLARE due record;
BEGIN
    FOR due IN
        SELECT m.sequence, m.session_id FROM servicebus.messages m
        WHERE m.entity_id = q.id AND m.state = 3 AND m.enqueued_at <= installation.now()
        ORDER BY m.enqueued_at, m.sequence LIMIT 500 FOR UPDATE SKIP LOCKED
    LOOP
        UPDATE servicebus.messages m SET state = 0, sequence = nextval(('servicebus.sequence_' || q.id)::regclass)
        WHERE m.entity_id = q.id AND NOT m.dead AND m.sequence = due.sequence;
        IF q.requires_session AND due.session_id IS NOT NULL THEN
            INSERT INTO servicebus.sessions (entity_id, session_id) VALUES (q.id, due.session_id) ON CONFLICT DO NOTHING;
        END IF;
    END LOOP;
END $$;

-- Messages whose time to live is over leave the queue: to the dead letters or for ever.
CREATE OR REPLACE FUNCTION servicebus.expire(q servicebus.entities) RETURNS void LANGUAGE plpgsql AS $$
DECLARE numbers bigint[];
BEGIN
    SELECT array_agg(o.sequence) INTO numbers FROM (
        SELECT m.sequence FROM servicebus.messages m
        WHERE m.entity_id = q.id AND NOT m.dead AND m.expires_at <= installation.now() AND m.state IN (0, 2) FOR UPDATE SKIP LOCKED) o;
    IF numbers IS NULL THEN
        RETURN;
    ELSIF q.dead_letter_on_expiration THEN
        PERFORM servicebus.bury(q, numbers, servicebus.reason('TTLExpiredException', 'The message expired and was dead lettered.'));
    ELSE
        DELETE FROM servicebus.messages WHERE entity_id = q.id AND NOT dead AND sequence = ANY(numbers);
    END IF;
END $$;

-- Everything that time did to an entity, before anybody looks at it.
CREATE OR REPLACE FUNCTION servicebus.catch_up(q servicebus.entities, receiver uuid, orphans boolean) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF q.kind <> 1 THEN
        PERFORM servicebus.enqueue_due(q);
        PERFORM servicebus.expire(q);
    END IF;
    PERFORM servicebus.end_locks(q, receiver, orphans);
END $$;
