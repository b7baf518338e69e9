using System.Collections.Concurrent;
using System.Security.Cryptography;
using Azure.Messaging.ServiceBus;
using Npgsql;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Local.ServiceBus;

/// <summary>A receiver that waits is handed a message of another process, in the sender's transaction.</summary>
public sealed class RemoteHandOverTests : IAsyncLifetime
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    private TestDatabase database = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>A connection string of its own is, to the bus, a process of its own.</summary>
    private string Other => new NpgsqlConnectionStringBuilder(database.ConnectionString) { ApplicationName = "other" }.ConnectionString;

    public async ValueTask InitializeAsync() => database = await TestDatabase.CreateAsync();

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Theory]
    [InlineData(12, 0)]              // the notification carries it
    [InlineData(3_999, 1)]           // its body alone is 7998 characters there
    [InlineData(5_000, 1)]
    public async Task A_waiting_receiver_takes_nothing_itself_of_what_another_process_sends(int size, int readings)
    {
        await using var here = new ServiceBusClient(database.ConnectionString);
        await using var there = new ServiceBusClient(Other);
        await using var sender = there.CreateSender("asked");
        await using var receiver = here.CreateReceiver("asked");
        await sender.SendMessageAsync(new ServiceBusMessage("warm-up"), Ct);
        await receiver.CompleteMessageAsync((await receiver.ReceiveMessageAsync(Long, Ct))!, Ct);
        await using var peeking = there.CreateReceiver("asked");
        var sent = RandomNumberGenerator.GetBytes(size);
        var asked = new ConcurrentQueue<string>();
        for (var tries = 0; tries < 20 && (tries == 0 || asked.Any(IsReceive)); tries++)
        {
            var waiting = receiver.ReceiveMessageAsync(Long, Ct);
            await Asleep();
            asked = new();
            using var statements = NpgsqlStatements.Of(database.ConnectionString, asked);
            await sender.SendMessageAsync(new ServiceBusMessage(new BinaryData(sent)) { Subject = "a b", ApplicationProperties = { ["n"] = 7L } }, Ct);
            var message = (await waiting)!;
            Assert.Equal(sent, message.Body.ToArray());
            Assert.Equal(("a b", 7L), (message.Subject, message.ApplicationProperties["n"]));
            Assert.Equal(1, message.DeliveryCount);
            Assert.True(message.LockedUntil > DateTimeOffset.UtcNow);
            var peeked = (await peeking.PeekMessageAsync(message.SequenceNumber, Ct))!;
            Assert.Equal(
                (peeked.MessageId, peeked.SequenceNumber, peeked.EnqueuedSequenceNumber, peeked.EnqueuedTime),
                (message.MessageId, message.SequenceNumber, message.EnqueuedSequenceNumber, message.EnqueuedTime));
            await receiver.CompleteMessageAsync(message, Ct);
        }

        Assert.DoesNotContain(asked, IsReceive);
        Assert.Equal(readings, asked.Count(statement => statement.Contains("locked_by = $3", StringComparison.Ordinal)));

        static bool IsReceive(string statement) => statement.Contains("servicebus.receive(", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Receivers_that_give_up_at_the_moment_of_a_hand_over_lose_no_message()
    {
        const int Messages = 300;
        await using var here = new ServiceBusClient(database.ConnectionString);
        await using var there = new ServiceBusClient(Other);
        await using var sender = there.CreateSender("given-up");
        var counts = new ConcurrentDictionary<string, int>();
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        var receivers = Enumerable.Range(0, 4).Select(number => Task.Run(async () =>
        {
            await using var receiver = here.CreateReceiver("given-up");
            var random = new Random(number);
            while (counts.Count < Messages)
            {
                deadline.Token.ThrowIfCancellationRequested();
                foreach (var message in await receiver.ReceiveMessagesAsync(random.Next(1, 4), TimeSpan.FromMilliseconds(random.Next(1, 12)), deadline.Token))
                {
                    await receiver.CompleteMessageAsync(message, deadline.Token);
                    Assert.True(counts.TryAdd(message.MessageId!, message.DeliveryCount));
                }
            }
        }, deadline.Token)).ToList();
        for (var number = 0; number < Messages; number++)
        {
            await sender.SendMessageAsync(new ServiceBusMessage("x") { MessageId = $"{number}" }, deadline.Token);
            await Task.Delay(number % 9, deadline.Token);
        }

        await Task.WhenAll(receivers);

        // What came too late for its receiver went back at once, and counts as never delivered.
        Assert.All(counts, one => Assert.Equal(1, one.Value));
        Assert.Equal(0L, await Scalar("SELECT count(*) FROM servicebus.messages"));
    }

    [Fact]
    public async Task A_message_for_a_process_in_which_nobody_waits_any_more_goes_back()
    {
        await using var here = new ServiceBusClient(database.ConnectionString);
        await using var there = new ServiceBusClient(Other);
        await using var sender = there.CreateSender("nobody");
        await using var receiver = here.CreateReceiver("nobody");
        Assert.Null(await receiver.ReceiveMessageAsync(TimeSpan.FromMilliseconds(200), Ct));     // fell asleep, and went
        Assert.True((bool)(await Scalar("SELECT asleep AND takes FROM servicebus.sleepers"))!);

        await sender.SendMessageAsync(new ServiceBusMessage("x"), Ct);
        var message = await receiver.ReceiveMessageAsync(TimeSpan.FromSeconds(10), Ct);

        Assert.NotNull(message);
        Assert.Equal(1, message.DeliveryCount);
    }

    [Fact]
    public async Task Nothing_is_handed_to_a_process_that_is_no_more_or_that_waits_for_dead_letters()
    {
        await using var here = new ServiceBusClient(database.ConnectionString);
        await using var there = new ServiceBusClient(Other);
        await using var sender = there.CreateSender("gone");
        await using var receiver = here.CreateReceiver("gone");
        await using var dead = here.CreateReceiver("gone", new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter });
        Assert.Null(await dead.ReceiveMessageAsync(TimeSpan.FromMilliseconds(200), Ct));
        Assert.False((bool)(await Scalar("SELECT takes FROM servicebus.sleepers"))!);
        await Scalar("INSERT INTO servicebus.sleepers SELECT id, gen_random_uuid(), true, true FROM servicebus.entities WHERE key = 'gone'");

        await sender.SendMessageAsync(new ServiceBusMessage("x"), Ct);

        Assert.Equal((short)0, await Scalar("SELECT state FROM servicebus.messages"));
        Assert.Equal("x", (await receiver.ReceiveMessageAsync(TimeSpan.FromSeconds(10), Ct))!.Body.ToString());
    }

    private async Task Asleep()
    {
        for (var look = 0; look < 100 && await Scalar("SELECT asleep FROM servicebus.sleepers WHERE takes") is not true; look++)
        {
            await Task.Delay(20, Ct);
        }

        await Task.Delay(200, Ct);      // once more it looks after it fell asleep
    }

    private async Task<object?> Scalar(string sql)
    {
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync(Ct);
    }
}
