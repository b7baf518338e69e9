using System.Diagnostics;
using Npgsql;
using ToolboxAI.Tests.Benchmarks.Report;

namespace ToolboxAI.Tests.Benchmarks.Durable;

/// <summary>The durable engine on PostgreSQL, beside Restate and DBOS on the same machine in the same run.</summary>
internal static class DurableBenchmark
{
    private const int Clients = 16;
    private const int InFlight = 64;
    private const int Turns = 3;

    public static async Task Run(Results results, TimeSpan duration)
    {
        await using var run = await DurableRun.StartAsync();
        await using var database = NpgsqlDataSource.Create(run.ConnectionString);
        await Commits.MustBeDurable(database);
        await Load.Drive(Clients, duration / 2, _ => run.RunAsync("Chain", 3));

        var commits = await Commits.PerSecond(database, Clients, duration / 2);
        var (restates, dboses, own) = (new List<PeerResult?>(), new List<PeerResult?>(), new List<PeerResult?>());
        for (var turn = 0; turn < Turns; turn++)
        {
            restates.Add(await Peers.Restate(Clients, duration));
            var load = await Load.Drive(Clients, duration, _ => run.RunAsync("Chain", 3));
            own.Add(new PeerResult(load.PerSecond, load.At(0.5), load.At(0.99), load.Times.Length));
            dboses.Add(await Peers.Dbos(Clients, duration));
        }

        var threes = Middle(own)!;
        foreach (var (name, peer) in ((string, PeerResult?)[])[("Restate", Middle(restates)), ("DBOS", Middle(dboses))])
        {
            results.Add(new("durable", "workflows of three steps, 16 clients", "a second", threes.PerSecond, name, peer?.PerSecond, "> 1, aim 2"));
            results.Add(new("durable", "workflows of three steps, 16 clients, p99", "ms", threes.P99, name, peer?.P99, "≤ 1"));
        }

        results.Add(new("durable", "workflows of three steps, 16 clients", "a second", threes.PerSecond, "one-row commits, 16 connections", commits));
        var tens = await Load.Drive(1, duration / 2, _ => run.RunAsync("Chain", 10));
        results.Add(new("durable", "chain of ten, one client, p50", "ms", tens.At(0.5)));
        var fans = await Load.Drive(1, duration / 2, _ => run.RunAsync("Fan", 100));
        results.Add(new("durable", "activities of fans of 100, one client", "a second", fans.PerSecond * 100));
        var counts = await Load.Drive(Clients, duration / 2, _ => run.RunAsync("Count", 5));
        results.Add(new("durable", "calls of one entity, 16 orchestrations", "a second", counts.PerSecond * 5));

        await StepsPerCommit(run, database, results, duration);
        await IdleTimers(run, database, results, duration);
        await DurableRecovery.Run(results);
    }

    /// <summary>Of several turns, one after the other, the one in the middle: what else the machine does comes and goes.</summary>
    private static PeerResult? Middle(List<PeerResult?> turns) => turns.OfType<PeerResult>().OrderBy(turn => turn.PerSecond).ElementAtOrDefault(Turns / 2);

    private static async Task StepsPerCommit(DurableRun run, NpgsqlDataSource database, Results results, TimeSpan duration)
    {
        var before = await Commits.Count(database);
        var chains = await Load.Drive(InFlight, duration, _ => run.RunAsync("Chain", 10));
        var committed = await Commits.Count(database) - before;
        results.Add(new("durable", "activity steps per committed transaction, 64 chains of ten", "steps", chains.Times.Length * 10.0 / committed, Aim: "≥ 1.5"));
        results.Add(new("durable", "activity steps, 64 chains of ten", "a second", chains.PerSecond * 10));
    }

    private static async Task IdleTimers(DurableRun run, NpgsqlDataSource database, Results results, TimeSpan duration)
    {
        await Parallel.ForEachAsync(Enumerable.Range(0, 1_000), new ParallelOptions { MaxDegreeOfParallelism = Clients }, async (_, ct) =>
            await run.Client.WaitForInstanceStartAsync(await run.Client.ScheduleNewOrchestrationInstanceAsync("Idle", 24, ct), ct));
        var (commits, processor) = (await Commits.Count(database), Process.GetCurrentProcess().TotalProcessorTime);
        await Task.Delay(duration);
        var seconds = (duration + Commits.StatisticsDelay).TotalSeconds;
        results.Add(new("durable", "transactions while 1,000 timers idle", "a second", (await Commits.Count(database) - commits) / seconds));
        var used = Process.GetCurrentProcess().TotalProcessorTime - processor;
        results.Add(new("durable", "processor while 1,000 timers idle", "% of a core", 100 * used.TotalSeconds / seconds));
    }
}
