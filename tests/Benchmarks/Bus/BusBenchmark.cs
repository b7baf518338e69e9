using System.Diagnostics;
using Azure.Messaging.ServiceBus;
using Npgsql;
using ToolboxAI.Tests.Benchmarks.Report;

namespace ToolboxAI.Tests.Benchmarks.Bus;

/// <summary>The Service Bus stand-in on PostgreSQL beside commits of one row, how soon an idle consumer gets a message, and long queues.</summary>
internal static class BusBenchmark
{
    private const int Clients = 16;

    public static async Task Run(Results results, TimeSpan duration)
    {
        await using var run = await BusRun.StartAsync();
        await using var database = NpgsqlDataSource.Create(run.ConnectionString);
        await Commits.MustBeDurable(database);
        await run.Fill("single", 100);
        await run.Drain("single", 100);
        var commits = await Commits.PerSecond(database, Clients, duration);

        await using var sender = run.Client.CreateSender("single");
        var sends = await Load.Drive(Clients, duration, _ => sender.SendMessageAsync(new ServiceBusMessage("x")));
        results.Add(new("bus", "messages sent one by one, 16 clients", "a second", sends.PerSecond, "one-row commits, 16 connections", commits));
        await using var receiver = run.Client.CreateReceiver("single");
        var settles = await Load.Drive(Clients, duration, async _ =>
        {
            if (await receiver.ReceiveMessageAsync(TimeSpan.FromMilliseconds(1)) is { } message)
            {
                await receiver.CompleteMessageAsync(message);
            }
        });
        results.Add(new("bus", "messages received and settled one by one, 16 clients", "a second", settles.PerSecond, "one-row commits, 16 connections", commits));
        var batches = await Load.Drive(Clients / 4, duration, async client =>
        {
            await run.Fill($"batch-{client}", 100);
            await run.Drain($"batch-{client}", 100);
        });
        results.Add(new("bus", "messages sent and settled by the hundred, 4 clients", "a second", batches.PerSecond * 100, "one-row commits, 16 connections", commits));
        await IdleDelivery.Run(results, run, database);
    }

    /// <summary>What a thousand messages cost behind longer and longer queues.</summary>
    public static async Task Grow(Results results, int unit)
    {
        await using var run = await BusRun.StartAsync();
        await using var database = NpgsqlDataSource.Create(run.ConnectionString);
        List<GrowthPoint> times = [], blocks = [];
        var depth = 0;
        foreach (var wanted in (int[])[unit, unit * 10, unit * 100])
        {
            await run.Fill("long", wanted - depth);
            depth = wanted;
            var before = await Commits.Blocks(database);
            var started = Stopwatch.GetTimestamp();
            await run.Fill("long", 1_000);
            await run.Drain("long", 1_000);
            times.Add(new(wanted, Stopwatch.GetElapsedTime(started).TotalMilliseconds / 1_000));
            blocks.Add(new(wanted, (await Commits.Blocks(database) - before) / 1_000.0));
        }

        results.Grew(new Growth("bus: a message sent and settled by the hundred", "ms", "messages in the queue", times));
        results.Grew(new Growth("bus: a message sent and settled by the hundred", "blocks", "messages in the queue", blocks));
    }
}
