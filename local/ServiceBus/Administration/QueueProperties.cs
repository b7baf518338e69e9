using ToolboxAI.Local.ServiceBus;

namespace Azure.Messaging.ServiceBus.Administration;

/// <summary>A queue as it is.</summary>
public class QueueProperties : IEquatable<QueueProperties>
{
    internal QueueProperties(string name, EntitySettings settings)
    {
        Name = name;
        AuthorizationRules = AuthorizationRules.Read(settings.AccessRules);
        Settings = settings;
    }

    internal EntitySettings Settings
    {
        get => field with { AccessRules = AuthorizationRules.Write() };
        private set;
    } = new();

    /// <summary>Kept, without effect: the local bus asks nobody for a key.</summary>
    public AuthorizationRules AuthorizationRules { get; }

    /// <summary>The queue's name.</summary>
    public string Name { get; }

    /// <summary>How long a message stays locked; up to 5 min, default 1 min.</summary>
    public TimeSpan LockDuration
    {
        get => Settings.LockDuration;
        set => Settings = Settings with { LockDuration = EntityRules.LockDuration(value) };
    }

    /// <summary>
    /// How much the queue may hold, at least 1; default 1024. Sending to a full one is refused (<see cref="ServiceBusFailureReason.QuotaExceeded"/>)
    /// where this is less than the default; a larger one is never full here.
    /// </summary>
    public long MaxSizeInMegabytes
    {
        get => Settings.MaxSizeInMegabytes;
        set => Settings = Settings with { MaxSizeInMegabytes = EntityRules.Megabytes(value) };
    }

    /// <summary>Whether messages of an id seen before are dropped; fixed at creation.</summary>
    public bool RequiresDuplicateDetection => Settings.RequiresDuplicateDetection;

    /// <summary>Whether messages are received by session only; fixed at creation.</summary>
    public bool RequiresSession => Settings.RequiresSession;

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

    /// <summary>How long ids are remembered; 20 s to 7 days, default 1 min.</summary>
    public TimeSpan DuplicateDetectionHistoryTimeWindow
    {
        get => Settings.DuplicateHistory;
        set => Settings = Settings with { DuplicateHistory = EntityRules.History(value) };
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

    /// <summary>Kept, without effect.</summary>
    public bool EnablePartitioning => Settings.EnablePartitioning;

    /// <summary>Text of one's own, up to 1,024 characters.</summary>
    public string? UserMetadata
    {
        get => Settings.UserMetadata;
        set => Settings = Settings with { UserMetadata = EntityRules.Metadata(value) };
    }

    /// <summary>Largest message; null: the Standard tier's 256.</summary>
    public long? MaxMessageSizeInKilobytes
    {
        get => Settings.MaxMessageKilobytes;
        set => Settings = Settings with { MaxMessageKilobytes = value };
    }

    /// <inheritdoc/>
    public bool Equals(QueueProperties? other) => other is not null && string.Equals(Name, other.Name, StringComparison.OrdinalIgnoreCase) && Settings == other.Settings;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as QueueProperties);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name.ToUpperInvariant());

    /// <summary>Whether both say the same.</summary>
    public static bool operator ==(QueueProperties? left, QueueProperties? right) => left?.Equals(right) ?? right is null;

    /// <summary>Whether they differ.</summary>
    public static bool operator !=(QueueProperties? left, QueueProperties? right) => !(left == right);
}
