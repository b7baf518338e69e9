using Azure.Messaging.ServiceBus;
using Azure.Messaging.ServiceBus.Administration;

namespace ToolboxAI.Tests.Local.ServiceBus;

/// <summary>What the administration client promises, on every bus.</summary>
public abstract class AdministrationContract(BusFixture bus) : BusContract(bus)
{
    [Fact]
    public async Task A_queue_keeps_the_settings_that_it_was_given()
    {
        var wanted = new CreateQueueOptions(Name)
        {
            LockDuration = TimeSpan.FromSeconds(30),
            MaxDeliveryCount = 3,
            DefaultMessageTimeToLive = TimeSpan.FromDays(14),
            DeadLetteringOnMessageExpiration = true,
            RequiresDuplicateDetection = true,
            DuplicateDetectionHistoryTimeWindow = TimeSpan.FromMinutes(5),
            UserMetadata = "mine",
        };
        QueueProperties made = await Administration.CreateQueueAsync(wanted);
        QueueProperties read = await Administration.GetQueueAsync(Name.ToUpperInvariant());

        Assert.Equal(made, read);
        Assert.Equal(wanted, new CreateQueueOptions(read));
        Assert.Equal((TimeSpan.FromSeconds(30), 3, TimeSpan.FromDays(14)), (read.LockDuration, read.MaxDeliveryCount, read.DefaultMessageTimeToLive));
        Assert.Equal(EntityStatus.Active, read.Status);
    }

    [Fact]
    public async Task A_queue_s_defaults_are_the_documented_ones()
    {
        QueueProperties queue = await Administration.CreateQueueAsync(Name);

        Assert.Equal(TimeSpan.FromMinutes(1), queue.LockDuration);
        Assert.Equal(10, queue.MaxDeliveryCount);
        Assert.Equal(TimeSpan.MaxValue, queue.DefaultMessageTimeToLive);
        Assert.Equal((false, false, false), (queue.RequiresSession, queue.RequiresDuplicateDetection, queue.DeadLetteringOnMessageExpiration));
    }

    [Fact]
    public async Task Names_that_are_taken_or_absent_give_the_official_reasons()
    {
        await Administration.CreateQueueAsync(Name);
        Assert.Equal(ServiceBusFailureReason.MessagingEntityAlreadyExists, await ReasonAsync(() => Administration.CreateQueueAsync(Name)));
        Assert.Equal(ServiceBusFailureReason.MessagingEntityNotFound, await ReasonAsync(() => Administration.GetQueueAsync(Name + "-not")));
        Assert.Equal(ServiceBusFailureReason.MessagingEntityNotFound, await ReasonAsync(() => Administration.GetTopicAsync(Name)));
        Assert.Equal(ServiceBusFailureReason.MessagingEntityNotFound, await ReasonAsync(() => Administration.DeleteSubscriptionAsync(Name, "s")));
        Assert.True((await Administration.QueueExistsAsync(Name)).Value);
        Assert.False((await Administration.TopicExistsAsync(Name)).Value);
    }

    [Fact]
    public async Task A_deleted_queue_is_unknown_until_it_is_created_again()
    {
        await SendAsync(Name, "old");
        await Administration.DeleteQueueAsync(Name);
        Assert.Equal(ServiceBusFailureReason.MessagingEntityNotFound, await ReasonAsync(() => SendAsync(Name, "x")));
        Assert.Equal(
            ServiceBusFailureReason.MessagingEntityNotFound, await ReasonAsync(() => Client.CreateReceiver(Name).ReceiveMessageAsync(Briefly)));
        await Administration.CreateQueueAsync(Name);

        Assert.Null(await Client.CreateReceiver(Name).PeekMessageAsync());
    }

    [Fact]
    public async Task A_changed_setting_is_in_force_at_once()
    {
        QueueProperties queue = await Administration.CreateQueueAsync(Name);
        await SendAsync(Name, "x");
        queue.MaxDeliveryCount = 1;
        await Administration.UpdateQueueAsync(queue);
        var receiver = Client.CreateReceiver(Name);
        await receiver.AbandonMessageAsync((await receiver.ReceiveMessageAsync(Soon))!);

        Assert.NotNull(await Client.CreateReceiver(Name + "/$DeadLetterQueue").PeekMessageAsync());
    }

    [Fact]
    public async Task A_disabled_queue_refuses_what_its_status_says()
    {
        QueueProperties queue = await Administration.CreateQueueAsync(Name);
        await SendAsync(Name, "x");
        queue.Status = EntityStatus.SendDisabled;
        await Administration.UpdateQueueAsync(queue);
        Assert.Equal(ServiceBusFailureReason.MessagingEntityDisabled, await ReasonAsync(() => SendAsync(Name, "y")));
        Assert.NotNull(await Client.CreateReceiver(Name).ReceiveMessageAsync(Soon));
        queue.Status = EntityStatus.ReceiveDisabled;
        await Administration.UpdateQueueAsync(queue);

        Assert.Equal(ServiceBusFailureReason.MessagingEntityDisabled, await ReasonAsync(() => Client.CreateReceiver(Name).ReceiveMessageAsync(Soon)));
        await SendAsync(Name, "y");
    }

    [Fact]
    public async Task A_full_queue_refuses_messages_until_some_of_its_own_are_gone()
    {
        await Administration.CreateQueueAsync(new CreateQueueOptions(Name) { MaxSizeInMegabytes = 1 });
        await FillAsync();

        Assert.Equal(ServiceBusFailureReason.QuotaExceeded, await ReasonAsync(() => SendAsync(Name, "x")));
        var receiver = Client.CreateReceiver(Name);
        await receiver.CompleteMessageAsync((await receiver.ReceiveMessageAsync(Soon))!);
        await SendAsync(Name, "x");
    }

    [Fact]
    public async Task A_topic_is_full_with_what_its_subscriptions_hold()
    {
        await Administration.CreateTopicAsync(new CreateTopicOptions(Name) { MaxSizeInMegabytes = 1 });
        await Administration.CreateSubscriptionAsync(Name, "s");
        await FillAsync();

        Assert.Equal(ServiceBusFailureReason.QuotaExceeded, await ReasonAsync(() => SendAsync(Name, "x")));
        TopicProperties topic = await Administration.GetTopicAsync(Name);
        topic.MaxSizeInMegabytes = 1024;
        await Administration.UpdateTopicAsync(topic);
        await SendAsync(Name, "x");
    }

    [Fact]
    public async Task Counts_tell_messages_by_their_state()
    {
        await Administration.CreateQueueAsync(Name);
        await SendAsync(Name, "1", "2", "3", "4");
        await Client.CreateSender(Name).ScheduleMessageAsync(new ServiceBusMessage("5"), Bus.Clock.GetUtcNow().AddDays(900));
        var receiver = Client.CreateReceiver(Name);
        await receiver.DeadLetterMessageAsync((await receiver.ReceiveMessageAsync(Soon))!);
        await receiver.DeferMessageAsync((await receiver.ReceiveMessageAsync(Soon))!);
        Assert.NotNull(await receiver.ReceiveMessageAsync(Soon));
        QueueRuntimeProperties counts = await Administration.GetQueueRuntimePropertiesAsync(Name);

        Assert.Equal(
            (3, 1, 1, 5), (counts.ActiveMessageCount, counts.ScheduledMessageCount, counts.DeadLetterMessageCount, counts.TotalMessageCount));
        Assert.True(counts.SizeInBytes > 0);
    }

    [Fact]
    public async Task Entities_and_rules_are_listed()
    {
        await Administration.CreateTopicAsync(Name);
        await Administration.CreateSubscriptionAsync(Name, "b");
        await Administration.CreateSubscriptionAsync(new CreateSubscriptionOptions(Name, "a"), new CreateRuleOptions("r", new SqlRuleFilter("x = 1")));
        await Administration.CreateQueueAsync(Name + "-queue");

        Assert.Contains(Name, await ListAsync(Administration.GetTopicsAsync(), topic => topic.Name));
        Assert.Contains(Name + "-queue", await ListAsync(Administration.GetQueuesAsync(), queue => queue.Name));
        Assert.Equal(["a", "b"], await ListAsync(Administration.GetSubscriptionsAsync(Name), subscription => subscription.SubscriptionName));
        Assert.Equal(["r"], await ListAsync(Administration.GetRulesAsync(Name, "a"), rule => rule.Name));
        Assert.Equal(["$Default"], await ListAsync(Administration.GetRulesAsync(Name, "b"), rule => rule.Name));
    }

    [Fact]
    public async Task A_rule_can_be_read_changed_and_deleted()
    {
        await Administration.CreateTopicAsync(Name);
        await Administration.CreateSubscriptionAsync(Name, "s");
        var filter = new SqlRuleFilter("sys.Label IN (@a, 'b') AND x > 1") { Parameters = { ["@a"] = "a" } };
        await Administration.CreateRuleAsync(Name, "s", new CreateRuleOptions("r", filter) { Action = new SqlRuleAction("SET y = 2") });
        RuleProperties rule = await Administration.GetRuleAsync(Name, "s", "R");
        Assert.Equal((RuleFilter)filter, rule.Filter);
        Assert.Equal(new SqlRuleAction("SET y = 2"), rule.Action);

        rule.Filter = new CorrelationRuleFilter { Subject = "s", ApplicationProperties = { ["n"] = 1L } };
        await Administration.UpdateRuleAsync(Name, "s", rule);
        Assert.Equal(rule, (await Administration.GetRuleAsync(Name, "s", "r")).Value);
        await Administration.DeleteRuleAsync(Name, "s", "r");
        Assert.False((await Administration.RuleExistsAsync(Name, "s", "r")).Value);
        await Assert.ThrowsAsync<ArgumentException>(() =>
            Administration.CreateRuleAsync(Name, "s", new CreateRuleOptions("bad", new SqlRuleFilter("x = = 1"))));
    }

    [Fact]
    public async Task Dead_letters_can_be_forwarded()
    {
        await Administration.CreateQueueAsync(Name + "-letters");
        await Administration.CreateQueueAsync(new CreateQueueOptions(Name) { ForwardDeadLetteredMessagesTo = Name + "-letters" });
        await SendAsync(Name, "x");
        var receiver = Client.CreateReceiver(Name);
        await receiver.DeadLetterMessageAsync((await receiver.ReceiveMessageAsync(Soon))!, "why");
        var letter = (await Client.CreateReceiver(Name + "-letters").ReceiveMessageAsync(Soon))!;

        Assert.Equal(("why", Name), (letter.DeadLetterReason, letter.DeadLetterSource));
    }

    /// <summary>Sends somewhat more than a megabyte: the last message is the one that makes the entity full.</summary>
    private async Task FillAsync()
    {
        for (var sent = 0; sent < 5; sent++)
        {
            await SendAsync(Name, new string('x', 220_000));
        }
    }

    private static async Task<ServiceBusFailureReason> ReasonAsync(Func<Task> use) => (await Assert.ThrowsAsync<ServiceBusException>(use)).Reason;

    private static async Task<List<string>> ListAsync<T>(Azure.AsyncPageable<T> items, Func<T, string> name)
        where T : notnull
    {
        var names = new List<string>();
        await foreach (var item in items)
        {
            names.Add(name(item));
        }

        return names;
    }
}

public sealed class PostgresAdministrationTests(PostgresBusFixture bus) : AdministrationContract(bus), IClassFixture<PostgresBusFixture>;

public sealed class MemoryAdministrationTests(MemoryBusFixture bus) : AdministrationContract(bus), IClassFixture<MemoryBusFixture>;
