using ToolboxAI.Local.ServiceBus;

namespace Azure.Messaging.ServiceBus.Administration;

/// <summary>A topic as it is.</summary>
public class TopicProperties : IEquatable<TopicProperties>
{
    internal TopicProperties(string name, EntitySettings settings)
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

    /// <summary>The topic's name.</summary>
    public string Name { get; set; }

    /// <summary>
    /// How much the topic may hold, at least 1; default 1024. Sending to a full one is refused (<see cref="ServiceBusFailureReason.QuotaExceeded"/>)
    /// where this is less than the default; a larger one is never full here. It counts what its subscriptions hold.
    /// </summary>
    public long MaxSizeInMegabytes
    {
        get => Settings.MaxSizeInMegabytes;
        set => Settings = Settings with { MaxSizeInMegabytes = EntityRules.Megabytes(value) };
    }

    /// <summary>Whether messages of an id seen before are dropped; fixed at creation.</summary>
    public bool RequiresDuplicateDetection
    {
        get => Settings.RequiresDuplicateDetection;
        set => Settings = Settings with { RequiresDuplicateDetection = value };
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

    /// <summary>How long ids are remembered; 20 s to 7 days, default 1 min.</summary>
    public TimeSpan DuplicateDetectionHistoryTimeWindow
    {
        get => Settings.DuplicateHistory;
        set => Settings = Settings with { DuplicateHistory = EntityRules.History(value) };
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

    /// <summary>Kept, without effect.</summary>
    public bool EnablePartitioning
    {
        get => Settings.EnablePartitioning;
        set => Settings = Settings with { EnablePartitioning = value };
    }

    /// <summary>Kept, without effect.</summary>
    public bool SupportOrdering
    {
        get => Settings.SupportOrdering;
        set => Settings = Settings with { SupportOrdering = value };
    }

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
    public bool Equals(TopicProperties? other) => other is not null && string.Equals(Name, other.Name, StringComparison.OrdinalIgnoreCase) && Settings == other.Settings;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as TopicProperties);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name.ToUpperInvariant());

    /// <summary>Whether both say the same.</summary>
    public static bool operator ==(TopicProperties? left, TopicProperties? right) => left?.Equals(right) ?? right is null;

    /// <summary>Whether they differ.</summary>
    public static bool operator !=(TopicProperties? left, TopicProperties? right) => !(left == right);
}
