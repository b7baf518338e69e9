using Microsoft.DurableTask.Client;

namespace ToolboxAI.Local.DurableTask.Engine;

/// <summary>What a step did.</summary>
/// <param name="Events">What is to be added to the history, in order.</param>
/// <param name="Actions">What the code asked for.</param>
/// <param name="CancelledTimers">The timers that are to be taken back.</param>
internal sealed record StepOutcome(List<HistoryEvent> Events, IReadOnlyList<ActionEvent> Actions, IReadOnlyList<int> CancelledTimers)
{
    /// <summary>The next execution, when the code asked to continue as new.</summary>
    public ExecutionStarted? Next { get; init; }

    /// <summary>The calls and timers whose outcome came.</summary>
    public IReadOnlyList<(ActionEvent Action, OutcomeEvent Outcome)> Finished { get; init; } = [];

    /// <summary>Lock requests that the end of the execution takes back.</summary>
    public IReadOnlyList<EntityLockRequested> Withdrawn { get; init; } = [];

    /// <summary>Sub-orchestrations to be terminated with this one.</summary>
    public IReadOnlyList<string> Terminate { get; init; } = [];
}

internal sealed partial class OrchestrationExecution
{
    /// <summary>Makes one step: gives the messages to the code and takes what it asks for.</summary>
    public StepOutcome Step(IReadOnlyList<HistoryEvent> messages, DateTimeOffset now)
    {
        var terminate = new List<string>();
        var carried = new List<EventRaised>();
        var started = new StepStarted { At = Latest(messages, now) };
        var events = new List<HistoryEvent> { started };
        Apply(started);

        // What steers comes before what the code waits for: a termination must not be lost on an execution that continues as new in this step.
        foreach (var message in messages.OrderBy(message => message switch { ExecutionStarted => 0, ExecutionTerminated or ExecutionSuspended or ExecutionResumed => 1, _ => 2 }))
        {
            if (End is not null)
            {
                if (message is EventRaised late)
                {
                    carried.Add(late);
                }

                continue;
            }

            if (!IsWanted(message))
            {
                continue;
            }

            events.Add(message);
            if (message is ExecutionTerminated { Recursive: true })
            {
                terminate.AddRange(openActions.Values.OfType<SubOrchestrationCreated>().Select(sub => sub.InstanceId));
            }

            Apply(message);
        }

        CheckAwaits();
        var actions = pending.Select(action => action with { At = Now }).ToList();
        pending.Clear();
        events.AddRange(actions);
        var outcome = new StepOutcome(events, actions, [.. cancelledTimers])
        {
            Terminate = terminate,
            Withdrawn = End is null ? [] : [.. openActions.Values.OfType<EntityLockRequested>()],
            Next = NextExecution(carried),
            Finished = [.. finished],
        };
        finished.Clear();
        cancelledTimers.Clear();
        if (End is not null)
        {
            events.Add(End);
        }

        return outcome;
    }

    /// <summary>Ends an execution whose code can't be run, or not be brought to where its history stands.</summary>
    public StepOutcome FailWith(Failure failure, DateTimeOffset now)
    {
        IsReplaying = false;
        pending.Clear();
        End = null;   // what changed code has returned while it was replayed does not count
        Now = now;
        Fail(failure);
        pending.Clear();
        return new StepOutcome([new StepStarted { At = now }, End!], [], []);
    }

    /// <summary>The step's time: never before a timer that it fires, and never before the step before.</summary>
    private DateTimeOffset Latest(IReadOnlyList<HistoryEvent> messages, DateTimeOffset now)
    {
        var latest = now > Now ? now : Now;
        foreach (var message in messages)
        {
            if (message is TimerFired fired && fired.FireAt > latest)
            {
                latest = fired.FireAt;
            }
        }

        return latest;
    }

    private bool IsWanted(HistoryEvent message) => (message.For is null || message.For == Start?.ExecutionId) && message switch
    {
        ExecutionStarted => Start is null,
        ExecutionSuspended => !IsSuspended,
        ExecutionResumed => IsSuspended,
        OutcomeEvent outcome => open.ContainsKey(outcome.TaskId),
        _ => true,
    };

    /// <summary>Fails code that waits for something that no message will ever bring.</summary>
    private void CheckAwaits()
    {
        var stuck = code is { IsCompleted: false } && !IsSuspended && open.Count == 0 && !Context.AwaitsEvents;
        if (End is null && (loop.SawForeignContinuation || stuck))
        {
            pending.Clear();
            Fail(Failure.From(new InvalidOperationException(
                "An invalid asynchronous invocation was detected. "
                + "This can be caused by awaiting non-durable tasks in an orchestrator function's implementation or by middleware that invokes asynchronous code.")));
        }
    }

    private ExecutionStarted? NextExecution(List<EventRaised> late)
    {
        if (End?.Status != OrchestrationRuntimeStatus.Completed || Context.NextExecution is not { } wish)
        {
            return null;
        }

        var carried = wish.PreserveUnprocessedEvents ? [.. Context.UntakenEvents(), .. late] : Array.Empty<EventRaised>();
        return Start! with
        {
            ExecutionId = Context.NewGuid().ToString("N"),
            Version = string.IsNullOrWhiteSpace(wish.NewVersion) ? Start.Version : wish.NewVersion,
            Input = host.Settings.Converter.Serialize(wish.NewInput),
            Carried = carried.Length == 0 ? null : carried,
            At = Now,
        };
    }
}
