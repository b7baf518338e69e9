using System.Diagnostics;
using Npgsql;

namespace ToolboxAI.Local.Installation;

/// <summary>A step of an advance had not settled after 60 s of machine time; the clock stays where it is.</summary>
public sealed class ClockNotSettledException(DateTimeOffset at, IReadOnlyList<string> busy)
    : Exception($"The clock stands at {at:O}; still busy: {string.Join("; ", busy)}.")
{
    /// <summary>Where the clock stands.</summary>
    public DateTimeOffset At { get; } = at;

    /// <summary>What is still due, leased or undelivered, one line each.</summary>
    public IReadOnlyList<string> Busy { get; } = busy;
}

/// <summary>
/// Moves the installation's clock from due moment to due moment. At each it waits until every live process has taken over
/// the new time and, by the tables alone, nothing is due, leased or undelivered.
/// </summary>
public static class ClockAdvance
{
    private const long QueueLock = 0x746278636c6f636b;
    private static readonly TimeSpan SettleLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(5);

    /// <summary>Advances by <paramref name="by"/> and returns the time reached. Advances of all processes queue.</summary>
    /// <exception cref="ClockNotSettledException">A step did not settle in 60 s of machine time.</exception>
    public static async Task<DateTimeOffset> RunAsync(NpgsqlDataSource database, TimeSpan by, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        await using var connection = await database.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await Execute(connection, "SELECT pg_advisory_lock($1)", cancellationToken, QueueLock).ConfigureAwait(false);
        try
        {
            return await AdvanceAsync(connection, by, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            // The connection goes back to its pool, and the lock would go with it.
            await Execute(connection, "SELECT pg_advisory_unlock($1)", CancellationToken.None, QueueLock).ConfigureAwait(false);
        }
    }

    private static async Task<DateTimeOffset> AdvanceAsync(NpgsqlConnection connection, TimeSpan by, CancellationToken cancellationToken)
    {
        var participants = await Participants(connection, cancellationToken).ConfigureAwait(false);
        var now = await Now(connection, cancellationToken).ConfigureAwait(false);
        var target = now + by;
        await Settle(connection, participants, cancellationToken).ConfigureAwait(false);
        while (true)
        {
            var due = await NextDue(connection, participants, cancellationToken).ConfigureAwait(false);
            var step = due is { } moment && moment < target ? moment : target;
            await MoveTo(connection, step, cancellationToken).ConfigureAwait(false);
            await Settle(connection, participants, cancellationToken).ConfigureAwait(false);
            if (step == target)
            {
                return await Now(connection, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static async Task<IReadOnlyList<string>> Participants(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        await Strings(connection, "SELECT quote_ident(schema_name) FROM installation.participants ORDER BY 1", cancellationToken).ConfigureAwait(false);

    private static async Task<DateTimeOffset> Now(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT installation.now()", connection);
        return new DateTimeOffset((DateTime)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!, TimeSpan.Zero);
    }

    private static async Task<DateTimeOffset?> NextDue(
        NpgsqlConnection connection, IReadOnlyList<string> participants, CancellationToken cancellationToken)
    {
        if (participants.Count == 0)
        {
            return null;
        }

        var dues = string.Join(", ", participants.Select(schema => $"{schema}.next_due(t.now)"));
        await using var command = new NpgsqlCommand($"SELECT least({dues}) FROM (SELECT installation.now() AS now) t", connection);
        return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is DateTime due
            ? new DateTimeOffset(due, TimeSpan.Zero)
            : null;
    }

    private static async Task MoveTo(NpgsqlConnection connection, DateTimeOffset moment, CancellationToken cancellationToken)
    {
        // Never back: a moment that passed meanwhile by itself moves nothing.
        // One statement: a process that is killed here has moved the clock and told everybody, or neither.
        const string Move = """
            WITH moved AS (
                UPDATE installation.clock SET shift = shift + ($1 - installation.now()), version = version + 1 WHERE $1 > installation.now())
            SELECT pg_notify('installation_clock', '')
            """;
        await Execute(connection, Move, cancellationToken, moment.UtcDateTime).ConfigureAwait(false);
    }

    private static async Task Settle(NpgsqlConnection connection, IReadOnlyList<string> participants, CancellationToken cancellationToken)
    {
        var work = string.Concat(participants.Select(schema =>
            $" UNION ALL SELECT '{schema}: ' || b.line FROM t, {schema}.busy(t.now) AS b(line)"));
        var sql = $"""
            WITH t AS MATERIALIZED (SELECT installation.now() AS now)
            SELECT 'process ' || pid || ' has not taken over the time' FROM installation.live_processes
            WHERE clock_version < (SELECT version FROM installation.clock){work} LIMIT 20
            """;
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            var busy = await Strings(connection, sql, cancellationToken).ConfigureAwait(false);
            if (busy.Count == 0)
            {
                return;
            }

            if (Stopwatch.GetElapsedTime(started) > SettleLimit)
            {
                throw new ClockNotSettledException(await Now(connection, cancellationToken).ConfigureAwait(false), busy);
            }

            await Task.Delay(Poll, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<List<string>> Strings(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var lines = new List<string>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            lines.Add(reader.GetString(0));
        }

        return lines;
    }

    private static async Task Execute(NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params object[] values)
    {
        // Another advance may hold the queue for as long as it takes.
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }

        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }
}
