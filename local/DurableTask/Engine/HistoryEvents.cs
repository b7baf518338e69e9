using System.Text.Json.Serialization;
using Microsoft.DurableTask.Client;

namespace ToolboxAI.Local.DurableTask.Engine;

/// <summary>
/// One thing that happened to an instance. The same records are the rows of the history, the messages of the inbox and the
/// actions that an orchestrator's code asks for.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "$")]
[JsonDerivedType(typeof(StepStarted), "step")]
[JsonDerivedType(typeof(ExecutionStarted), "started")]
[JsonDerivedType(typeof(ExecutionCompleted), "ended")]
[JsonDerivedType(typeof(ExecutionSuspended), "suspended")]
[JsonDerivedType(typeof(ExecutionResumed), "resumed")]
[JsonDerivedType(typeof(ExecutionTerminated), "terminated")]
[JsonDerivedType(typeof(ExecutionRewound), "rewound")]
[JsonDerivedType(typeof(EventRaised), "event")]
[JsonDerivedType(typeof(EventSent), "send")]
[JsonDerivedType(typeof(TaskScheduled), "task")]
[JsonDerivedType(typeof(TaskCompleted), "taskDone")]
[JsonDerivedType(typeof(TaskFailed), "taskFailed")]
[JsonDerivedType(typeof(SubOrchestrationCreated), "sub")]
[JsonDerivedType(typeof(SubOrchestrationCompleted), "subDone")]
[JsonDerivedType(typeof(SubOrchestrationFailed), "subFailed")]
[JsonDerivedType(typeof(TimerCreated), "timer")]
[JsonDerivedType(typeof(TimerFired), "timerFired")]
[JsonDerivedType(typeof(EntityOperationRequested), "entity")]
[JsonDerivedType(typeof(EntityOperationCompleted), "entityDone")]
[JsonDerivedType(typeof(EntityOperationFailed), "entityFailed")]
[JsonDerivedType(typeof(EntityLockRequested), "lock")]
[JsonDerivedType(typeof(EntityLockGranted), "locked")]
[JsonDerivedType(typeof(EntityUnlocked), "unlock")]
internal abstract record HistoryEvent
{
    /// <summary>When it happened, on the hub's clock.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>The execution that a message is for; a later execution ignores it. <c>null</c>: whichever runs.</summary>
    public string? For { get; init; }
}

/// <summary>What the code asked for: numbered in the order of the calls, so that a replay finds it again.</summary>
internal abstract record ActionEvent : HistoryEvent
{
    public required int TaskId { get; init; }

    /// <summary>The action in an error's words.</summary>
    public abstract string Describe();

    /// <summary>Whether a replay that asks for <paramref name="other"/> asks for the same.</summary>
    public virtual bool Matches(ActionEvent other) => GetType() == other.GetType();
}

/// <summary>The outcome of something that the code asked for.</summary>
internal abstract record OutcomeEvent : HistoryEvent
{
    public required int TaskId { get; init; }
}

internal sealed record StepStarted : HistoryEvent;

/// <summary>Who waits for an orchestration's end.</summary>
internal sealed record ParentLink(string InstanceId, string ExecutionId, string Name, int TaskId);

internal sealed record ExecutionStarted : HistoryEvent
{
    public required string Name { get; init; }

    public string? Version { get; init; }

    public required string ExecutionId { get; init; }

    /// <summary>Stored with the instance, not here; filled in when read.</summary>
    [JsonIgnore]
    public string? Input { get; init; }

    public ParentLink? Parent { get; init; }

    public Dictionary<string, string>? Tags { get; init; }

    public string? TraceParent { get; init; }

    public string? TraceState { get; init; }

    /// <summary>Events that the execution before this one had not taken; they come before all others.</summary>
    public IReadOnlyList<EventRaised>? Carried { get; init; }
}

internal sealed record ExecutionCompleted : HistoryEvent
{
    public required OrchestrationRuntimeStatus Status { get; init; }

    public string? Result { get; init; }

    public Failure? Failure { get; init; }
}

internal sealed record ExecutionSuspended(string? Reason) : HistoryEvent;

internal sealed record ExecutionResumed(string? Reason) : HistoryEvent;

internal sealed record ExecutionTerminated(string? Output, bool Recursive) : HistoryEvent;

internal sealed record ExecutionRewound(string? Reason) : HistoryEvent;

internal sealed record EventRaised(string Name, string? Input) : HistoryEvent;

internal sealed record EventSent(string InstanceId, string Name, string? Input) : ActionEvent
{
    public override string Describe() => $"sending of event '{Name}'";

    public override bool Matches(ActionEvent other) => other is EventSent sent && Same.Name(Name, sent.Name);
}

internal sealed record TaskScheduled(string Name, string? Version, string? Input) : ActionEvent
{
    public Dictionary<string, string>? Tags { get; init; }

    public override string Describe() => $"call of activity '{Name}'";

    public override bool Matches(ActionEvent other) => other is TaskScheduled task && Same.Name(Name, task.Name);
}

internal sealed record TaskCompleted(string? Result) : OutcomeEvent;

internal sealed record TaskFailed(Failure Failure) : OutcomeEvent;

internal sealed record SubOrchestrationCreated(string Name, string? Version, string InstanceId) : ActionEvent
{
    public string? Input { get; init; }

    public Dictionary<string, string>? Tags { get; init; }

    public override string Describe() => $"call of sub-orchestration '{Name}'";

    public override bool Matches(ActionEvent other) => other is SubOrchestrationCreated sub && Same.Name(Name, sub.Name);
}

internal sealed record SubOrchestrationCompleted(string? Result) : OutcomeEvent;

internal sealed record SubOrchestrationFailed(Failure Failure) : OutcomeEvent;

internal sealed record TimerCreated(DateTimeOffset FireAt) : ActionEvent
{
    public override string Describe() => "timer";
}

internal sealed record TimerFired(DateTimeOffset FireAt) : OutcomeEvent;

/// <summary>A call (its caller waits) or a signal (nobody waits) of an entity's operation; also the message to the entity.</summary>
internal sealed record EntityOperationRequested(string EntityId, string Operation, string? Input) : ActionEvent
{
    public bool IsSignal { get; init; }

    /// <summary>When a signal is to be delivered; at once when not given.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>The calling orchestration, filled in on the message.</summary>
    public string? CallerId { get; init; }

    public string? CallerExecution { get; init; }

    public override string Describe() => $"{(IsSignal ? "signal" : "call")} of '{Operation}' on entity '{EntityId}'";

    public override bool Matches(ActionEvent other) => other is EntityOperationRequested operation
        && IsSignal == operation.IsSignal && EntityId == operation.EntityId && Same.Name(Operation, operation.Operation);
}

internal sealed record EntityOperationCompleted(string? Result) : OutcomeEvent;

internal sealed record EntityOperationFailed(Failure Failure) : OutcomeEvent;

/// <summary>Asks for the locks of several entities, one after the other in the order of the list; also the message to each of them.</summary>
internal sealed record EntityLockRequested(IReadOnlyList<string> EntityIds) : ActionEvent
{
    /// <summary>Which entity of the list the message is at.</summary>
    public int Position { get; init; }

    public string? CallerId { get; init; }

    public string? CallerExecution { get; init; }

    public override string Describe() => $"lock of {string.Join(", ", EntityIds)}";

    public override bool Matches(ActionEvent other) => other is EntityLockRequested request && EntityIds.SequenceEqual(request.EntityIds);
}

internal sealed record EntityLockGranted : OutcomeEvent;

internal sealed record EntityUnlocked(IReadOnlyList<string> EntityIds) : ActionEvent
{
    public string? CallerId { get; init; }

    /// <summary>
    /// Which entity of the list a withdrawal is at. It takes back a request that may still be under way, so it goes the same way
    /// behind it, from entity to entity. <c>null</c>: an ordinary release, sent to all at once.
    /// </summary>
    public int? Position { get; init; }

    public override string Describe() => $"release of {string.Join(", ", EntityIds)}";
}

internal static class Same
{
    public static bool Name(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);
}
