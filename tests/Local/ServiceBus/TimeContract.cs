using Azure.Messaging.ServiceBus;
using Azure.Messaging.ServiceBus.Administration;

namespace ToolboxAI.Tests.Local.ServiceBus;

/// <summary>What follows the moved clock and what the machine's, on every bus.</summary>
public abstract class TimeContract(BusFixture bus) : BusContract(bus)
{
    [Fact]
    public async Task A_scheduled_message_comes_when_the_moved_clock_reaches_its_time()
    {
        var due = Bus.Clock.GetUtcNow().AddHours(2);
        var number = await Client.CreateSender(Name).ScheduleMessageAsync(new ServiceBusMessage("later"), due);
        await SendAsync(Name, "now");
        await using (var early = Client.CreateReceiver(Name))
        {
            Assert.Equal(["now"], Bodies(await early.ReceiveMessagesAsync(9, Soon)));
        }

        await Bus.AdvanceAsync(TimeSpan.FromHours(3));
        var message = (await Client.CreateReceiver(Name).ReceiveMessageAsync(Soon))!;

        Assert.Equal("later", message.Body.ToString());
        Assert.Equal(due, message.EnqueuedTime, TimeSpan.FromMilliseconds(1));
        Assert.True(message.SequenceNumber > number);
        Assert.Equal(ServiceBusMessageState.Active, message.State);
    }

    [Fact]
    public async Task A_receiver_that_waits_wakes_when_a_scheduled_message_is_due()
    {
        var waiting = Client.CreateReceiver(Name).ReceiveMessageAsync(Soon);
        await Client.CreateSender(Name).ScheduleMessageAsync(new ServiceBusMessage("soon"), Bus.Clock.GetUtcNow().AddMilliseconds(300));

        Assert.Equal("soon", (await waiting)!.Body.ToString());
    }

    [Fact]
    public async Task A_message_whose_time_to_live_is_over_is_gone()
    {
        await Client.CreateSender(Name).SendMessageAsync(new ServiceBusMessage("short") { TimeToLive = TimeSpan.FromMinutes(5) });
        await Bus.AdvanceAsync(TimeSpan.FromMinutes(6));

        Assert.Null(await Client.CreateReceiver(Name).ReceiveMessageAsync(Briefly));
        Assert.Null(await Client.CreateReceiver(Name + "/$DeadLetterQueue").ReceiveMessageAsync(Briefly));
    }

    [Fact]
    public async Task A_message_whose_time_to_live_is_over_is_dead_lettered_where_the_entity_says_so()
    {
        await Administration.CreateQueueAsync(new CreateQueueOptions(Name)
        {
            DeadLetteringOnMessageExpiration = true,
            DefaultMessageTimeToLive = TimeSpan.FromDays(2),
        });
        await Client.CreateSender(Name).SendMessageAsync(new ServiceBusMessage("short") { TimeToLive = TimeSpan.FromDays(30) });
        await Bus.AdvanceAsync(TimeSpan.FromDays(3));

        var dead = (await Client.CreateReceiver(Name + "/$DeadLetterQueue").ReceiveMessageAsync(Soon))!;
        Assert.Equal("TTLExpiredException", dead.DeadLetterReason);
    }

    [Fact]
    public async Task A_duplicate_within_the_window_is_dropped_and_later_accepted()
    {
        await Administration.CreateQueueAsync(new CreateQueueOptions(Name)
        {
            RequiresDuplicateDetection = true,
            DuplicateDetectionHistoryTimeWindow = TimeSpan.FromMinutes(10),
        });
        var sender = Client.CreateSender(Name);
        await sender.SendMessageAsync(new ServiceBusMessage("1") { MessageId = "same" });
        await sender.SendMessageAsync(new ServiceBusMessage("2") { MessageId = "same" });
        await sender.SendMessagesAsync([new ServiceBusMessage("3") { MessageId = "a" }, new ServiceBusMessage("4") { MessageId = "a" }]);
        await using (var receiver = Client.CreateReceiver(Name))
        {
            Assert.Equal(["1", "3"], Bodies(await receiver.PeekMessagesAsync(9)));
        }

        await Bus.AdvanceAsync(TimeSpan.FromMinutes(11));
        await sender.SendMessageAsync(new ServiceBusMessage("5") { MessageId = "same" });
        Assert.Equal(["1", "3", "5"], Bodies(await Client.CreateReceiver(Name).PeekMessagesAsync(9)));
    }

    [Fact]
    public async Task Without_duplicate_detection_a_duplicate_is_a_message_of_its_own()
    {
        var sender = Client.CreateSender(Name);
        await sender.SendMessageAsync(new ServiceBusMessage("1") { MessageId = "same" });
        await sender.SendMessageAsync(new ServiceBusMessage("2") { MessageId = "same" });

        Assert.Equal(2, (await Client.CreateReceiver(Name).PeekMessagesAsync(9)).Count);
    }

    [Fact]
    public async Task A_lock_that_runs_out_gives_the_message_to_the_next_receiver()
    {
        await Administration.CreateQueueAsync(new CreateQueueOptions(Name) { LockDuration = TimeSpan.FromMilliseconds(300) });
        await SendAsync(Name, "slow");
        var first = Client.CreateReceiver(Name);
        var lost = (await first.ReceiveMessageAsync(Soon))!;
        var second = (await Client.CreateReceiver(Name).ReceiveMessageAsync(Soon))!;

        Assert.Equal(2, second.DeliveryCount);
        Assert.Equal(lost.SequenceNumber, second.SequenceNumber);
        var error = await Assert.ThrowsAsync<ServiceBusException>(() => first.CompleteMessageAsync(lost));
        Assert.Equal(ServiceBusFailureReason.MessageLockLost, error.Reason);
        error = await Assert.ThrowsAsync<ServiceBusException>(() => first.RenewMessageLockAsync(lost));
        Assert.Equal(ServiceBusFailureReason.MessageLockLost, error.Reason);
    }

    [Fact]
    public async Task Moving_the_clock_ends_no_lock()
    {
        await SendAsync(Name, "held");
        var receiver = Client.CreateReceiver(Name);
        var message = (await receiver.ReceiveMessageAsync(Soon))!;
        await receiver.CloseAsync();
        await Bus.AdvanceAsync(TimeSpan.FromDays(1));

        await using var again = Client.CreateReceiver(Name);
        Assert.Null(await again.ReceiveMessageAsync(Briefly));
        await again.CompleteMessageAsync(message);
    }
}

public sealed class PostgresTime(PostgresBusFixture bus) : TimeContract(bus), IClassFixture<PostgresBusFixture>;

public sealed class MemoryTime(MemoryBusFixture bus) : TimeContract(bus), IClassFixture<MemoryBusFixture>;
