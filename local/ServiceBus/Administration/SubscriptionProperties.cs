using ToolboxAI.Local.ServiceBus;

namespace Azure.Messaging.ServiceBus.Administration;

/// <summary>A subscription as it is.</summary>
public class SubscriptionProperties : IEquatable<SubscriptionProperties>
{
    internal SubscriptionProperties(string topicName, string subscriptionName, EntitySettings settings)
    {
        TopicName = topicName;
        SubscriptionName = subscriptionName;
        Settings = settings;
    }

    internal EntitySettings Settings { get; private set; } = new();

    /// <summary>The topic's name.</summary>
    public string TopicName { get; set; }

    /// <summary>The subscription's name.</summary>
    public string SubscriptionName { get; set; }

    /// <summary>How long a message stays locked; up to 5 min, default 1 min.</summary>
    public TimeSpan LockDuration
    {
        get => Settings.LockDuration;
        set => Settings = Settings with { LockDuration = EntityRules.LockDuration(value) };
    }

    /// <summary>Whether messages are received by session only; fixed at creation.</summary>
    public bool RequiresSession
    {
        get => Settings.RequiresSession;
        set => Settings = Settings with { RequiresSession = value };
    }

    /// <summary>How long a message lives that says nothing else, and at most; default for ever.</summary>
    public TimeSpan DefaultMessageTimeToLive
    {
        get => Settings.DefaultTimeToLive ?? TimeSpan.MaxValue;
        set => Settings = Settings with { DefaultTimeToLive = EntityRules.TimeToLive(value) };
    }

    /// <summary>Deleted when for so long nobody sent, received, looked, listened or changed it, and no scheduled message waits; on the moved clock. At least 5 min.</summary>
    public TimeSpan AutoDeleteOnIdle
    {
        get => Settings.AutoDeleteOnIdle ?? TimeSpan.MaxValue;
        set => Settings = Settings with { AutoDeleteOnIdle = EntityRules.Idle(value) };
    }

    /// <summary>Whether a message that expires goes to the dead letters.</summary>
    public bool DeadLetteringOnMessageExpiration
    {
        get => Settings.DeadLetterOnExpiration;
        set => Settings = Settings with { DeadLetterOnExpiration = value };
    }

    /// <summary>Whether a message whose filter fails goes to the dead letters.</summary>
    public bool EnableDeadLetteringOnFilterEvaluationExceptions
    {
        get => Settings.DeadLetterOnFilterErrors;
        set => Settings = Settings with { DeadLetterOnFilterErrors = value };
    }

    /// <summary>After so many deliveries a message goes to the dead letters; at least 1, default 10.</summary>
    public int MaxDeliveryCount
    {
        get => Settings.MaxDeliveryCount;
        set => Settings = Settings with { MaxDeliveryCount = EntityRules.DeliveryCount(value) };
    }

    /// <summary>Kept, without effect.</summary>
    public bool EnableBatchedOperations
    {
        get => Settings.EnableBatchedOperations;
        set => Settings = Settings with { EnableBatchedOperations = value };
    }

    /// <summary>Whether the entity can be sent to and received from.</summary>
    public EntityStatus Status
    {
        get => new(Settings.Status);
        set => Settings = Settings with { Status = value.ToString() };
    }

    /// <summary>Queue or topic that messages go on to.</summary>
    public string? ForwardTo
    {
        get => Settings.ForwardTo;
        set => Settings = Settings with { ForwardTo = value };
    }

    /// <summary>Queue that dead letters go on to.</summary>
    public string? ForwardDeadLetteredMessagesTo
    {
        get => Settings.ForwardDeadLetteredTo;
        set => Settings = Settings with { ForwardDeadLetteredTo = value };
    }

    /// <summary>Text of one's own, up to 1,024 characters.</summary>
    public string? UserMetadata
    {
        get => Settings.UserMetadata;
        set => Settings = Settings with { UserMetadata = EntityRules.Metadata(value) };
    }

    /// <inheritdoc/>
    public bool Equals(SubscriptionProperties? other) => other is not null && string.Equals(TopicName, other.TopicName, StringComparison.OrdinalIgnoreCase)
        && string.Equals(SubscriptionName, other.SubscriptionName, StringComparison.OrdinalIgnoreCase) && Settings == other.Settings;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SubscriptionProperties);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(TopicName.ToUpperInvariant(), SubscriptionName.ToUpperInvariant());

    /// <summary>Whether both say the same.</summary>
    public static bool operator ==(SubscriptionProperties? left, SubscriptionProperties? right) => left?.Equals(right) ?? right is null;

    /// <summary>Whether they differ.</summary>
    public static bool operator !=(SubscriptionProperties? left, SubscriptionProperties? right) => !(left == right);
}
