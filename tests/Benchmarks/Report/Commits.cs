using Npgsql;

namespace ToolboxAI.Tests.Benchmarks.Report;

/// <summary>The machine's own limit: commits of one row on a PostgreSQL with fsync and synchronous_commit on.</summary>
public static class Commits
{
    /// <summary>How long counting takes before it is exact.</summary>
    public static readonly TimeSpan StatisticsDelay = TimeSpan.FromSeconds(11);

    /// <summary>Commits per second on so many connections, into a table of its own.</summary>
    public static async Task<double> PerSecond(NpgsqlDataSource database, int connections, TimeSpan duration)
    {
        await using (var create = database.CreateCommand("CREATE TABLE IF NOT EXISTS one_row (client int, number bigint, PRIMARY KEY (client, number)); TRUNCATE one_row"))
        {
            await create.ExecuteNonQueryAsync();
        }

        return await PerSecond(database, connections, duration, "INSERT INTO one_row VALUES ($1, $2)");
    }

    /// <summary>Commits per second on so many connections.</summary>
    /// <param name="database">Where.</param>
    /// <param name="connections">How many.</param>
    /// <param name="duration">How long.</param>
    /// <param name="insert">Adds one row; <c>$1</c> is the connection's number (an int), <c>$2</c> the row's (a bigint).</param>
    public static async Task<double> PerSecond(NpgsqlDataSource database, int connections, TimeSpan duration, string insert)
    {
        var open = await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => database.OpenConnectionAsync().AsTask()));
        var numbers = new long[connections];
        try
        {
            var result = await Load.Drive(connections, duration, async client =>
            {
                await using var command = new NpgsqlCommand(insert, open[client]);
                command.Parameters.Add(new() { Value = client });
                command.Parameters.Add(new() { Value = numbers[client]++ });
                await command.ExecuteNonQueryAsync();
            });
            return result.PerSecond;
        }
        finally
        {
            foreach (var connection in open)
            {
                await connection.DisposeAsync();
            }
        }
    }

    /// <summary>Fails unless commits are as durable as they have to be.</summary>
    public static async Task MustBeDurable(NpgsqlDataSource database)
    {
        foreach (var setting in (string[])["fsync", "synchronous_commit", "full_page_writes"])
        {
            await using var command = database.CreateCommand($"SHOW {setting}");
            if ((string?)await command.ExecuteScalarAsync() != "on")
            {
                throw new InvalidOperationException($"{setting} is not on: figures of this PostgreSQL prove nothing.");
            }
        }
    }

    /// <summary>How many transactions of this database have committed, reading ones included.</summary>
    public static Task<long> Count(NpgsqlDataSource database) => Statistic(database, "xact_commit");

    /// <summary>How many blocks were touched, in memory or on disk: work that no other program on the machine makes more of.</summary>
    public static Task<long> Blocks(NpgsqlDataSource database) => Statistic(database, "blks_hit + blks_read");

    private static async Task<long> Statistic(NpgsqlDataSource database, string what)
    {
        // A backend tells the statistics once a second while it works, and ten seconds after its last work.
        await Task.Delay(StatisticsDelay);
        await using var command = database.CreateCommand($"SELECT {what} FROM pg_stat_database WHERE datname = current_database()");
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
