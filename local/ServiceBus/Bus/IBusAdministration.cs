namespace ToolboxAI.Local.ServiceBus;

/// <summary>How many messages an entity holds, and when it was last changed and used.</summary>
internal sealed record EntityStatistics
{
    /// <summary>Messages that wait or are locked or deferred.</summary>
    public long Active { get; init; }

    public long Scheduled { get; init; }

    public long DeadLettered { get; init; }

    public long Transfer { get; init; }

    public long TransferDeadLettered { get; init; }

    public long Total { get; init; }

    public long Bytes { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    public DateTimeOffset AccessedAt { get; init; }
}

/// <summary>A subscription's rule, its filter and action in stored form.</summary>
internal sealed record StoredRule(string Name, string Definition);

/// <summary>Entities and rules of a bus. Names that are not there give null or false; the client turns them into exceptions.</summary>
internal interface IBusAdministration
{
    Task<Entity?> FindAsync(string path, CancellationToken cancellationToken);

    /// <summary>False when the path is taken. A subscription starts with these rules.</summary>
    Task<bool> CreateAsync(
        string path, EntityKind kind, EntitySettings settings, IReadOnlyList<StoredRule> rules, CancellationToken cancellationToken);

    Task<bool> UpdateAsync(string path, EntitySettings settings, CancellationToken cancellationToken);

    /// <summary>Deletes an entity with its messages; from then on its name is unknown until it is created again.</summary>
    Task<bool> DeleteAsync(string path, CancellationToken cancellationToken);

    /// <summary>All queues, all topics, or the subscriptions of one topic, by path.</summary>
    Task<IReadOnlyList<Entity>> ListAsync(EntityKind kind, string? topic, CancellationToken cancellationToken);

    Task<EntityStatistics?> StatisticsAsync(string path, CancellationToken cancellationToken);

    Task<IReadOnlyList<StoredRule>> RulesAsync(string subscriptionPath, CancellationToken cancellationToken);

    /// <summary>False when the name is taken.</summary>
    Task<bool> AddRuleAsync(string subscriptionPath, StoredRule rule, CancellationToken cancellationToken);

    Task<bool> ReplaceRuleAsync(string subscriptionPath, StoredRule rule, CancellationToken cancellationToken);

    Task<bool> RemoveRuleAsync(string subscriptionPath, string name, CancellationToken cancellationToken);
}
