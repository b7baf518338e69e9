using System.Collections.Concurrent;
using System.Diagnostics;
using Azure.Messaging.ServiceBus;
using Npgsql;
using ToolboxAI.Local.Installation;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Local.ServiceBus;

/// <summary>
/// Several processes on one bus in PostgreSQL. Each is stood in for by an installation session of its own (a connection string
/// that differs in its application name), which is what makes a process one for the bus.
/// </summary>
public sealed class SharedBusTests : IAsyncLifetime
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    private readonly string queue = "queue-" + Guid.NewGuid().ToString("N");
    private TestDatabase database = null!;

    public async ValueTask InitializeAsync() => database = await TestDatabase.CreateAsync();

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task A_message_from_another_process_wakes_a_sleeping_receiver_at_once()
    {
        await using var here = Process("here");
        await using var there = Process("there");
        var receiver = here.CreateReceiver(queue);
        var sender = there.CreateSender(queue);
        await sender.SendMessageAsync(new ServiceBusMessage("warm-up"));
        Assert.NotNull(await receiver.ReceiveMessageAsync(Soon));
        for (var i = 0; i < 20; i++)
        {
            var waiting = receiver.ReceiveMessageAsync(Soon);
            await Task.Delay(i * 7);
            var started = Stopwatch.GetTimestamp();
            await sender.SendMessageAsync(new ServiceBusMessage($"{i}"));
            Assert.Equal($"{i}", (await waiting)!.Body.ToString());
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(2), $"{i}: {Stopwatch.GetElapsedTime(started)}");
        }
    }

    [Fact]
    public async Task What_a_dead_process_had_locked_is_redelivered_at_once()
    {
        await using var here = Process("here");
        await using var there = Process("there");
        await there.CreateSender(queue).SendMessageAsync(new ServiceBusMessage("cut off"));
        Assert.NotNull(await there.CreateReceiver(queue).ReceiveMessageAsync(Soon));
        var waiting = here.CreateReceiver(queue).ReceiveMessageAsync(Soon);
        await KillAsync("there");

        var again = (await waiting)!;
        Assert.Equal(2, again.DeliveryCount);
    }

    [Fact]
    public async Task An_advance_of_the_clock_waits_for_the_messages_that_somebody_listens_to()
    {
        await using var here = Process("here");
        var clock = (await InstallationSession.ForAsync(ConnectionString("here"))).Clock;
        var handled = new ConcurrentQueue<string>();
        var listens = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var processor = here.CreateProcessor(queue);
        processor.ProcessMessageAsync += async args =>
        {
            await Task.Delay(200);
            handled.Enqueue($"{args.Message.Body} {(clock.GetUtcNow() - args.Message.EnqueuedTime).TotalMinutes:0}");
            listens.TrySetResult();
        };
        processor.ProcessErrorAsync += _ => Task.CompletedTask;
        await processor.StartProcessingAsync();
        var sender = here.CreateSender(queue);

        // A processor listens a while after it was started: it does once it has handled something.
        await sender.SendMessageAsync(new ServiceBusMessage("first"));
        await listens.Task.WaitAsync(Soon);
        var start = clock.GetUtcNow();
        await sender.ScheduleMessageAsync(new ServiceBusMessage("2 h"), start.AddHours(2));
        await sender.ScheduleMessageAsync(new ServiceBusMessage("1 h"), start.AddHours(1));
        await here.CreateSender("unheard").SendMessageAsync(new ServiceBusMessage("nobody listens"));
        await ClockAdvance.RunAsync((await InstallationSession.ForAsync(ConnectionString("here"))).Database, TimeSpan.FromHours(3), CancellationToken.None);

        // Each was handled at its own time, before the clock moved on.
        Assert.Equal(["first 0", "1 h 0", "2 h 0"], handled);
    }

    [Fact]
    public async Task A_receiver_that_was_closed_keeps_no_advance_waiting()
    {
        await using var here = Process("here");
        await here.CreateSender(queue).SendMessagesAsync([new ServiceBusMessage("1"), new ServiceBusMessage("2")]);
        await using (var receiver = here.CreateReceiver(queue))
        {
            Assert.NotNull(await receiver.ReceiveMessageAsync(Soon));
        }

        await ClockAdvance.RunAsync((await InstallationSession.ForAsync(ConnectionString("here"))).Database, TimeSpan.FromDays(1), CancellationToken.None)
            .WaitAsync(Soon);
    }

    [Fact]
    public async Task Concurrent_receivers_of_several_processes_get_every_message_once()
    {
        const int Count = 400;
        var seen = new ConcurrentBag<string>();
        await using var sending = Process("sender");
        var receivers = new[] { Process("one"), Process("two"), Process("three") };
        var loops = receivers.SelectMany(client => Enumerable.Range(0, 3).Select(async _ =>
        {
            var receiver = client.CreateReceiver(queue);
            while (seen.Count < Count)
            {
                foreach (var message in await receiver.ReceiveMessagesAsync(7, TimeSpan.FromMilliseconds(500)))
                {
                    seen.Add(message.MessageId!);
                    await receiver.CompleteMessageAsync(message);
                }
            }
        })).ToList();
        var senders = Enumerable.Range(0, 4).Select(async s =>
        {
            var sender = sending.CreateSender(queue);
            for (var i = 0; i < Count / 4; i++)
            {
                await sender.SendMessageAsync(new ServiceBusMessage("x") { MessageId = $"{s}-{i}" });
            }
        });
        await Task.WhenAll(senders);
        await Task.WhenAll(loops).WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(Count, seen.Count);
        Assert.Equal(Count, seen.Distinct().Count());
        foreach (var client in receivers)
        {
            await client.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_receiver_outlives_the_loss_of_all_its_connections()
    {
        await using var here = Process("here");
        await using var there = Process("there");
        var receiver = here.CreateReceiver(queue);
        await receiver.PeekMessageAsync();                    // its first connection is open
        var waiting = receiver.ReceiveMessageAsync(TimeSpan.FromSeconds(30));
        await Task.Delay(300);
        await using (var server = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database.ConnectionString) { Pooling = false }.ConnectionString))
        {
            await server.OpenAsync();
            await using var cut = new NpgsqlCommand(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()", server);
            await cut.ExecuteNonQueryAsync();
        }

        await there.CreateSender(queue).SendMessageAsync(new ServiceBusMessage("after"));
        var message = (await waiting)!;
        await receiver.CompleteMessageAsync(message);

        Assert.Equal("after", message.Body.ToString());
    }

    private ServiceBusClient Process(string name) => new(ConnectionString(name));

    private string ConnectionString(string process) =>
        new NpgsqlConnectionStringBuilder(database.ConnectionString) { ApplicationName = process }.ConnectionString;

    /// <summary>Ends the session by which the others know that the process lives.</summary>
    private async Task KillAsync(string process) => await (await InstallationSession.ForAsync(ConnectionString(process))).DisposeAsync();
}
