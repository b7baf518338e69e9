namespace ToolboxAI.Local.DurableTask.Engine;

/// <summary>What is kept of an entity between its batches of operations.</summary>
internal sealed record EntityState
{
    /// <summary>The state; <c>null</c> when the entity has none.</summary>
    public string? State { get; init; }

    /// <summary>The orchestration that holds the lock.</summary>
    public string? LockedBy { get; init; }

    /// <summary>The execution of that orchestration.</summary>
    public string? LockedByExecution { get; init; }

    /// <summary>What waits until the lock is released, in the order of arrival.</summary>
    public IReadOnlyList<HistoryEvent>? Waiting { get; init; }
}
