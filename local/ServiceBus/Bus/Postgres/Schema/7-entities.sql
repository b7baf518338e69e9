-- A span as .NET writes it, days before a dot.
CREATE OR REPLACE FUNCTION servicebus.span(written text) RETURNS interval IMMUTABLE LANGUAGE sql AS $$
    SELECT CASE WHEN written ~ '^\d+\.'
        THEN make_interval(hours => 24 * split_part(written, '.', 1)::integer) + regexp_replace(written, '^\d+\.', '')::interval
        ELSE written::interval END
$$;

-- Creates an entity, or returns nothing when the path is taken.
CREATE OR REPLACE FUNCTION servicebus.create_entity(
    p text, k smallint, topic integer, given jsonb, rule_names text[], rule_definitions text[])
RETURNS SETOF servicebus.entities LANGUAGE plpgsql AS $$
DECLARE made servicebus.entities;
BEGIN
    PERFORM pg_advisory_xact_lock(7496038, 0);
    IF EXISTS (SELECT FROM servicebus.entities WHERE key = lower(p)) THEN
        RETURN;
    END IF;
    INSERT INTO servicebus.entities (path, key, kind, topic_id, settings, lock_duration, max_delivery_count, dead_letter_on_expiration,
        requires_session, can_send, can_receive, created_at, updated_at)
    VALUES (p, lower(p), k, topic, '{}', interval '1 minute', 10, false, false, true, true, installation.now(), installation.now())
    RETURNING * INTO made;
    EXECUTE format('CREATE SEQUENCE servicebus.sequence_%s', made.id);
    DELETE FROM servicebus.deleted_entities WHERE key = lower(p);
    PERFORM servicebus.set_settings(made.id, given);
    INSERT INTO servicebus.rules SELECT made.id, r.name, r.definition FROM unnest(rule_names, rule_definitions) AS r(name, definition);
    RETURN QUERY SELECT * FROM servicebus.entities WHERE id = made.id;
END $$;

CREATE OR REPLACE FUNCTION servicebus.set_settings(e integer, given jsonb) RETURNS void LANGUAGE sql AS $$
    UPDATE servicebus.entities SET settings = given,
        lock_duration = servicebus.span(given ->> 'LockDuration'),
        max_delivery_count = (given ->> 'MaxDeliveryCount')::integer,
        default_ttl = servicebus.span(given ->> 'DefaultTimeToLive'),
        dead_letter_on_expiration = (given ->> 'DeadLetterOnExpiration')::boolean,
        requires_session = (given ->> 'RequiresSession')::boolean,
        duplicate_window = servicebus.span(given ->> 'DuplicateWindow'),
        dead_letters_to = lower(given ->> 'ForwardDeadLetteredTo'),
        can_send = (given ->> 'CanSend')::boolean,
        can_receive = (given ->> 'CanReceive')::boolean,
        idle_after = servicebus.span(given ->> 'AutoDeleteOnIdle'),
        used_at = installation.now(),
        updated_at = installation.now()
    WHERE id = e
$$;

-- Deletes an entity with all that hangs on it; whether it was there.
CREATE OR REPLACE FUNCTION servicebus.delete_entity(p text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE gone record;
BEGIN
    PERFORM pg_advisory_xact_lock(7496038, 0);
    FOR gone IN
        SELECT q.id, q.key FROM servicebus.entities q
        WHERE q.key = lower(p) OR q.topic_id = (SELECT t.id FROM servicebus.entities t WHERE t.key = lower(p))
    LOOP
        PERFORM pg_advisory_xact_lock(7496037, gone.id);
        DELETE FROM servicebus.entities WHERE id = gone.id;
        DELETE FROM servicebus.messages WHERE entity_id = gone.id;
        DELETE FROM servicebus.sessions WHERE entity_id = gone.id;
        DELETE FROM servicebus.history WHERE entity_id = gone.id;
        DELETE FROM servicebus.rules WHERE entity_id = gone.id;
        DELETE FROM servicebus.listeners WHERE entity_id = gone.id;
        DELETE FROM servicebus.sleepers WHERE entity_id = gone.id;
        EXECUTE format('DROP SEQUENCE IF EXISTS servicebus.sequence_%s', gone.id);
        INSERT INTO servicebus.deleted_entities VALUES (gone.key) ON CONFLICT DO NOTHING;
    END LOOP;
    RETURN FOUND;
END $$;

-- Deletes what nobody used for as long as its settings say. Whoever listens uses, and what holds a scheduled message waits for it.
CREATE OR REPLACE FUNCTION servicebus.delete_idle() RETURNS void LANGUAGE sql AS $$
    SELECT servicebus.delete_entity(q.path) FROM servicebus.entities q
    WHERE q.idle_after IS NOT NULL AND q.used_at + q.idle_after <= installation.now()
        AND NOT EXISTS (SELECT FROM servicebus.listened l WHERE q.id IN (l.entity_id, l.topic_id))
        AND NOT EXISTS (SELECT FROM servicebus.messages m WHERE m.entity_id = q.id AND m.state = 3)
$$;

-- Somebody uses an entity that is deleted when it idles; false when that is too late.
CREATE OR REPLACE FUNCTION servicebus.use_entity(e integer) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    PERFORM servicebus.delete_idle();
    UPDATE servicebus.entities SET used_at = installation.now() WHERE id = e;
    RETURN FOUND;
END $$;

-- A name that was first used as a queue turns out to be a topic's: what was sent to it goes to its first subscription.
CREATE OR REPLACE FUNCTION servicebus.turn_into_topic(queue integer, subscription integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE sent record;
BEGIN
    PERFORM pg_advisory_xact_lock(7496037, queue);
    UPDATE servicebus.entities SET kind = 1 WHERE id = queue AND kind = 0;
    UPDATE servicebus.entities SET topic_id = queue WHERE id = subscription;
    FOR sent IN SELECT m.dead, m.sequence FROM servicebus.messages m WHERE m.entity_id = queue AND m.state <> 3 ORDER BY m.sequence LOOP
        UPDATE servicebus.messages m SET entity_id = subscription, sequence = nextval(('servicebus.sequence_' || subscription)::regclass)
        WHERE m.entity_id = queue AND m.dead = sent.dead AND m.sequence = sent.sequence;
    END LOOP;
END $$;

-- Takes the scheduled messages of a topic that are due, to be given to its subscriptions in the same transaction.
CREATE OR REPLACE FUNCTION servicebus.take_due(topic integer) RETURNS SETOF servicebus.messages LANGUAGE sql AS $$
    DELETE FROM servicebus.messages m WHERE m.entity_id = topic AND NOT m.dead AND m.sequence IN (
        SELECT d.sequence FROM servicebus.messages d
        WHERE d.entity_id = topic AND d.state = 3 AND d.enqueued_at <= installation.now()
        ORDER BY d.enqueued_at, d.sequence LIMIT 200 FOR UPDATE SKIP LOCKED)
    RETURNING m.*
$$;

-- Numbers for messages of a topic, null for a duplicate.
CREATE OR REPLACE FUNCTION servicebus.admit_to_topic(topic integer, ids text[], keys text[]) RETURNS bigint[] LANGUAGE plpgsql AS $$
DECLARE fresh boolean[] := servicebus.admit(servicebus.sender(topic), ids, keys);
BEGIN
    RETURN ARRAY(SELECT CASE WHEN f THEN nextval(('servicebus.sequence_' || topic)::regclass) END FROM unnest(fresh) AS f);
END $$;
