using Npgsql;
using ToolboxAI.Local.Installation;

namespace ToolboxAI.Local.Functions;

/// <summary>
/// Timers in the installation's database. A timer belongs to one process by a lease on the machine's clock; the lease of a process
/// that is no longer there counts for nothing, so a killed one is followed at once.
/// </summary>
internal sealed class PostgresTimerStore(InstallationSession session) : ITimerStore
{
    private const string Schema = """
        CREATE SCHEMA IF NOT EXISTS functions;
        CREATE TABLE IF NOT EXISTS functions.timers (
            name text PRIMARY KEY,
            hourly boolean NOT NULL,
            last_run timestamptz,
            next_run timestamptz,
            last_updated timestamptz,
            running boolean NOT NULL DEFAULT false,
            owner uuid,
            leased_until timestamptz);
        CREATE TABLE IF NOT EXISTS functions.timer_hosts (
            name text NOT NULL,
            process uuid NOT NULL,
            PRIMARY KEY (name, process));
        CREATE OR REPLACE VIEW functions.hosted_timers AS
            SELECT t.* FROM functions.timers t WHERE EXISTS (
                SELECT 1 FROM functions.timer_hosts h JOIN installation.live_processes p ON p.id = h.process WHERE h.name = t.name);
        CREATE OR REPLACE FUNCTION functions.next_due(now timestamptz) RETURNS timestamptz STABLE LANGUAGE sql AS
            'SELECT min(next_run) FROM functions.hosted_timers WHERE hourly AND next_run > $1';
        CREATE OR REPLACE FUNCTION functions.busy(now timestamptz) RETURNS SETOF text STABLE LANGUAGE sql AS
            $$SELECT 'timer ' || name || CASE WHEN running THEN ' runs' ELSE ' is due since ' || next_run END
              FROM functions.hosted_timers WHERE running OR next_run <= $1$$;
        """;

    private static readonly string Script = Schema + InstallationSchema.RegisterParticipant("functions");

    public async Task DeclareAsync(IReadOnlyList<TimerDeclaration> timers, CancellationToken cancellationToken)
    {
        await InstallationSchema.InstallAsync(session.Database, "functions", Script, cancellationToken).ConfigureAwait(false);
        await ExecuteAsync(
            "DELETE FROM functions.timer_hosts WHERE process NOT IN (SELECT id FROM installation.live_processes)", cancellationToken).ConfigureAwait(false);
        foreach (var timer in timers)
        {
            await ExecuteAsync(
                "INSERT INTO functions.timers (name, hourly) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET hourly = excluded.hourly",
                cancellationToken, timer.Name, timer.Hourly).ConfigureAwait(false);
            await ExecuteAsync(
                "INSERT INTO functions.timer_hosts VALUES ($1, $2) ON CONFLICT DO NOTHING", cancellationToken, timer.Name, session.Id).ConfigureAwait(false);
        }
    }

    public async Task<bool> AcquireAsync(string name, CancellationToken cancellationToken) => await ExecuteAsync(
        """
        UPDATE functions.timers SET owner = $2, leased_until = clock_timestamp() + interval '15 s', running = running AND owner = $2
        WHERE name = $1 AND (owner IS NULL OR owner = $2 OR leased_until < clock_timestamp()
            OR owner NOT IN (SELECT id FROM installation.live_processes))
        """,
        cancellationToken, name, session.Id).ConfigureAwait(false) == 1;

    public async Task<TimerStatus?> ReadAsync(string name, CancellationToken cancellationToken)
    {
        await using var command = session.Database.CreateCommand(
            "SELECT last_run, next_run, last_updated FROM functions.timers WHERE name = $1 AND last_updated IS NOT NULL");
        command.Parameters.Add(new() { Value = name });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        return await reader.ReadAsync(cancellationToken).ConfigureAwait(false) ? new(Moment(reader, 0), Moment(reader, 1), Moment(reader, 2)!.Value) : null;
    }

    public async Task<bool> BeginAsync(string name, CancellationToken cancellationToken) => await ExecuteAsync(
        "UPDATE functions.timers SET running = true, leased_until = clock_timestamp() + interval '15 s' WHERE name = $1 AND owner = $2",
        cancellationToken, name, session.Id).ConfigureAwait(false) == 1;

    public Task WriteAsync(string name, TimerStatus status, CancellationToken cancellationToken) => ExecuteAsync(
        """
        UPDATE functions.timers SET last_run = $3, next_run = $4, last_updated = $5, running = false WHERE name = $1 AND owner = $2
        """,
        cancellationToken, name, session.Id, Value(status.Last), Value(status.Next), status.LastUpdated.UtcDateTime);

    public Task RenewAsync(CancellationToken cancellationToken) => ExecuteAsync(
        "UPDATE functions.timers SET leased_until = clock_timestamp() + interval '15 s' WHERE owner = $1", cancellationToken, session.Id);

    public async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        await ExecuteAsync("UPDATE functions.timers SET owner = NULL, running = false WHERE owner = $1", cancellationToken, session.Id).ConfigureAwait(false);
        await ExecuteAsync("DELETE FROM functions.timer_hosts WHERE process = $1", cancellationToken, session.Id).ConfigureAwait(false);
    }

    private async Task<int> ExecuteAsync(string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = session.Database.CreateCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(value is DBNull ? new() { Value = value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.TimestampTz } : new NpgsqlParameter { Value = value });
        }

        return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    private static object Value(DateTimeOffset? moment) => moment?.UtcDateTime ?? (object)DBNull.Value;

    private static DateTimeOffset? Moment(NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : reader.GetFieldValue<DateTimeOffset>(column);
}
