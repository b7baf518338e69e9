using Microsoft.DurableTask.Client;
using ToolboxAI.Local.DurableTask.Engine;

namespace ToolboxAI.Local.DurableTask.Stores;

/// <summary>An orchestration or an entity, without its history and messages.</summary>
internal sealed record Instance
{
    /// <summary>The store's own key.</summary>
    public long Key { get; init; }

    public required string Id { get; init; }

    public bool IsEntity { get; init; }

    public required string Name { get; init; }

    public string? Version { get; init; }

    public string? ExecutionId { get; init; }

    public OrchestrationRuntimeStatus Status { get; init; } = OrchestrationRuntimeStatus.Pending;

    /// <summary>Counts the steps; a step is committed only on the sequence that it began with.</summary>
    public int Sequence { get; init; }

    public string? Input { get; init; }

    /// <summary>The output; while suspended, resumed or terminated, the reason.</summary>
    public string? Output { get; init; }

    public Failure? Failure { get; init; }

    public string? CustomStatus { get; init; }

    public EntityState? Entity { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    public DateTimeOffset? CompletedAt { get; init; }

    public Dictionary<string, string>? Tags { get; init; }

    public ParentLink? Parent { get; init; }

    /// <summary>How often it was leased since its last commit.</summary>
    public int Attempts { get; init; }

    /// <summary>Why it was set aside; <c>null</c> when it was not.</summary>
    public string? SetAside { get; init; }

    public bool IsEnded => Status is OrchestrationRuntimeStatus.Completed or OrchestrationRuntimeStatus.Failed
        or OrchestrationRuntimeStatus.Terminated;
}

/// <summary>A start of an orchestration.</summary>
internal sealed record NewInstance(string Id, ExecutionStarted Started)
{
    /// <summary>When it begins; at once when not given.</summary>
    public DateTimeOffset? StartAt { get; init; }

    /// <summary>The statuses in which an existing instance of the id refuses the start; the running ones when not given.</summary>
    public IReadOnlyList<OrchestrationRuntimeStatus> Refusing { get; init; } = RunningStatuses;

    public static IReadOnlyList<OrchestrationRuntimeStatus> RunningStatuses { get; } =
        [OrchestrationRuntimeStatus.Pending, OrchestrationRuntimeStatus.Running, OrchestrationRuntimeStatus.Suspended];
}

/// <summary>A message to an instance.</summary>
/// <param name="InstanceId">Whom it is for. An orchestration that does not exist loses it; an entity comes into being by it.</param>
/// <param name="Body">What it says.</param>
internal sealed record NewMessage(string InstanceId, HistoryEvent Body)
{
    /// <summary>When it may be read; at once when not given.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>The timer that it is about, so that it can be taken back.</summary>
    public int? TimerId { get; init; }
}

/// <summary>A message that a store gave out with a lease.</summary>
internal sealed record InboxMessage(long Id, HistoryEvent Body);

/// <summary>A step's call of an activity.</summary>
internal sealed record NewActivity(int TaskId, string Name, string? Version, string? Input)
{
    public string? TraceParent { get; init; }

    public string? TraceState { get; init; }

    public Dictionary<string, string>? Tags { get; init; }

    /// <summary>Whether the worker that commits the step runs it at once: it is leased to that worker with the commit.</summary>
    public bool IsLeased { get; init; }
}

/// <summary>An orchestration or entity to make a step of, with the messages that are due.</summary>
internal sealed record LeasedInstance(Instance Instance, IReadOnlyList<InboxMessage> Messages)
{
    /// <summary>Outcomes of activities that this worker ran, and that it takes in without a way through the inbox.</summary>
    public IReadOnlyList<ActivityCommit> Outcomes { get; init; } = [];

    /// <summary>All that the step is led on by.</summary>
    public IEnumerable<HistoryEvent> News => Messages.Select(message => message.Body).Concat(Outcomes.Select(outcome => outcome.Outcome));
}

/// <summary>A leased activity.</summary>
internal sealed record LeasedActivity(long Id, long InstanceKey, string ExecutionId, ActivityCall Call, int Attempts);

/// <summary>
/// Leased work of which something that is stored can't be read: an instance, for itself or for one of its messages, or an activity.
/// It has what could be read.
/// </summary>
internal sealed record UnreadableWork(Instance? Instance, LeasedActivity? Activity, Exception Reason);

/// <summary>What a fetch brought.</summary>
internal sealed record FetchedWork(IReadOnlyList<LeasedInstance> Instances, IReadOnlyList<LeasedActivity> Activities)
{
    public static FetchedWork None { get; } = new([], []);

    /// <summary>What was leased, too, but can't be done.</summary>
    public IReadOnlyList<UnreadableWork> Unreadable { get; init; } = [];

    /// <summary>The next moment at which a message becomes due; <c>null</c> when there is none.</summary>
    public DateTimeOffset? NextDue { get; init; }
}

/// <summary>Which instances are wanted.</summary>
internal sealed record InstanceQuery
{
    public bool Entities { get; init; }

    public DateTimeOffset? CreatedFrom { get; init; }

    public DateTimeOffset? CreatedTo { get; init; }

    public DateTimeOffset? CompletedFrom { get; init; }

    public DateTimeOffset? CompletedTo { get; init; }

    public DateTimeOffset? UpdatedFrom { get; init; }

    public DateTimeOffset? UpdatedTo { get; init; }

    public IReadOnlyList<OrchestrationRuntimeStatus>? Statuses { get; init; }

    public string? IdPrefix { get; init; }

    /// <summary>Only those with a greater key.</summary>
    public long AfterKey { get; init; }

    public int Limit { get; init; } = 100;
}
