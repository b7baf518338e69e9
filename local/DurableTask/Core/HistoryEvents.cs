namespace DurableTask.Core.History;

/// <summary>The execution began.</summary>
public class ExecutionStartedEvent(int eventId, string? input) : HistoryEvent(eventId)
{
    public override EventType EventType => EventType.ExecutionStarted;

    /// <summary>The orchestrator's name.</summary>
    public string? Name { get; set; }

    /// <summary>The instance's version.</summary>
    public string? Version { get; set; }

    /// <summary>The serialized input.</summary>
    public string? Input { get; set; } = input;

    /// <summary>The instance's labels.</summary>
    public IDictionary<string, string>? Tags { get; set; }
}

/// <summary>The execution ended.</summary>
public class ExecutionCompletedEvent(int eventId, string? result, OrchestrationStatus orchestrationStatus, FailureDetails? failureDetails = null)
    : HistoryEvent(eventId)
{
    public override EventType EventType => EventType.ExecutionCompleted;

    /// <summary>How it ended.</summary>
    public OrchestrationStatus OrchestrationStatus { get; private set; } = orchestrationStatus;

    /// <summary>The serialized output.</summary>
    public string? Result { get; private set; } = result;

    /// <summary>How it failed, when it did.</summary>
    public FailureDetails? FailureDetails { get; internal set; } = failureDetails;
}

/// <summary>The execution was terminated from outside.</summary>
public class ExecutionTerminatedEvent(int eventId, string? input) : HistoryEvent(eventId)
{
    public override EventType EventType => EventType.ExecutionTerminated;

    /// <summary>The output that it was given.</summary>
    public string? Input { get; set; } = input;
}

/// <summary>The execution was held.</summary>
public class ExecutionSuspendedEvent(int eventId, string? reason) : HistoryEvent(eventId)
{
    public override EventType EventType => EventType.ExecutionSuspended;

    /// <summary>Why.</summary>
    public string? Reason { get; set; } = reason;
}

/// <summary>The execution went on.</summary>
public class ExecutionResumedEvent(int eventId, string? reason) : HistoryEvent(eventId)
{
    public override EventType EventType => EventType.ExecutionResumed;

    /// <summary>Why.</summary>
    public string? Reason { get; set; } = reason;
}

/// <summary>The execution was taken back to before its failure.</summary>
public class ExecutionRewoundEvent(int eventId, string? reason) : HistoryEvent(eventId)
{
    public override EventType EventType => EventType.ExecutionRewound;

    /// <summary>Why.</summary>
    public string? Reason { get; set; } = reason;
}

/// <summary>A step began.</summary>
public class OrchestratorStartedEvent(int eventId) : HistoryEvent(eventId)
{
    public override EventType EventType => EventType.OrchestratorStarted;
}

/// <summary>A step ended.</summary>
public class OrchestratorCompletedEvent(int eventId) : HistoryEvent(eventId)
{
    public override EventType EventType => EventType.OrchestratorCompleted;
}

/// <summary>An activity was called.</summary>
public class TaskScheduledEvent(int eventId, string name, string? version, string? input) : HistoryEvent(eventId)
{
    public override EventType EventType => EventType.TaskScheduled;

    /// <summary>The activity's name.</summary>
    public string? Name { get; set; } = name;

    /// <summary>The version that was called.</summary>
    public string? Version { get; set; } = version;

    /// <summary>The serialized input.</summary>
    public string? Input { get; set; } = input;

    /// <summary>The call's labels.</summary>
    public IDictionary<string, string>? Tags { get; set; }
}

/// <summary>An activity returned.</summary>
public class TaskCompletedEvent(int eventId, int taskScheduledId, string? result) : HistoryEvent(eventId)
{
    public override EventType EventType => EventType.TaskCompleted;

    /// <summary>The number of the call.</summary>
    public int TaskScheduledId { get; private set; } = taskScheduledId;

    /// <summary>The serialized output.</summary>
    public string? Result { get; private set; } = result;
}

/// <summary>An activity failed.</summary>
public class TaskFailedEvent(int eventId, int taskScheduledId, string? reason, string? details, FailureDetails? failureDetails) : HistoryEvent(eventId)
{
    public override EventType EventType => EventType.TaskFailed;

    /// <summary>The number of the call.</summary>
    public int TaskScheduledId { get; private set; } = taskScheduledId;

    /// <summary>The failure's message.</summary>
    public string? Reason { get; private set; } = reason;

    /// <summary>More about the failure.</summary>
    public string? Details { get; private set; } = details;

    /// <summary>The failure.</summary>
    public FailureDetails? FailureDetails { get; internal set; } = failureDetails;
}

/// <summary>A sub-orchestration was called.</summary>
public class SubOrchestrationInstanceCreatedEvent(int eventId) : HistoryEvent(eventId)
{
    public override EventType EventType => EventType.SubOrchestrationInstanceCreated;

    /// <summary>The orchestrator's name.</summary>
    public string? Name { get; set; }

    /// <summary>The version that was called.</summary>
    public string? Version { get; set; }

    /// <summary>The sub-orchestration's instance id.</summary>
    public string? InstanceId { get; set; }

    /// <summary>The serialized input.</summary>
    public string? Input { get; set; }
}

/// <summary>A sub-orchestration returned.</summary>
public class SubOrchestrationInstanceCompletedEvent(int eventId, int taskScheduledId, string? result) : HistoryEvent(eventId)
{
    public override EventType EventType => EventType.SubOrchestrationInstanceCompleted;

    /// <summary>The number of the call.</summary>
    public int TaskScheduledId { get; private set; } = taskScheduledId;

    /// <summary>The serialized output.</summary>
    public string? Result { get; private set; } = result;
}

/// <summary>A sub-orchestration failed or was terminated.</summary>
public class SubOrchestrationInstanceFailedEvent(int eventId, int taskScheduledId, string? reason, string? details, FailureDetails? failureDetails)
    : HistoryEvent(eventId)
{
    public override EventType EventType => EventType.SubOrchestrationInstanceFailed;

    /// <summary>The number of the call.</summary>
    public int TaskScheduledId { get; private set; } = taskScheduledId;

    /// <summary>The failure's message.</summary>
    public string? Reason { get; private set; } = reason;

    /// <summary>More about the failure.</summary>
    public string? Details { get; private set; } = details;

    /// <summary>The failure.</summary>
    public FailureDetails? FailureDetails { get; internal set; } = failureDetails;
}

/// <summary>A timer was set.</summary>
public class TimerCreatedEvent(int eventId, DateTime fireAt) : HistoryEvent(eventId)
{
    public override EventType EventType => EventType.TimerCreated;

    /// <summary>When it is due, UTC.</summary>
    public DateTime FireAt { get; set; } = fireAt;
}

/// <summary>A timer fired.</summary>
public class TimerFiredEvent(int eventId, DateTime fireAt) : HistoryEvent(eventId)
{
    public override EventType EventType => EventType.TimerFired;

    /// <summary>The number of the timer.</summary>
    public int TimerId { get; set; }

    /// <summary>When it was due, UTC.</summary>
    public DateTime FireAt { get; set; } = fireAt;
}

/// <summary>An event was sent to another instance, or a request to an entity.</summary>
public class EventSentEvent(int eventId) : HistoryEvent(eventId)
{
    public override EventType EventType => EventType.EventSent;

    /// <summary>Whom it was sent to.</summary>
    public string? InstanceId { get; set; }

    /// <summary>The event's name.</summary>
    public string? Name { get; set; }

    /// <summary>The serialized payload.</summary>
    public string? Input { get; set; }
}

/// <summary>An event arrived, or the answer of an entity.</summary>
public class EventRaisedEvent(int eventId, string? input) : HistoryEvent(eventId)
{
    public override EventType EventType => EventType.EventRaised;

    /// <summary>The event's name.</summary>
    public string? Name { get; set; }

    /// <summary>The serialized payload.</summary>
    public string? Input { get; private set; } = input;
}
