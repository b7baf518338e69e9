-- The next moment, from now, at which time itself changes something in an entity (or its topic); null: none.
CREATE OR REPLACE FUNCTION servicebus.next_change(e integer) RETURNS interval LANGUAGE sql STABLE AS $$
    SELECT least(
        (SELECT min(m.enqueued_at) FROM servicebus.messages m WHERE m.entity_id = e AND m.state = 3) - installation.now(),
        (SELECT min(m.enqueued_at) FROM servicebus.messages m JOIN servicebus.entities q ON m.entity_id = q.topic_id WHERE q.id = e AND m.state = 3)
            - installation.now(),
        (SELECT min(m.expires_at) FROM servicebus.messages m
            WHERE m.entity_id = e AND m.expires_at > installation.now() AND NOT m.dead) - installation.now(),
        (SELECT min(m.locked_until) FROM servicebus.messages m WHERE m.entity_id = e AND m.state = 1 AND m.locked_until <> 'infinity')
            - clock_timestamp(),
        (SELECT min(s.locked_until) FROM servicebus.sessions s WHERE s.entity_id = e AND s.lock_token IS NOT NULL) - clock_timestamp())
$$;

-- Puts a message back that was handed to a process in which nobody waits any more: it was never delivered.
CREATE OR REPLACE FUNCTION servicebus.hand_back(e integer, process uuid, number bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(7496037, e);
    UPDATE servicebus.messages m
    SET state = 0, lock_token = NULL, locked_until = NULL, locked_by = NULL, delivery_count = m.delivery_count - 1
    WHERE m.entity_id = e AND NOT m.dead AND m.sequence = number AND m.state = 1 AND m.locked_by = process;
    PERFORM servicebus.wake(e, process);
END $$;

DROP FUNCTION IF EXISTS servicebus.fall_asleep(integer, uuid);

-- Registers a sleeper. After this commits, every sender either committed before (look again) or will wake this process.
-- Ends the locks of processes that are no more; others: whether other processes hold locks still, which end when they do.
-- takes_: whether a message may be handed over to the sleeper.
CREATE OR REPLACE FUNCTION servicebus.fall_asleep(e integer, sleeper uuid, takes_ boolean, OUT change interval, OUT others boolean) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(7496037, e);
    PERFORM servicebus.end_locks(q, sleeper, true) FROM servicebus.entities q WHERE q.id = e;
    IF NOT EXISTS (SELECT FROM servicebus.sleepers s WHERE s.entity_id = e AND s.process_id = sleeper AND s.asleep AND s.takes = takes_) THEN
        INSERT INTO servicebus.sleepers AS s VALUES (e, sleeper, true, takes_)
        ON CONFLICT (entity_id, process_id) DO UPDATE SET asleep = true, takes = takes_;
    END IF;
    change := servicebus.next_change(e);
    others := EXISTS (SELECT FROM servicebus.messages m WHERE m.entity_id = e AND m.state = 1 AND m.locked_by <> sleeper)
        OR EXISTS (SELECT FROM servicebus.sessions s WHERE s.entity_id = e AND s.lock_token IS NOT NULL AND s.locked_by <> sleeper);
END $$;

-- What an advance of the clock has to wait for: messages that somebody listens to.
CREATE OR REPLACE VIEW servicebus.listened AS
    SELECT DISTINCT l.entity_id, l.dead, nullif(l.session_id, '') AS session_id, q.path, q.topic_id
    FROM servicebus.listeners l
    JOIN installation.live_processes p ON p.id = l.process_id
    JOIN servicebus.entities q ON q.id = l.entity_id;

CREATE OR REPLACE FUNCTION servicebus.busy(now timestamptz) RETURNS SETOF text LANGUAGE sql STABLE AS $$
    SELECT format('%s: message %s is %s', l.path || CASE WHEN l.dead THEN '/$DeadLetterQueue' ELSE '' END, o.message_id,
        CASE o.state WHEN 1 THEN 'locked' WHEN 3 THEN 'due' ELSE 'waiting' END)
    FROM servicebus.listened l CROSS JOIN LATERAL (
        (SELECT m.message_id, m.state FROM servicebus.messages m WHERE m.entity_id = l.entity_id AND m.dead = l.dead AND m.state = 0
            AND (l.session_id IS NULL OR m.session_id = l.session_id) LIMIT 1)
        UNION ALL
        (SELECT m.message_id, m.state FROM servicebus.messages m WHERE m.entity_id = l.entity_id AND m.dead = l.dead AND m.state = 1
            AND (l.session_id IS NULL OR m.session_id = l.session_id) LIMIT 1)
        UNION ALL
        (SELECT m.message_id, m.state FROM servicebus.messages m
            WHERE NOT l.dead AND m.entity_id IN (l.entity_id, l.topic_id) AND m.state = 3 AND m.enqueued_at <= now LIMIT 1)) o
$$;

CREATE OR REPLACE FUNCTION servicebus.next_due(now timestamptz) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT min(due) FROM (SELECT DISTINCT entity_id, topic_id FROM servicebus.listened) l CROSS JOIN LATERAL (
        SELECT least(
            (SELECT min(m.enqueued_at) FROM servicebus.messages m WHERE m.entity_id = l.entity_id AND m.state = 3 AND m.enqueued_at > now),
            (SELECT min(m.enqueued_at) FROM servicebus.messages m WHERE m.entity_id = l.topic_id AND m.state = 3 AND m.enqueued_at > now),
            (SELECT min(m.expires_at) FROM servicebus.messages m WHERE m.entity_id = l.entity_id AND NOT m.dead AND m.expires_at > now)) AS due) d
$$;
