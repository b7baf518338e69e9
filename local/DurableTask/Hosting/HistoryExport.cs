using DurableTask.Core;
using DurableTask.Core.History;
using ToolboxAI.Local.DurableTask.Engine;
using Core = DurableTask.Core.History;

namespace ToolboxAI.Local.DurableTask.Hosting;

/// <summary>Shows a stored history in the official types.</summary>
internal static class HistoryExport
{
    public static IList<Core.HistoryEvent> ToOfficial(IReadOnlyList<Engine.HistoryEvent> history, string? input)
    {
        var events = new List<Core.HistoryEvent>();
        foreach (var happened in history)
        {
            if (happened is StepStarted && events.Count > 0)
            {
                events.Add(At(new OrchestratorCompletedEvent(-1), events[^1].Timestamp));
            }

            if (Convert(happened, input) is { } official)
            {
                events.Add(At(official, happened.At.UtcDateTime));
            }
        }

        if (events.Count > 0)
        {
            events.Add(At(new OrchestratorCompletedEvent(-1), events[^1].Timestamp));
        }

        return events;
    }

    public static FailureDetails? ToOfficial(Failure? failure) => failure is null
        ? null
        : new FailureDetails(failure.Type, failure.Message, failure.Stack, ToOfficial(failure.Inner), failure.IsFinal);

    private static Core.HistoryEvent At(Core.HistoryEvent happened, DateTime time)
    {
        happened.Timestamp = time;
        return happened;
    }

    private static Core.HistoryEvent? Convert(Engine.HistoryEvent happened, string? input) => happened switch
    {
        StepStarted => new OrchestratorStartedEvent(-1),
        ExecutionStarted e => new ExecutionStartedEvent(-1, input) { Name = e.Name, Version = e.Version, Tags = e.Tags },
        ExecutionCompleted e => new ExecutionCompletedEvent(-1, e.Result, (OrchestrationStatus)e.Status, ToOfficial(e.Failure)),
        ExecutionTerminated e => new ExecutionTerminatedEvent(-1, e.Output),
        ExecutionSuspended e => new ExecutionSuspendedEvent(-1, e.Reason),
        ExecutionResumed e => new ExecutionResumedEvent(-1, e.Reason),
        ExecutionRewound e => new ExecutionRewoundEvent(-1, e.Reason),
        EventRaised e => new EventRaisedEvent(-1, e.Input) { Name = e.Name },
        EventSent e => new EventSentEvent(e.TaskId) { InstanceId = e.InstanceId, Name = e.Name, Input = e.Input },
        TaskScheduled e => new TaskScheduledEvent(e.TaskId, e.Name, e.Version, e.Input) { Tags = e.Tags },
        TaskCompleted e => new TaskCompletedEvent(-1, e.TaskId, e.Result),
        TaskFailed e => new TaskFailedEvent(-1, e.TaskId, e.Failure.Message, e.Failure.Stack, ToOfficial(e.Failure)),
        SubOrchestrationCreated e => new SubOrchestrationInstanceCreatedEvent(e.TaskId)
        {
            Name = e.Name,
            Version = e.Version,
            InstanceId = e.InstanceId,
            Input = e.Input,
        },
        SubOrchestrationCompleted e => new SubOrchestrationInstanceCompletedEvent(-1, e.TaskId, e.Result),
        SubOrchestrationFailed e => new SubOrchestrationInstanceFailedEvent(-1, e.TaskId, e.Failure.Message, e.Failure.Stack, ToOfficial(e.Failure)),
        TimerCreated e => new TimerCreatedEvent(e.TaskId, e.FireAt.UtcDateTime),
        TimerFired e => new TimerFiredEvent(-1, e.FireAt.UtcDateTime) { TimerId = e.TaskId },
        EntityOperationRequested e => new EventSentEvent(e.TaskId) { InstanceId = e.EntityId, Name = "op", Input = e.Input },
        EntityLockRequested e => new EventSentEvent(e.TaskId) { InstanceId = e.EntityIds[0], Name = "op" },
        EntityUnlocked e => new EventSentEvent(e.TaskId) { InstanceId = e.EntityIds[0], Name = "release" },
        EntityOperationCompleted e => new EventRaisedEvent(-1, e.Result),
        EntityOperationFailed or EntityLockGranted => new EventRaisedEvent(-1, null),
        _ => null,
    };
}
