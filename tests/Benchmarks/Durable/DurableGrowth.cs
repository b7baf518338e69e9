using System.Diagnostics;
using Npgsql;
using ToolboxAI.Tests.Benchmarks.Report;

namespace ToolboxAI.Tests.Benchmarks.Durable;

/// <summary>What a workflow costs in a hub that has more and more of them behind it, and how much memory the process holds then.</summary>
internal static class DurableGrowth
{
    private const int Clients = 64;
    private const int Unit = 1_000;

    public static async Task Grow(Results results)
    {
        await using var run = await DurableRun.StartAsync();
        await using var database = NpgsqlDataSource.Create(run.ConnectionString);
        List<GrowthPoint> times = [], blocks = [], memory = [];
        var done = 0;
        foreach (var wanted in (int[])[Unit, Unit * 10, Unit * 100])
        {
            await Chains(run, wanted - done);
            var before = await Commits.Blocks(database);
            var started = Stopwatch.GetTimestamp();
            await Chains(run, Unit);
            times.Add(new(wanted, Stopwatch.GetElapsedTime(started).TotalMilliseconds / Unit));
            blocks.Add(new(wanted, (await Commits.Blocks(database) - before) / (double)Unit));
            done = wanted + Unit;
            memory.Add(new(wanted, Process.GetCurrentProcess().WorkingSet64 / 1e6));
        }

        results.Grew(new Growth("durable: a workflow of three steps, 64 clients", "ms", "workflows ended before", times));
        results.Grew(new Growth("durable: a workflow of three steps", "blocks", "workflows ended before", blocks));
        results.Grew(new Growth("durable: working set", "MB", "workflows ended before", memory));
    }

    private static Task Chains(DurableRun run, int count) => Parallel.ForEachAsync(
        Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = Clients }, async (_, _) => await run.RunAsync("Chain", 3));
}
