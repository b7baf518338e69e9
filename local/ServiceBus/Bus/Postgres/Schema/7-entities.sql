-- Creates an entity, or returns nothing when the path is taken.
CREATE OR REPLACE FUNCTION servicebus.create_entity(p text, k smallint, topic integer, given jsonb)
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
    RETURN QUERY SELECT * FROM servicebus.entities WHERE id = made.id;
END $$;

CREATE OR REPLACE FUNCTION servicebus.set_settings(e integer, given jsonb) RETURNS void LANGUAGE sql AS $$
    UPDATE servicebus.entities SET settings = given,
        lock_duration = (given ->> 'LockDuration')::interval,
        max_delivery_count = (given ->> 'MaxDeliveryCount')::integer,
        default_ttl = (given ->> 'DefaultTimeToLive')::interval,
        dead_letter_on_expiration = (given ->> 'DeadLetterOnExpiration')::boolean,
        requires_session = (given ->> 'RequiresSession')::boolean,
        duplicate_window = (given ->> 'DuplicateWindow')::interval,
        dead_letters_to = lower(given ->> 'ForwardDeadLetteredTo'),
        can_send = (given ->> 'CanSend')::boolean,
        can_receive = (given ->> 'CanReceive')::boolean,
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
