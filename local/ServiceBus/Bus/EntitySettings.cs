namespace ToolboxAI.Local.ServiceBus;

internal enum EntityKind
{
    Queue,
    Topic,
    Subscription,
}

/// <summary>An entity's settings; the defaults are those of an entity that is made on its first use.</summary>
internal sealed record EntitySettings
{
    private const long DefaultMegabytes = 1024;

    public TimeSpan LockDuration { get; init; } = TimeSpan.FromMinutes(1);

    public int MaxDeliveryCount { get; init; } = 10;

    /// <summary>Null: for ever.</summary>
    public TimeSpan? DefaultTimeToLive { get; init; }

    public bool DeadLetterOnExpiration { get; init; }

    public bool DeadLetterOnFilterErrors { get; init; } = true;

    public bool RequiresSession { get; init; }

    public bool RequiresDuplicateDetection { get; init; }

    public TimeSpan DuplicateHistory { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Null: no duplicate detection.</summary>
    public TimeSpan? DuplicateWindow => RequiresDuplicateDetection ? DuplicateHistory : null;

    public TimeSpan? AutoDeleteOnIdle { get; init; }

    public long MaxSizeInMegabytes { get; init; } = DefaultMegabytes;

    /// <summary>At how many stored bytes the entity is full; null: it is not counted, for the count costs as much as it has messages.</summary>
    public long? FullAt => MaxSizeInMegabytes < DefaultMegabytes ? MaxSizeInMegabytes * 1024 * 1024 : null;

    /// <summary>Null: the Standard tier's limit.</summary>
    public long? MaxMessageKilobytes { get; init; }

    /// <summary>Largest message or batch.</summary>
    public long MaxMessageBytes => MaxMessageKilobytes * 1024 ?? MessageSize.StandardLimit;

    public bool EnableBatchedOperations { get; init; } = true;

    public bool EnablePartitioning { get; init; }

    public bool SupportOrdering { get; init; }

    public string Status { get; init; } = "Active";

    public string? ForwardTo { get; init; }

    public string? ForwardDeadLetteredTo { get; init; }

    public string? UserMetadata { get; init; }

    /// <summary>Authorization rules in stored form; null: none.</summary>
    public string? AccessRules { get; init; }

    /// <summary>Made on its first use: whether it is a queue or a topic is not certain yet.</summary>
    public bool IsImplicit { get; init; }

    public bool CanSend => Status is "Active" or "ReceiveDisabled";

    public bool CanReceive => Status is "Active" or "SendDisabled";
}

/// <summary>An entity as a bus knows it.</summary>
internal sealed record Entity(int Id, string Path, EntityKind Kind, int? TopicId, EntitySettings Settings);
