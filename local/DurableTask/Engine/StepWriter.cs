using Microsoft.DurableTask.Client;
using ToolboxAI.Local.DurableTask.Stores;

namespace ToolboxAI.Local.DurableTask.Engine;

/// <summary>Writes down what a step means for the store: the instance after it, and what goes out.</summary>
internal sealed class StepWriter(Instance before, OrchestrationExecution execution, StepOutcome outcome)
{
    private readonly string executionId = execution.Start?.ExecutionId ?? before.ExecutionId ?? string.Empty;

    public Instance After()
    {
        var after = before with
        {
            Sequence = before.Sequence + 1,
            UpdatedAt = execution.Now,
            CustomStatus = execution.Context.HasCustomStatus ? execution.Context.CustomStatus : before.CustomStatus,
            Attempts = 0,
        };
        if (outcome.Next is { } next)
        {
            return after with
            {
                Status = OrchestrationRuntimeStatus.Running,
                ExecutionId = next.ExecutionId,
                Version = next.Version,
                Input = next.Input,
                Output = null,
            };
        }

        if (execution.End is { } end)
        {
            return after with { Status = end.Status, Output = end.Result, Failure = end.Failure, CompletedAt = execution.Now };
        }

        var reason = outcome.Events.Aggregate(before.Output, (text, happened) => happened switch
        {
            ExecutionSuspended suspended => suspended.Reason,
            ExecutionResumed resumed => resumed.Reason,
            _ => text,
        });
        var status = execution.IsSuspended ? OrchestrationRuntimeStatus.Suspended
            : execution.Start is null ? OrchestrationRuntimeStatus.Pending
            : OrchestrationRuntimeStatus.Running;
        return after with { Status = status, Output = reason };
    }

    public IReadOnlyList<NewActivity> Activities() =>
    [
        .. outcome.Actions.OfType<TaskScheduled>().Select(task => new NewActivity(task.TaskId, task.Name, task.Version, task.Input)
        {
            Tags = task.Tags,
            TraceParent = execution.Start?.TraceParent,
            TraceState = execution.Start?.TraceState,
        }),
    ];

    public IReadOnlyList<NewInstance> Starts() =>
    [
        .. outcome.Actions.OfType<SubOrchestrationCreated>().Select(sub => new NewInstance(sub.InstanceId, new ExecutionStarted
        {
            Name = sub.Name,
            Version = sub.Version,
            Input = sub.Input,
            ExecutionId = $"{executionId}:{sub.TaskId}",
            Parent = new ParentLink(before.Id, executionId, before.Name, sub.TaskId),
            Tags = sub.Tags,
            TraceParent = Tracing.TaskContext(execution.Start?.TraceParent, executionId, sub.TaskId),
            TraceState = execution.Start?.TraceState,
            At = execution.Now,
        })),
    ];

    public IReadOnlyList<NewMessage> Messages()
    {
        var messages = new List<NewMessage>();
        foreach (var action in outcome.Actions)
        {
            messages.AddRange(MessagesOf(action));
        }

        messages.AddRange(outcome.Terminate.Select(child =>
            new NewMessage(child, new ExecutionTerminated($"\"The parent '{before.Id}' was terminated.\"", Recursive: true) { At = execution.Now })));
        messages.AddRange(outcome.Withdrawn.Select(request =>
            new NewMessage(request.EntityIds[0], new EntityUnlocked(request.EntityIds) { TaskId = request.TaskId, CallerId = before.Id, Position = 0 })));
        if (outcome.Next is { } next)
        {
            messages.Add(new NewMessage(before.Id, next));
        }
        else if (execution is { End: { } end } && (execution.Start?.Parent ?? before.Parent) is { } parent)
        {
            messages.Add(new NewMessage(parent.InstanceId, ToParent(end, parent)));
        }

        return messages;
    }

    private IEnumerable<NewMessage> MessagesOf(ActionEvent action) => action switch
    {
        TimerCreated timer when execution.End is null =>
        [
            new NewMessage(before.Id, new TimerFired(timer.FireAt) { TaskId = timer.TaskId, For = executionId, At = timer.FireAt })
            {
                DueAt = timer.FireAt,
                TimerId = timer.TaskId,
            },
        ],
        EventSent sent => [new NewMessage(sent.InstanceId, new EventRaised(sent.Name, sent.Input) { At = execution.Now })],
        EntityOperationRequested request =>
        [
            new NewMessage(request.EntityId, request with { CallerId = before.Id, CallerExecution = executionId }) { DueAt = request.DueAt },
        ],
        EntityLockRequested request =>
        [
            new NewMessage(request.EntityIds[0], request with { CallerId = before.Id, CallerExecution = executionId }),
        ],
        EntityUnlocked unlock => unlock.EntityIds.Select(id => new NewMessage(id, unlock with { CallerId = before.Id })),
        _ => [],
    };

    private OutcomeEvent ToParent(ExecutionCompleted end, ParentLink parent) => end.Status switch
    {
        OrchestrationRuntimeStatus.Completed =>
            new SubOrchestrationCompleted(end.Result) { TaskId = parent.TaskId, For = parent.ExecutionId, At = execution.Now },
        _ => new SubOrchestrationFailed(end.Failure ?? new Failure("OrchestrationTerminated", $"Orchestration '{before.Id}' was terminated."))
        {
            TaskId = parent.TaskId,
            For = parent.ExecutionId,
            At = execution.Now,
        },
    };
}
