using ToolboxAI.Local.Installation;

namespace ToolboxAI.Local.Simulators;

/// <summary>
/// The tables that all simulators share: what they will do by themselves, the webhooks that they owe, the faults asked for.
/// </summary>
internal static class SimulatorSchema
{
    public const string Name = "simulators";

    public static readonly string Script = """
        CREATE SCHEMA IF NOT EXISTS simulators;
        CREATE TABLE IF NOT EXISTS simulators.schedule (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            service text NOT NULL,
            kind text NOT NULL,
            subject text NOT NULL,
            due_at timestamptz NOT NULL,
            UNIQUE (service, kind, subject));
        CREATE INDEX IF NOT EXISTS schedule_due ON simulators.schedule (service, due_at, id);
        CREATE TABLE IF NOT EXISTS simulators.deliveries (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            service text NOT NULL,
            event_id text NOT NULL,
            body text NOT NULL,
            due_at timestamptz NOT NULL,
            failures integer NOT NULL DEFAULT 0,
            given_up boolean NOT NULL DEFAULT false);
        CREATE INDEX IF NOT EXISTS deliveries_due ON simulators.deliveries (service, due_at, id) WHERE NOT given_up;
        CREATE INDEX IF NOT EXISTS deliveries_event ON simulators.deliveries (event_id);
        CREATE TABLE IF NOT EXISTS simulators.ports (service text PRIMARY KEY, port integer NOT NULL);
        CREATE TABLE IF NOT EXISTS simulators.faults (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            service text NOT NULL,
            request text NOT NULL,
            fault text NOT NULL,
            value integer,
            times integer NOT NULL CHECK (times >= 0));
        CREATE OR REPLACE FUNCTION simulators.next_due(now timestamptz) RETURNS timestamptz STABLE LANGUAGE sql AS $$
            SELECT least(
                (SELECT min(due_at) FROM simulators.schedule WHERE due_at > now),
                (SELECT min(due_at) FROM simulators.deliveries WHERE due_at > now AND NOT given_up))
        $$;
        CREATE OR REPLACE FUNCTION simulators.busy(now timestamptz) RETURNS SETOF text STABLE LANGUAGE sql AS $$
            SELECT service || ' has to ' || kind || ' ' || subject FROM simulators.schedule WHERE due_at <= now
            UNION ALL
            SELECT service || ' has to deliver event ' || event_id FROM simulators.deliveries WHERE due_at <= now AND NOT given_up
        $$;
        """ + InstallationSchema.RegisterParticipant(Name);
}
