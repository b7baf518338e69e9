using System.Collections.Concurrent;
using System.Diagnostics;
using Azure.Messaging.ServiceBus;
using Npgsql;
using ToolboxAI.Tests.Benchmarks.Report;

namespace ToolboxAI.Tests.Benchmarks.Bus;

/// <summary>
/// How soon an idle consumer has a message: sent in its own process, and in another one; beside commits of one row at the same rhythm,
/// which is what the machine gives at that moment.
/// </summary>
internal static class IdleDelivery
{
    private const int Messages = 300;

    /// <summary>The first open connections, prepare statements and are compiled: that is a start, and no delivery to who is idle.</summary>
    private const int First = 20;

    private static readonly TimeSpan Rhythm = TimeSpan.FromMilliseconds(25);

    public static async Task Run(Results results, BusRun run, NpgsqlDataSource database)
    {
        var arrived = new ConcurrentDictionary<string, TaskCompletionSource<long>>();
        await using var processor = run.Client.CreateProcessor("idle");
        processor.ProcessErrorAsync += error => Task.FromException(error.Exception);
        processor.ProcessMessageAsync += received =>
        {
            arrived[received.Message.MessageId!].SetResult(Stopwatch.GetTimestamp());
            return Task.CompletedTask;
        };
        await processor.StartProcessingAsync();
        await using var here = run.Client.CreateSender("idle");

        // A connection string of its own is, to the bus, a process of its own.
        await using var other = new ServiceBusClient(new NpgsqlConnectionStringBuilder(run.ConnectionString) { ApplicationName = "other" }.ConnectionString);
        await using var there = other.CreateSender("idle");
        await using (var create = database.CreateCommand("CREATE TABLE IF NOT EXISTS rhythm (number int PRIMARY KEY)"))
        {
            await create.ExecuteNonQueryAsync();
        }

        var (own, others, rows) = (new List<double>(), new List<double>(), new List<double>());
        for (var number = 0; number < First + Messages; number++)
        {
            await Task.Delay(Rhythm);
            own.Add(await DeliverAsync(here, $"h{number}"));
            await Task.Delay(Rhythm);
            others.Add(await DeliverAsync(there, $"t{number}"));
            await Task.Delay(Rhythm);
            var started = Stopwatch.GetTimestamp();
            await using var row = database.CreateCommand("INSERT INTO rhythm VALUES ($1)");
            row.Parameters.Add(new() { Value = number });
            await row.ExecuteNonQueryAsync();
            rows.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        await processor.StopProcessingAsync();
        foreach (var (share, name) in ((double, string)[])[(0.5, "p50"), (0.99, "p99")])
        {
            var aim = share > 0.9 ? "< 10 ms" : null;
            results.Add(new("bus", $"delivery to an idle consumer, {name}", "ms", At(own, share), "one-row commit, idle", At(rows, share), aim));
            results.Add(new("bus", $"delivery to an idle consumer of another process, {name}", "ms", At(others, share), "one-row commit, idle", At(rows, share), aim));
        }

        async Task<double> DeliverAsync(ServiceBusSender sender, string id)
        {
            var arrival = arrived[id] = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
            var started = Stopwatch.GetTimestamp();
            await sender.SendMessageAsync(new ServiceBusMessage("x") { MessageId = id });
            return Stopwatch.GetElapsedTime(started, await arrival.Task).TotalMilliseconds;
        }
    }

    private static double At(List<double> times, double share) => new LoadResult([.. times.Skip(First).Order()], TimeSpan.FromSeconds(1)).At(share);
}
