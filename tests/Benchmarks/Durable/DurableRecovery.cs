using System.Diagnostics;
using Npgsql;
using ToolboxAI.Tests.Benchmarks.Report;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Benchmarks.Durable;

/// <summary>How soon ten thousand instances move on that a worker held when it was killed, and that fell due while nobody was there.</summary>
internal static class DurableRecovery
{
    private const int Instances = 10_000;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(3);

    /// <summary>A worker in a process of its own, until it is killed.</summary>
    public static async Task<int> Work(string connectionString)
    {
        await using var run = await DurableRun.StartAsync(connectionString);
        Console.WriteLine("ready");
        await Task.Delay(Timeout.Infinite);
        return 0;
    }

    public static async Task Run(Results results)
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        await using (var killed = await StartAsync(database))
        {
            await DurableRun.WithClientAsync(database.ConnectionString, client => Parallel.ForEachAsync(
                Enumerable.Range(0, Instances),
                new ParallelOptions { MaxDegreeOfParallelism = 32 },
                async (_, ct) => await client.ScheduleNewOrchestrationInstanceAsync("Idle", 24, ct)));
            await UntilAsync(source, "SELECT count(*) FROM durable.inbox WHERE timer IS NOT NULL");
            await killed.KillAsync();
        }

        await using (var due = source.CreateCommand("UPDATE durable.inbox SET due_at = installation.now()"))
        {
            await due.ExecuteNonQueryAsync();
        }

        await using var next = await StartAsync(database);
        var ready = Stopwatch.GetTimestamp();
        await UntilAsync(source, "SELECT count(*) FROM durable.instances WHERE status = 1");
        var took = Stopwatch.GetElapsedTime(ready).TotalSeconds;
        results.Add(new("durable", "10,000 instances due after kill -9: ready to the last that moved on", "s", took, Aim: "< 10"));
    }

    private static async Task<TestProcess> StartAsync(TestDatabase database)
    {
        var process = TestProcess.Start("ToolboxAI.Tests.Benchmarks", new Dictionary<string, string>(), "work", database.ConnectionString);
        var started = Stopwatch.GetTimestamp();
        while (!process.Output.Contains("ready", StringComparison.Ordinal))
        {
            _ = process.HasExited || Stopwatch.GetElapsedTime(started) > Longest ? throw new InvalidOperationException(process.Output) : 0;
            await Task.Delay(5);
        }

        return process;
    }

    private static async Task UntilAsync(NpgsqlDataSource source, string count)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            await using var command = source.CreateCommand(count);
            if ((long)(await command.ExecuteScalarAsync())! >= Instances)
            {
                return;
            }

            _ = Stopwatch.GetElapsedTime(started) > Longest ? throw new TimeoutException(count) : 0;
            await Task.Delay(50);
        }
    }
}
