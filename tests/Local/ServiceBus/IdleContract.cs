using Azure.Messaging.ServiceBus;
using Azure.Messaging.ServiceBus.Administration;

namespace ToolboxAI.Tests.Local.ServiceBus;

/// <summary>Entities that are deleted when nobody uses them, on every bus.</summary>
public abstract class IdleContract(BusFixture bus) : BusContract(bus)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_queue_that_nobody_uses_for_as_long_as_it_says_is_deleted_whatever_it_holds()
    {
        await Administration.CreateQueueAsync(new CreateQueueOptions(Name) { AutoDeleteOnIdle = TimeSpan.FromHours(2) });
        await SendAsync(Name, "one");
        await Bus.AdvanceAsync(TimeSpan.FromMinutes(90));
        await using var receiver = Client.CreateReceiver(Name);
        Assert.NotNull(await receiver.PeekMessageAsync(cancellationToken: Ct));
        await Bus.AdvanceAsync(TimeSpan.FromMinutes(90));
        Assert.True(await Administration.QueueExistsAsync(Name, Ct));

        await Bus.AdvanceAsync(TimeSpan.FromMinutes(60));

        var sending = await Assert.ThrowsAsync<ServiceBusException>(() => SendAsync(Name, "two"));
        Assert.Equal(ServiceBusFailureReason.MessagingEntityNotFound, sending.Reason);
        Assert.False(await Administration.QueueExistsAsync(Name, Ct));
        Assert.DoesNotContain(Name, await Names(Administration.GetQueuesAsync(Ct), queue => queue.Name));
        await Administration.CreateQueueAsync(Name, Ct);
        Assert.Null(await Client.CreateReceiver(Name).PeekMessageAsync(cancellationToken: Ct));
    }

    [Fact]
    public async Task A_queue_that_somebody_listens_to_or_that_holds_a_scheduled_message_does_not_idle()
    {
        await Administration.CreateQueueAsync(new CreateQueueOptions(Name) { AutoDeleteOnIdle = TimeSpan.FromMinutes(5) });
        await using (var processor = Client.CreateProcessor(Name))
        {
            processor.ProcessMessageAsync += _ => Task.CompletedTask;
            processor.ProcessErrorAsync += _ => Task.CompletedTask;
            await processor.StartProcessingAsync(Ct);
            await SendAsync(Name, "one");
            await UntilEmpty();
            await Bus.AdvanceAsync(TimeSpan.FromHours(1));
            Assert.True(await Administration.QueueExistsAsync(Name, Ct));
            await processor.StopProcessingAsync(Ct);
        }

        await Client.CreateSender(Name).ScheduleMessageAsync(new ServiceBusMessage("later"), Bus.Clock.GetUtcNow().AddHours(2), Ct);
        await Bus.AdvanceAsync(TimeSpan.FromHours(1));
        Assert.True(await Administration.QueueExistsAsync(Name, Ct));

        async Task UntilEmpty()
        {
            while ((await Administration.GetQueueRuntimePropertiesAsync(Name, Ct)).Value.ActiveMessageCount > 0)
            {
                await Task.Delay(5, Ct);
            }
        }
    }

    [Fact]
    public async Task A_subscription_idles_alone_and_a_topic_only_with_its_subscriptions()
    {
        await Administration.CreateTopicAsync(new CreateTopicOptions(Name) { AutoDeleteOnIdle = TimeSpan.FromHours(2) });
        await Administration.CreateSubscriptionAsync(new CreateSubscriptionOptions(Name, "busy"));
        await Administration.CreateSubscriptionAsync(new CreateSubscriptionOptions(Name, "quiet") { AutoDeleteOnIdle = TimeSpan.FromHours(1) });
        await Bus.AdvanceAsync(TimeSpan.FromMinutes(90));
        await Client.CreateReceiver(Name, "busy").PeekMessageAsync(cancellationToken: Ct);
        await Bus.AdvanceAsync(TimeSpan.FromMinutes(90));

        Assert.Equal(["busy"], await Names(Administration.GetSubscriptionsAsync(Name, Ct), subscription => subscription.SubscriptionName));
        await Bus.AdvanceAsync(TimeSpan.FromHours(1));

        Assert.False(await Administration.TopicExistsAsync(Name, Ct));
        Assert.False(await Administration.SubscriptionExistsAsync(Name, "busy", Ct));
    }

    private static async Task<List<string>> Names<T>(IAsyncEnumerable<T> of, Func<T, string> name)
        where T : notnull
    {
        var names = new List<string>();
        await foreach (var one in of)
        {
            names.Add(name(one));
        }

        return names;
    }
}

public sealed class PostgresIdle(PostgresBusFixture bus) : IdleContract(bus), IClassFixture<PostgresBusFixture>;

public sealed class MemoryIdle(MemoryBusFixture bus) : IdleContract(bus), IClassFixture<MemoryBusFixture>;
