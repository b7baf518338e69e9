using System.Collections.Concurrent;
using Azure.Messaging.ServiceBus;
using Npgsql;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Local.ServiceBus;

/// <summary>A receiver that waits is handed what its own process sends, in the sender's transaction.</summary>
public sealed class HandOverTests : IAsyncLifetime
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    private TestDatabase database = null!;

    public async ValueTask InitializeAsync() => database = await TestDatabase.CreateAsync();

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task A_waiting_receiver_asks_nothing_for_a_message_that_its_process_sends()
    {
        await using var bus = new ServiceBusClient(database.ConnectionString);
        await using var sender = bus.CreateSender("asked");
        await using var receiver = bus.CreateReceiver("asked");
        await sender.SendMessageAsync(new ServiceBusMessage("warm-up"));
        await receiver.CompleteMessageAsync((await receiver.ReceiveMessageAsync(Long))!);
        var asked = new ConcurrentQueue<string>();
        for (var tries = 0; tries < 20 && (tries == 0 || asked.Any(IsReceive)); tries++)
        {
            var waiting = receiver.ReceiveMessageAsync(Long);
            await Task.Delay(500, TestContext.Current.CancellationToken);   // on a busy machine it may still be on its way to sleep: then once more
            asked = new();
            using var statements = NpgsqlStatements.Of(database.ConnectionString, asked);
            await sender.SendMessageAsync(new ServiceBusMessage("handed over"));
            var message = (await waiting)!;
            Assert.Equal("handed over", message.Body.ToString());
            Assert.Equal(1, message.DeliveryCount);
            await receiver.CompleteMessageAsync(message);
        }

        Assert.DoesNotContain(asked, IsReceive);
        Assert.Contains(asked, statement => statement.Contains("servicebus.send(", StringComparison.Ordinal));

        // A transaction of the send brings the message; a statement that begins with a receive would be a look of its own.
        static bool IsReceive(string statement) => statement.TrimStart().StartsWith("SELECT sequence", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Receivers_that_give_up_at_the_moment_of_a_hand_over_lose_no_message()
    {
        const int Messages = 300;
        await using var bus = new ServiceBusClient(database.ConnectionString);
        await using var sender = bus.CreateSender("given-up");
        var seen = new ConcurrentBag<string>();
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var receivers = Enumerable.Range(0, 6).Select(number => Task.Run(async () =>
        {
            await using var receiver = bus.CreateReceiver("given-up");
            var random = new Random(number);
            while (seen.Count < Messages)
            {
                deadline.Token.ThrowIfCancellationRequested();
                using var patience = new CancellationTokenSource();
                var cancels = number % 2 == 0;
                if (cancels)
                {
                    patience.CancelAfter(random.Next(1, 30));
                }

                try
                {
                    var wait = cancels ? Long : TimeSpan.FromMilliseconds(random.Next(1, 30));
                    foreach (var message in await receiver.ReceiveMessagesAsync(random.Next(1, 4), wait, patience.Token))
                    {
                        await receiver.CompleteMessageAsync(message, CancellationToken.None);
                        seen.Add(message.MessageId!);
                    }
                }
                catch (TaskCanceledException) when (patience.IsCancellationRequested)
                {
                    await Task.Yield();
                }
            }
        }, deadline.Token)).ToList();
        for (var number = 0; number < Messages; number++)
        {
            await sender.SendMessageAsync(new ServiceBusMessage("x") { MessageId = $"{number}" }, deadline.Token);
            await Task.Delay(number % 3, deadline.Token);
        }

        await Task.WhenAll(receivers);

        // None was locked for a receiver that had gone: its lock would end only after half a minute, and its delivery count would tell.
        Assert.Equal(Enumerable.Range(0, Messages).Select(number => $"{number}").Order(), seen.Order());
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        await using var left = source.CreateCommand("SELECT count(*) FROM servicebus.messages");
        Assert.Equal(0L, await left.ExecuteScalarAsync(deadline.Token));
    }

    [Fact]
    public async Task Messages_are_handed_over_in_the_order_in_which_they_were_sent()
    {
        await using var bus = new ServiceBusClient(database.ConnectionString);
        await using var sender = bus.CreateSender("in-order");
        await using var receiver = bus.CreateReceiver("in-order", new ServiceBusReceiverOptions { ReceiveMode = ServiceBusReceiveMode.ReceiveAndDelete });
        var received = Task.Run(async () =>
        {
            var numbers = new List<int>();
            while (numbers.Count < 200)
            {
                numbers.Add(int.Parse((await receiver.ReceiveMessageAsync(Long))!.Body.ToString()));
            }

            return numbers;
        });
        for (var number = 0; number < 200; number++)
        {
            await sender.SendMessageAsync(new ServiceBusMessage($"{number}"));
        }

        Assert.Equal(Enumerable.Range(0, 200), await received.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
    }
}
