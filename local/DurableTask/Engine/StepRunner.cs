using DurableTask.Core.Exceptions;
using ToolboxAI.Local.DurableTask.Stores;

namespace ToolboxAI.Local.DurableTask.Engine;

/// <summary>A step that is ready to be committed, and the execution as it is after it.</summary>
/// <param name="Commit">What is to be written.</param>
/// <param name="Live">The execution, to be kept for the next step; <c>null</c> when it has ended or wants to see its replays.</param>
/// <param name="Trace">What is told to those who trace; <c>null</c> for entities and for executions that never began.</param>
internal sealed record Step(StepCommit Commit, OrchestrationExecution? Live, StepTrace? Trace = null);

/// <summary>Turns messages for an orchestration into a commit. Has no effect of its own.</summary>
internal sealed class StepRunner(ITaskHost host, TimeProvider clock)
{
    /// <summary>Makes the next step of <paramref name="execution"/>.</summary>
    public Step Run(LeasedInstance leased, OrchestrationExecution execution)
    {
        var messages = leased.News.Select(news => WithInput(news, leased.Instance)).ToList();
        using var span = Tracing.Enter(execution.Start ?? messages.OfType<ExecutionStarted>().FirstOrDefault());
        var outcome = execution.Step(messages, clock.GetUtcNow());
        host.Settings.Log.StepMade(execution, outcome);
        return Complete(leased, execution, outcome);
    }

    /// <summary>
    /// Brings an execution to where its history stands. When the code takes another way, the result is a step that fails it.
    /// </summary>
    public (OrchestrationExecution Execution, Step? Failed) Replay(LeasedInstance leased, IReadOnlyList<HistoryEvent> history)
    {
        var execution = new OrchestrationExecution(host, leased.Instance.Id);
        try
        {
            using var span = Tracing.Enter(history.OfType<ExecutionStarted>().FirstOrDefault());
            execution.Replay(history.Select(past => WithInput(past, leased.Instance)));
            return (execution, null);
        }
        catch (NonDeterministicOrchestrationException e)
        {
            var outcome = execution.FailWith(Failure.From(e), clock.GetUtcNow()) with { Withdrawn = Locking(history) };
            return (execution, Complete(leased, execution, outcome));
        }
    }

    /// <summary>A step that fails an instance without running its code.</summary>
    public Step Fail(LeasedInstance leased, Failure failure)
    {
        var execution = new OrchestrationExecution(host, leased.Instance.Id);
        return Complete(leased, execution, execution.FailWith(failure, clock.GetUtcNow()));
    }

    /// <summary>A step that does nothing but take away messages which an ended instance no longer wants.</summary>
    public static Step Discard(LeasedInstance leased) => new(
        new StepCommit(leased.Instance.Key, leased.Instance.Sequence, [.. leased.Messages.Select(message => message.Id)])
        {
            InstanceId = leased.Instance.Id,
            After = leased.Instance,
        },
        null);

    /// <summary>The locks that an execution holds or has asked for by what its history says, when its code can't be asked.</summary>
    private static List<EntityLockRequested> Locking(IReadOnlyList<HistoryEvent> history) =>
        [.. history.OfType<EntityLockRequested>().Skip(history.OfType<EntityUnlocked>().Count())];

    private static HistoryEvent WithInput(HistoryEvent happened, Instance instance) =>
        happened is ExecutionStarted started ? started with { Input = instance.Input } : happened;

    private static Step Complete(LeasedInstance leased, OrchestrationExecution execution, StepOutcome outcome)
    {
        var writer = new StepWriter(leased.Instance, execution, outcome);
        return new Step(
            new StepCommit(leased.Instance.Key, leased.Instance.Sequence, [.. leased.Messages.Select(message => message.Id)])
            {
                InstanceId = leased.Instance.Id,
                After = writer.After(),
                Done = [.. leased.Outcomes.Select(outcome => outcome.ActivityId)],
                History = outcome.Next is null ? outcome.Events : [],
                DropsHistory = outcome.Next is not null,
                DropsTimers = execution.End is not null,
                CancelledTimers = outcome.CancelledTimers,
                Activities = writer.Activities(),
                Messages = writer.Messages(),
                Starts = writer.Starts(),
            },
            execution is { End: null, Context.AskedForReplay: false } ? execution : null,
            TraceOf(leased.Instance, execution, outcome));
    }

    private static StepTrace? TraceOf(Instance instance, OrchestrationExecution execution, StepOutcome outcome) =>
        Tracing.IsOn && execution.Start is { TraceParent: not null } started
            ? new StepTrace(
                instance.Id, started, execution.Begun, execution.Now, outcome.Finished, [.. outcome.Actions.OfType<EventSent>()])
            {
                Status = outcome.Next is null ? execution.End?.Status.ToString() : "ContinuedAsNew",
                FailureMessage = execution.End?.Failure?.Message,
            }
            : null;
}
