using Azure.Messaging.ServiceBus;

namespace ToolboxAI.Tests.Local.ServiceBus;

/// <summary>What a queue promises, on every bus.</summary>
public abstract class QueueContract(BusFixture bus) : BusContract(bus)
{
    [Fact]
    public async Task What_is_sent_is_received_with_all_its_properties()
    {
        var sent = new ServiceBusMessage("héllo")
        {
            MessageId = "m1",
            CorrelationId = "c1",
            Subject = "greeting",
            ContentType = "text/plain",
            ReplyTo = "answers",
            ReplyToSessionId = "rs",
            To = "you",
            PartitionKey = "pk",
            TimeToLive = TimeSpan.FromHours(3),
        };
        sent.ApplicationProperties["text"] = "t";
        sent.ApplicationProperties["number"] = 42;
        sent.ApplicationProperties["long"] = long.MaxValue;
        sent.ApplicationProperties["double"] = 0.1;
        sent.ApplicationProperties["flag"] = true;
        sent.ApplicationProperties["id"] = Guid.Empty;
        sent.ApplicationProperties["at"] = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
        await Client.CreateSender(Name).SendMessageAsync(sent);

        var received = (await Client.CreateReceiver(Name).ReceiveMessageAsync(Soon))!;

        Assert.Equal("héllo", received.Body.ToString());
        Assert.Equal(
            ("m1", "c1", "greeting", "text/plain", "answers", "rs", "you", "pk"),
            (received.MessageId, received.CorrelationId, received.Subject, received.ContentType, received.ReplyTo, received.ReplyToSessionId, received.To, received.PartitionKey));
        Assert.Equal(TimeSpan.FromHours(3), received.TimeToLive);
        Assert.Equal(received.EnqueuedTime + received.TimeToLive, received.ExpiresAt);
        Assert.Equal(1, received.DeliveryCount);
        Assert.Equal(1, received.SequenceNumber);
        Assert.True(received.LockedUntil > DateTimeOffset.UtcNow + TimeSpan.FromSeconds(50));
        foreach (var (key, value) in sent.ApplicationProperties)
        {
            Assert.Equal(value, received.ApplicationProperties[key]);
        }
    }

    [Fact]
    public async Task Messages_come_in_the_order_in_which_they_were_sent()
    {
        var sender = Client.CreateSender(Name);
        for (var i = 0; i < 10; i++)
        {
            await sender.SendMessageAsync(new ServiceBusMessage($"{i}"));
        }

        await sender.SendMessagesAsync(Enumerable.Range(10, 10).Select(i => new ServiceBusMessage($"{i}")));
        var received = await Client.CreateReceiver(Name).ReceiveMessagesAsync(100, Soon);

        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"{i}"), received.Select(message => message.Body.ToString()));
    }

    [Fact]
    public async Task A_completed_message_is_gone_and_cannot_be_settled_again()
    {
        await Client.CreateSender(Name).SendMessageAsync(new ServiceBusMessage("once"));
        var receiver = Client.CreateReceiver(Name);
        var message = (await receiver.ReceiveMessageAsync(Soon))!;
        await receiver.CompleteMessageAsync(message);

        Assert.Null(await receiver.PeekMessageAsync());
        var error = await Assert.ThrowsAsync<ServiceBusException>(() => receiver.CompleteMessageAsync(message));
        Assert.Equal(ServiceBusFailureReason.MessageLockLost, error.Reason);
    }

    [Fact]
    public async Task A_locked_message_is_given_to_nobody_else()
    {
        await Client.CreateSender(Name).SendMessageAsync(new ServiceBusMessage("mine"));
        Assert.NotNull(await Client.CreateReceiver(Name).ReceiveMessageAsync(Soon));

        Assert.Null(await Client.CreateReceiver(Name).ReceiveMessageAsync(Briefly));
    }

    [Fact]
    public async Task An_abandoned_message_comes_again_at_once_with_its_changes()
    {
        await Client.CreateSender(Name).SendMessageAsync(new ServiceBusMessage("again"));
        var receiver = Client.CreateReceiver(Name);
        await receiver.AbandonMessageAsync((await receiver.ReceiveMessageAsync(Soon))!, new Dictionary<string, object> { ["seen"] = 1 });

        var second = (await receiver.ReceiveMessageAsync(Soon))!;
        Assert.Equal(2, second.DeliveryCount);
        Assert.Equal(1, second.ApplicationProperties["seen"]);
    }

    [Fact]
    public async Task A_message_that_was_delivered_too_often_is_dead_lettered()
    {
        await Client.CreateSender(Name).SendMessageAsync(new ServiceBusMessage("poison"));
        var receiver = Client.CreateReceiver(Name);
        for (var i = 1; i <= 10; i++)
        {
            var message = (await receiver.ReceiveMessageAsync(Soon))!;
            Assert.Equal(i, message.DeliveryCount);
            await receiver.AbandonMessageAsync(message);
        }

        Assert.Null(await receiver.ReceiveMessageAsync(Briefly));
        var dead = (await Client.CreateReceiver(Name + "/$DeadLetterQueue").ReceiveMessageAsync(Soon))!;
        Assert.Equal("MaxDeliveryCountExceeded", dead.DeadLetterReason);
        Assert.Equal("poison", dead.Body.ToString());
    }

    [Fact]
    public async Task A_dead_lettered_message_keeps_its_reason_and_can_be_completed_there()
    {
        await Client.CreateSender(Name).SendMessageAsync(new ServiceBusMessage("bad"));
        var receiver = Client.CreateReceiver(Name);
        await receiver.DeadLetterMessageAsync((await receiver.ReceiveMessageAsync(Soon))!, "Malformed", "no JSON");

        var letters = Client.CreateReceiver(Name, new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter });
        var dead = (await letters.ReceiveMessageAsync(Soon))!;
        Assert.Equal(("Malformed", "no JSON"), (dead.DeadLetterReason, dead.DeadLetterErrorDescription));
        await letters.CompleteMessageAsync(dead);
        Assert.Null(await letters.PeekMessageAsync());
    }

    [Fact]
    public async Task A_deferred_message_is_received_by_its_number_only()
    {
        await Client.CreateSender(Name).SendMessageAsync(new ServiceBusMessage("later"));
        var receiver = Client.CreateReceiver(Name);
        var message = (await receiver.ReceiveMessageAsync(Soon))!;
        await receiver.DeferMessageAsync(message);

        Assert.Null(await receiver.ReceiveMessageAsync(Briefly));
        Assert.Equal(ServiceBusMessageState.Deferred, (await receiver.PeekMessageAsync())!.State);
        var deferred = await receiver.ReceiveDeferredMessageAsync(message.SequenceNumber);
        await receiver.CompleteMessageAsync(deferred);
        var error = await Assert.ThrowsAsync<ServiceBusException>(() => receiver.ReceiveDeferredMessageAsync(message.SequenceNumber));
        Assert.Equal(ServiceBusFailureReason.MessageNotFound, error.Reason);
    }

    [Fact]
    public async Task An_abandoned_deferred_message_stays_deferred()
    {
        await Client.CreateSender(Name).SendMessageAsync(new ServiceBusMessage("later"));
        var receiver = Client.CreateReceiver(Name);
        var message = (await receiver.ReceiveMessageAsync(Soon))!;
        await receiver.DeferMessageAsync(message);
        await receiver.AbandonMessageAsync(await receiver.ReceiveDeferredMessageAsync(message.SequenceNumber));

        Assert.Null(await receiver.ReceiveMessageAsync(Briefly));
        Assert.NotNull(await receiver.ReceiveDeferredMessageAsync(message.SequenceNumber));
    }

    [Fact]
    public async Task Receive_and_delete_leaves_nothing_behind()
    {
        await Client.CreateSender(Name).SendMessageAsync(new ServiceBusMessage("gone"));
        var receiver = Client.CreateReceiver(Name, new ServiceBusReceiverOptions { ReceiveMode = ServiceBusReceiveMode.ReceiveAndDelete });
        var message = (await receiver.ReceiveMessageAsync(Soon))!;

        Assert.Null(await receiver.PeekMessageAsync());
        await Assert.ThrowsAsync<InvalidOperationException>(() => receiver.CompleteMessageAsync(message));
    }

    [Fact]
    public async Task A_receiver_that_waits_gets_the_message_when_it_comes()
    {
        var waiting = Client.CreateReceiver(Name).ReceiveMessageAsync(Soon);
        await Task.Delay(100);
        Assert.False(waiting.IsCompleted);
        await Client.CreateSender(Name).SendMessageAsync(new ServiceBusMessage("now"));

        Assert.Equal("now", (await waiting)!.Body.ToString());
    }

    [Fact]
    public async Task A_cancelled_receive_ends_as_the_original_s_and_loses_no_message()
    {
        using var cancelling = new CancellationTokenSource();
        var waiting = Client.CreateReceiver(Name).ReceiveMessageAsync(Soon, cancelling.Token);
        await Task.Delay(50);
        await cancelling.CancelAsync();
        await Assert.ThrowsAsync<TaskCanceledException>(() => waiting);
        await SendAsync(Name, "x");

        Assert.Equal(1, (await Client.CreateReceiver(Name).ReceiveMessageAsync(Soon))!.DeliveryCount);
    }

    [Fact]
    public async Task Peeking_goes_on_behind_the_last_and_locks_nothing()
    {
        var sender = Client.CreateSender(Name);
        await sender.SendMessagesAsync(Enumerable.Range(0, 5).Select(i => new ServiceBusMessage($"{i}")));
        var receiver = Client.CreateReceiver(Name);

        Assert.Equal(["0", "1"], (await receiver.PeekMessagesAsync(2)).Select(message => message.Body.ToString()));
        Assert.Equal(["2", "3", "4"], (await receiver.PeekMessagesAsync(9)).Select(message => message.Body.ToString()));
        Assert.Equal("1", (await receiver.PeekMessageAsync(2))!.Body.ToString());
        Assert.Equal(5, (await receiver.ReceiveMessagesAsync(9, Soon)).Count);
    }

    [Fact]
    public async Task A_message_over_the_limit_is_refused_and_a_batch_says_when_it_is_full()
    {
        var sender = Client.CreateSender(Name);
        var error = await Assert.ThrowsAsync<ServiceBusException>(() => sender.SendMessageAsync(new ServiceBusMessage(new byte[256 * 1024])));
        Assert.Equal(ServiceBusFailureReason.MessageSizeExceeded, error.Reason);

        using var batch = await sender.CreateMessageBatchAsync();
        while (batch.TryAddMessage(new ServiceBusMessage(new byte[10_000])))
        {
            Assert.True(batch.SizeInBytes <= batch.MaxSizeInBytes);
        }

        Assert.Equal(26, batch.Count);
        await sender.SendMessagesAsync(batch);
        Assert.Equal(26, (await Client.CreateReceiver(Name).PeekMessagesAsync(100)).Count);
    }

    [Fact]
    public async Task A_property_of_a_type_that_no_message_carries_is_refused()
    {
        var message = new ServiceBusMessage("x");
        message.ApplicationProperties["list"] = new List<int>();

        await Assert.ThrowsAsync<System.Runtime.Serialization.SerializationException>(() => Client.CreateSender(Name).SendMessageAsync(message));
    }

    [Fact]
    public async Task Renewing_moves_the_end_of_a_lock()
    {
        await Client.CreateSender(Name).SendMessageAsync(new ServiceBusMessage("long"));
        var receiver = Client.CreateReceiver(Name);
        var message = (await receiver.ReceiveMessageAsync(Soon))!;
        var before = message.LockedUntil;
        await Task.Delay(20);
        await receiver.RenewMessageLockAsync(message);

        Assert.True(message.LockedUntil > before);
    }

    [Fact]
    public async Task A_scheduled_message_can_be_taken_back()
    {
        var sender = Client.CreateSender(Name);
        var number = await sender.ScheduleMessageAsync(new ServiceBusMessage("tomorrow"), DateTimeOffset.UtcNow.AddDays(1));
        var receiver = Client.CreateReceiver(Name);

        Assert.Equal(ServiceBusMessageState.Scheduled, (await receiver.PeekMessageAsync())!.State);
        Assert.Null(await receiver.ReceiveMessageAsync(Briefly));
        await sender.CancelScheduledMessageAsync(number);
        Assert.Null(await receiver.PeekMessageAsync(1));
    }

    [Fact]
    public async Task What_is_not_scheduled_can_not_be_taken_back_and_nothing_else_is()
    {
        var sender = Client.CreateSender(Name);
        var number = await sender.ScheduleMessageAsync(new ServiceBusMessage("tomorrow"), DateTimeOffset.UtcNow.AddDays(1));

        var error = await Assert.ThrowsAsync<ServiceBusException>(() => sender.CancelScheduledMessagesAsync([number, number + 1000]));

        Assert.Equal(ServiceBusFailureReason.MessageNotFound, error.Reason);
        Assert.NotNull(await Client.CreateReceiver(Name).PeekMessageAsync());
    }

    [Fact]
    public async Task A_client_that_was_disposed_makes_nothing_any_more()
    {
        var client = Bus.Client();
        await client.DisposeAsync();

        Assert.Throws<ObjectDisposedException>(() => client.CreateSender(Name));
        Assert.Throws<ObjectDisposedException>(() => client.CreateReceiver(Name));
        Assert.Throws<ObjectDisposedException>(() => client.CreateProcessor(Name));
    }

    [Fact]
    public async Task A_copy_of_a_received_message_keeps_the_time_that_it_was_scheduled_for()
    {
        var time = DateTimeOffset.UtcNow.AddSeconds(-5);
        await Client.CreateSender(Name).SendMessageAsync(new ServiceBusMessage("x") { ScheduledEnqueueTime = time });

        var copy = new ServiceBusMessage((await Client.CreateReceiver(Name).ReceiveMessageAsync(Soon))!);

        Assert.Equal(time, copy.ScheduledEnqueueTime, TimeSpan.FromSeconds(1));
    }
}

public sealed class PostgresQueues(PostgresBusFixture bus) : QueueContract(bus), IClassFixture<PostgresBusFixture>;

public sealed class MemoryQueues(MemoryBusFixture bus) : QueueContract(bus), IClassFixture<MemoryBusFixture>;
