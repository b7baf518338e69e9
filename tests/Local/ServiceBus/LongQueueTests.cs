using System.Diagnostics;
using Azure.Messaging.ServiceBus;
using Npgsql;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Local.ServiceBus;

/// <summary>
/// A queue with a long backlog in PostgreSQL. <c>TOOLBOX_QUEUE_MESSAGES=1000000</c> makes it as long as that, and the output then
/// tells how fast each twentieth was received.
/// </summary>
public sealed class LongQueueTests(ITestOutputHelper output) : IAsyncLifetime
{
    private readonly int total = int.TryParse(Environment.GetEnvironmentVariable("TOOLBOX_QUEUE_MESSAGES"), out var given) ? given : 20_000;
    private TestDatabase database = null!;

    public async ValueTask InitializeAsync() => database = await TestDatabase.CreateAsync();

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task Every_message_of_a_long_queue_is_received_once_and_in_order()
    {
        await using var bus = Process("one");
        await FillAsync(bus, total);
        await using var receiver = bus.CreateReceiver("long", new ServiceBusReceiverOptions { ReceiveMode = ServiceBusReceiveMode.ReceiveAndDelete });
        var watch = Stopwatch.StartNew();
        for (var received = 0; received < total;)
        {
            var messages = await receiver.ReceiveMessagesAsync(100, TimeSpan.FromSeconds(30));
            Assert.Equal(Enumerable.Range(received + 1, messages.Count).Select(number => (long)number), messages.Select(message => message.SequenceNumber));
            received += messages.Count;
            if (received % (total / 20) == 0)
            {
                output.WriteLine($"{received} received: {total / 20 / watch.Elapsed.TotalSeconds:F0} messages a second");
                watch.Restart();
            }
        }

        Assert.Empty(await receiver.PeekMessagesAsync(1));
    }

    [Fact]
    public async Task A_message_that_comes_back_below_the_others_is_not_passed_over()
    {
        await using var here = Process("here");
        await using var there = Process("there");
        await FillAsync(here, 5_000);
        await using var receiver = here.CreateReceiver("long");
        await using var other = there.CreateReceiver("long");
        var own = (await receiver.ReceiveMessageAsync())!;
        var others = (await other.ReceiveMessageAsync())!;
        for (var i = 0; i < 3; i++)
        {
            await receiver.ReceiveMessagesAsync(10);
        }

        // What this process gives back comes next; what another one does comes soon, although the queue is far from empty.
        await receiver.AbandonMessageAsync(own);
        Assert.Equal(own.SequenceNumber, (await receiver.ReceiveMessageAsync())!.SequenceNumber);
        await other.AbandonMessageAsync(others);
        await Eventually(async () => (await receiver.ReceiveMessageAsync())!.SequenceNumber == others.SequenceNumber);
    }

    [Fact]
    public async Task A_lock_that_ends_and_a_message_that_falls_due_are_seen_although_the_queue_is_long()
    {
        await using var bus = Process("one");
        await new Azure.Messaging.ServiceBus.Administration.ServiceBusAdministrationClient(database.ConnectionString)
            .CreateQueueAsync(new Azure.Messaging.ServiceBus.Administration.CreateQueueOptions("long") { LockDuration = TimeSpan.FromSeconds(5) });
        await FillAsync(bus, 5_000);
        await using var receiver = bus.CreateReceiver("long");
        var first = (await receiver.ReceiveMessageAsync())!;
        await bus.CreateSender("long").SendMessageAsync(new("due") { ScheduledEnqueueTime = DateTimeOffset.UtcNow.AddSeconds(1) });
        await Eventually(async () =>
        {
            var next = (await receiver.ReceiveMessageAsync())!;
            await receiver.CompleteMessageAsync(next);
            return next.SequenceNumber == first.SequenceNumber && next.DeliveryCount == 2;
        });
        await Eventually(async () => (await receiver.PeekMessagesAsync(1, 5_001)) is [{ State: ServiceBusMessageState.Active }]);
    }

    private static async Task Eventually(Func<Task<bool>> condition)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(30), "It was passed over.");
            await Task.Delay(10);
        }
    }

    private async Task FillAsync(ServiceBusClient bus, int count)
    {
        await bus.CreateSender("long").SendMessageAsync(new("body"));
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        await using var fill = source.CreateCommand(
            """
            INSERT INTO servicebus.messages (entity_id, dead, sequence, state, message_id, enqueued_sequence, enqueued_at, envelope, body)
            SELECT m.entity_id, false, n, 0, 'm' || n, n, m.enqueued_at, m.envelope, m.body FROM servicebus.messages m, generate_series(2, $1) n;
            """);
        fill.CommandTimeout = 600;
        fill.Parameters.Add(new() { Value = count });
        await fill.ExecuteNonQueryAsync();
        await using var goOn = source.CreateCommand($"SELECT setval('servicebus.sequence_' || entity_id, {count}) FROM servicebus.messages LIMIT 1");
        await goOn.ExecuteNonQueryAsync();
    }

    // A connection string of its own is, to the bus, a process of its own.
    private ServiceBusClient Process(string name) => new(new NpgsqlConnectionStringBuilder(database.ConnectionString) { ApplicationName = name }.ConnectionString);
}
