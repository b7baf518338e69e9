using System.Diagnostics;
using Npgsql;

namespace ToolboxAI.Tests.Benchmarks.Guards;

/// <summary>Counts work that is the same on a slow and on a busy machine.</summary>
internal static class Counting
{
    /// <summary>How many transactions have written, in all databases of the server: each takes one number.</summary>
    public static async Task<long> Written(string connectionString)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint", connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>How many statements this process sent meanwhile: Npgsql traces each.</summary>
    public static async Task<int> Statements(Func<Task> work)
    {
        var count = 0;
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql",
            Sample = (ref _) => ActivitySamplingResult.AllData,
            ActivityStopped = _ => Interlocked.Increment(ref count),
        };
        ActivitySource.AddActivityListener(listener);
        await work();
        return count;
    }

    /// <summary>Fails when more was measured than is allowed.</summary>
    public static void Bound(string what, double measured, double most)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"{what}: {measured:F2}, at most {most}");
        Assert.True(measured <= most, $"{what}: {measured:F2}; at most {most} were allowed");
    }
}
