using Azure.Messaging.ServiceBus;
using Azure.Messaging.ServiceBus.Administration;

namespace ToolboxAI.Tests.Local.ServiceBus;

/// <summary>What topics and subscriptions promise, on every bus.</summary>
public abstract class TopicContract(BusFixture bus) : BusContract(bus)
{
    [Fact]
    public async Task Every_subscription_gets_its_own_copy()
    {
        await Administration.CreateTopicAsync(Name);
        await Administration.CreateSubscriptionAsync(Name, "one");
        await Administration.CreateSubscriptionAsync(Name, "two");
        await SendAsync(Name, "news");
        await Assert.ThrowsAsync<InvalidOperationException>(() => Client.CreateReceiver(Name).ReceiveMessageAsync(Soon));

        var one = Client.CreateReceiver(Name, "one");
        await one.CompleteMessageAsync((await one.ReceiveMessageAsync(Soon))!);
        Assert.Equal("news", (await Client.CreateReceiver(Name, "two").ReceiveMessageAsync(Soon))!.Body.ToString());
        Assert.Null(await one.PeekMessageAsync());
    }

    [Fact]
    public async Task Filters_decide_who_gets_what()
    {
        await Administration.CreateTopicAsync(Name);
        await SubscribeAsync("blue", new SqlRuleFilter("color = 'blue' AND quantity > 10"));
        await SubscribeAsync("urgent", new CorrelationRuleFilter { Subject = "urgent" });
        await SubscribeAsync("tagged", new CorrelationRuleFilter { ApplicationProperties = { ["color"] = "red" } });
        await SubscribeAsync("none", new FalseRuleFilter());

        await PublishAsync("1", "normal", "blue", 11);
        await PublishAsync("2", "normal", "blue", 10);
        await PublishAsync("3", "urgent", "red", 1);

        Assert.Equal(["1"], await PeekAsync("blue"));
        Assert.Equal(["3"], await PeekAsync("urgent"));
        Assert.Equal(["3"], await PeekAsync("tagged"));
        Assert.Empty(await PeekAsync("none"));
    }

    [Fact]
    public async Task Rules_without_action_give_one_copy_and_each_rule_with_an_action_its_own()
    {
        await Administration.CreateTopicAsync(Name);
        await SubscribeAsync("all", new TrueRuleFilter());
        await Administration.CreateRuleAsync(Name, "all", new CreateRuleOptions("also", new SqlRuleFilter("quantity > 0")));
        await Administration.CreateRuleAsync(Name, "all", new CreateRuleOptions("act", new SqlRuleFilter("quantity > 5"))
        {
            Action = new SqlRuleAction("SET sys.Label = 'many'; SET doubled = quantity * 2; REMOVE color"),
        });
        await PublishAsync("x", "s", "blue", 6);

        var messages = await Client.CreateReceiver(Name, "all").PeekMessagesAsync(9);
        Assert.Equal(2, messages.Count);
        var acted = Assert.Single(messages, message => message.Subject == "many");
        Assert.Equal(12L, acted.ApplicationProperties["doubled"]);
        Assert.False(acted.ApplicationProperties.ContainsKey("color"));
    }

    [Fact]
    public async Task A_message_scheduled_to_a_topic_is_filtered_when_it_is_due()
    {
        await Administration.CreateTopicAsync(Name);
        await Administration.CreateSubscriptionAsync(Name, "early");
        await Client.CreateSender(Name).ScheduleMessageAsync(new ServiceBusMessage("later"), Bus.Clock.GetUtcNow().AddHours(1));
        await Administration.CreateSubscriptionAsync(Name, "late");
        Assert.Empty(await PeekAsync("early"));
        await Bus.AdvanceAsync(TimeSpan.FromHours(2));

        Assert.Equal(["later"], await PeekAsync("early"));
        Assert.Equal(["later"], await PeekAsync("late"));
    }

    [Fact]
    public async Task A_waiting_subscriber_wakes_when_a_message_scheduled_to_the_topic_is_due()
    {
        await Administration.CreateTopicAsync(Name);
        await Administration.CreateSubscriptionAsync(Name, "s");
        var waiting = Client.CreateReceiver(Name, "s").ReceiveMessageAsync(Soon);
        await Client.CreateSender(Name).ScheduleMessageAsync(new ServiceBusMessage("soon"), Bus.Clock.GetUtcNow().AddMilliseconds(300));

        Assert.NotNull(await waiting);
    }

    [Fact]
    public async Task A_topic_s_duplicates_reach_nobody()
    {
        await Administration.CreateTopicAsync(new CreateTopicOptions(Name) { RequiresDuplicateDetection = true });
        await Administration.CreateSubscriptionAsync(Name, "s");
        var sender = Client.CreateSender(Name);
        await sender.SendMessageAsync(new ServiceBusMessage("1") { MessageId = "same" });
        await sender.SendMessageAsync(new ServiceBusMessage("2") { MessageId = "same" });

        Assert.Equal(["1"], await PeekAsync("s"));
    }

    [Fact]
    public async Task A_subscription_has_dead_letters_of_its_own()
    {
        await Administration.CreateTopicAsync(Name);
        await Administration.CreateSubscriptionAsync(new CreateSubscriptionOptions(Name, "s") { MaxDeliveryCount = 1 });
        await SendAsync(Name, "x");
        var receiver = Client.CreateReceiver(Name, "s");
        await receiver.AbandonMessageAsync((await receiver.ReceiveMessageAsync(Soon))!);

        var dead = (await Client.CreateReceiver(Name, "s", new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter }).ReceiveMessageAsync(Soon))!;
        Assert.Equal("MaxDeliveryCountExceeded", dead.DeadLetterReason);
        Assert.NotNull(await Client.CreateReceiver($"{Name}/Subscriptions/s/$DeadLetterQueue").PeekMessageAsync());
    }

    [Fact]
    public async Task A_name_that_was_used_as_a_queue_becomes_a_topic_with_its_first_subscription()
    {
        await SendAsync(Name, "early");
        Assert.Equal("early", (await Client.CreateReceiver(Name, "s").ReceiveMessageAsync(Soon))!.Body.ToString());
        await SendAsync(Name, "next");

        Assert.Equal("next", (await Client.CreateReceiver(Name, "s").ReceiveMessageAsync(Soon))!.Body.ToString());
    }

    [Fact]
    public async Task A_subscription_that_forwards_fills_a_queue()
    {
        await Administration.CreateTopicAsync(Name);
        await Administration.CreateQueueAsync(Name + "-target");
        await Administration.CreateSubscriptionAsync(new CreateSubscriptionOptions(Name, "s") { ForwardTo = Name + "-target" });
        await SendAsync(Name, "x");

        Assert.Equal("x", (await Client.CreateReceiver(Name + "-target").ReceiveMessageAsync(Soon))!.Body.ToString());
    }

    [Fact]
    public async Task A_rule_manager_adds_lists_and_removes_rules()
    {
        await using var rules = Client.CreateRuleManager(Name, "s");
        await rules.DeleteRuleAsync(RuleProperties.DefaultRuleName);
        await rules.CreateRuleAsync("blue", new SqlRuleFilter("color = 'blue'"));
        var names = new List<string>();
        await foreach (var rule in rules.GetRulesAsync())
        {
            names.Add(rule.Name);
        }

        Assert.Equal(["blue"], names);
        var error = await Assert.ThrowsAsync<ServiceBusException>(() => rules.DeleteRuleAsync("red"));
        Assert.Equal(ServiceBusFailureReason.MessagingEntityNotFound, error.Reason);
    }

    private async Task SubscribeAsync(string subscription, RuleFilter filter) => await Administration.CreateSubscriptionAsync(
        new CreateSubscriptionOptions(Name, subscription), new CreateRuleOptions("rule", filter));

    private Task PublishAsync(string body, string subject, string color, int quantity) => Client.CreateSender(Name).SendMessageAsync(
        new ServiceBusMessage(body) { Subject = subject, ApplicationProperties = { ["color"] = color, ["quantity"] = quantity } });

    private async Task<IEnumerable<string>> PeekAsync(string subscription) =>
        Bodies(await Client.CreateReceiver(Name, subscription).PeekMessagesAsync(9));
}

public sealed class PostgresTopicTests(PostgresBusFixture bus) : TopicContract(bus), IClassFixture<PostgresBusFixture>;

public sealed class MemoryTopicTests(MemoryBusFixture bus) : TopicContract(bus), IClassFixture<MemoryBusFixture>;
