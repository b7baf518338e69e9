using ToolboxAI.Local.ServiceBus;

namespace Azure.Messaging.ServiceBus.Administration;

/// <summary>How many messages a queue holds.</summary>
public class QueueRuntimeProperties
{
    internal QueueRuntimeProperties(string name, EntityStatistics numbers)
    {
        Name = name;
        Numbers = numbers;
    }

    /// <summary>The queue's name.</summary>
    public string Name { get; }

    /// <summary>All messages, dead letters and scheduled ones included.</summary>
    public long TotalMessageCount => Numbers.Total;

    /// <summary>Messages that wait or are locked or deferred.</summary>
    public long ActiveMessageCount => Numbers.Active;

    /// <summary>Dead letters.</summary>
    public long DeadLetterMessageCount => Numbers.DeadLettered;

    /// <summary>Scheduled messages.</summary>
    public long ScheduledMessageCount => Numbers.Scheduled;

    /// <summary>Messages under way to another entity: none, they get there at once.</summary>
    public long TransferMessageCount => Numbers.Transfer;

    /// <summary>Messages that could not be forwarded: none.</summary>
    public long TransferDeadLetterMessageCount => Numbers.TransferDeadLettered;

    /// <summary>Bytes of all messages.</summary>
    public long SizeInBytes => Numbers.Bytes;

    /// <summary>When the queue was created.</summary>
    public DateTimeOffset CreatedAt => Numbers.CreatedAt;

    /// <summary>When its settings were last changed.</summary>
    public DateTimeOffset UpdatedAt => Numbers.UpdatedAt;

    /// <summary>When it was last used.</summary>
    public DateTimeOffset AccessedAt => Numbers.AccessedAt;

    private EntityStatistics Numbers { get; }
}

/// <summary>How many subscriptions and scheduled messages a topic holds.</summary>
public class TopicRuntimeProperties
{
    internal TopicRuntimeProperties(string name, EntityStatistics numbers, int subscriptionCount)
    {
        Name = name;
        Numbers = numbers;
        SubscriptionCount = subscriptionCount;
    }

    /// <summary>The topic's name.</summary>
    public string Name { get; }

    /// <summary>Its subscriptions.</summary>
    public int SubscriptionCount { get; }

    /// <summary>Scheduled messages.</summary>
    public long ScheduledMessageCount => Numbers.Scheduled;

    /// <summary>Bytes of the messages that the topic itself holds.</summary>
    public long SizeInBytes => Numbers.Bytes;

    /// <summary>When the topic was created.</summary>
    public DateTimeOffset CreatedAt => Numbers.CreatedAt;

    /// <summary>When its settings were last changed.</summary>
    public DateTimeOffset UpdatedAt => Numbers.UpdatedAt;

    /// <summary>When it was last used.</summary>
    public DateTimeOffset AccessedAt => Numbers.AccessedAt;

    private EntityStatistics Numbers { get; }
}

/// <summary>How many messages a subscription holds.</summary>
public class SubscriptionRuntimeProperties
{
    internal SubscriptionRuntimeProperties(string topicName, string subscriptionName, EntityStatistics numbers)
    {
        TopicName = topicName;
        SubscriptionName = subscriptionName;
        Numbers = numbers;
    }

    /// <summary>The topic's name.</summary>
    public string TopicName { get; }

    /// <summary>The subscription's name.</summary>
    public string SubscriptionName { get; }

    /// <summary>All messages, dead letters included.</summary>
    public long TotalMessageCount => Numbers.Total;

    /// <summary>Messages that wait or are locked or deferred.</summary>
    public long ActiveMessageCount => Numbers.Active;

    /// <summary>Dead letters.</summary>
    public long DeadLetterMessageCount => Numbers.DeadLettered;

    /// <summary>Messages under way to another entity: none, they get there at once.</summary>
    public long TransferMessageCount => Numbers.Transfer;

    /// <summary>Messages that could not be forwarded: none.</summary>
    public long TransferDeadLetterMessageCount => Numbers.TransferDeadLettered;

    /// <summary>When the subscription was created.</summary>
    public DateTimeOffset CreatedAt => Numbers.CreatedAt;

    /// <summary>When its settings were last changed.</summary>
    public DateTimeOffset UpdatedAt => Numbers.UpdatedAt;

    /// <summary>When it was last used.</summary>
    public DateTimeOffset AccessedAt => Numbers.AccessedAt;

    private EntityStatistics Numbers { get; }
}

/// <summary>The namespace.</summary>
public class NamespaceProperties
{
    /// <summary>For mocks.</summary>
    public NamespaceProperties() : this("", default, default, MessagingSku.Standard, 0, "")
    {
    }

    internal NamespaceProperties(string name, DateTimeOffset createdTime, DateTimeOffset modifiedTime, MessagingSku sku, int units, string alias)
    {
        Name = name;
        CreatedTime = createdTime;
        ModifiedTime = modifiedTime;
        MessagingSku = sku;
        MessagingUnits = units;
        Alias = alias;
    }

    /// <summary>The bus's name.</summary>
    public string Name { get; }

    /// <summary>When it was created; unknown here.</summary>
    public DateTimeOffset CreatedTime { get; }

    /// <summary>When it was changed; unknown here.</summary>
    public DateTimeOffset ModifiedTime { get; }

    /// <summary>Standard.</summary>
    public MessagingSku MessagingSku { get; }

    /// <summary>Of the Premium tier: none.</summary>
    public int MessagingUnits { get; }

    /// <summary>Of a disaster recovery pair: none.</summary>
    public string Alias { get; }
}
