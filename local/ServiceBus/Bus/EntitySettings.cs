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
    public TimeSpan LockDuration { get; init; } = TimeSpan.FromMinutes(1);

    public int MaxDeliveryCount { get; init; } = 10;

    /// <summary>Null: for ever.</summary>
    public TimeSpan? DefaultTimeToLive { get; init; }

    public bool DeadLetterOnExpiration { get; init; }

    public bool DeadLetterOnFilterErrors { get; init; } = true;

    public bool RequiresSession { get; init; }

    /// <summary>Null: no duplicate detection.</summary>
    public TimeSpan? DuplicateWindow { get; init; }

    public TimeSpan? AutoDeleteOnIdle { get; init; }

    public long MaxSizeInMegabytes { get; init; } = 1024;

    /// <summary>Largest message in bytes.</summary>
    public long MaxMessageBytes { get; init; } = MessageSize.StandardLimit;

    public bool EnableBatchedOperations { get; init; } = true;

    public bool EnablePartitioning { get; init; }

    public bool SupportOrdering { get; init; }

    public string Status { get; init; } = "Active";

    public string? ForwardTo { get; init; }

    public string? ForwardDeadLetteredTo { get; init; }

    public string? UserMetadata { get; init; }

    public bool CanSend => Status is "Active" or "ReceiveDisabled";

    public bool CanReceive => Status is "Active" or "SendDisabled";
}

/// <summary>An entity as a bus knows it.</summary>
internal sealed record Entity(int Id, string Path, EntityKind Kind, int? TopicId, EntitySettings Settings);
