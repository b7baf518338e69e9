using DurableTask.Core.Exceptions;
using Microsoft.DurableTask.Client;

namespace ToolboxAI.Local.DurableTask.Engine;

/// <summary>
/// One execution of an orchestration: its code, brought to where it stands by replaying the history, and led on by the messages
/// of each new step. It can be kept between steps, and thrown away at any time: the history is all that counts.
/// </summary>
internal sealed partial class OrchestrationExecution
{
    private readonly ITaskHost host;
    private readonly OrchestrationLoop loop = new();
    private readonly Dictionary<int, TaskCompletionSource<OutcomeEvent>> open = [];
    private readonly Dictionary<int, ActionEvent> openActions = [];
    private readonly List<(ActionEvent Action, OutcomeEvent Outcome)> finished = [];
    private readonly List<ActionEvent> pending = [];
    private readonly List<int> cancelledTimers = [];
    private readonly List<HistoryEvent> held = [];
    private Task<string?>? code;
    private int nextTaskId;
    private int step;

    public OrchestrationExecution(ITaskHost host, string instanceId)
    {
        this.host = host;
        InstanceId = instanceId;
        Context = new OrchestrationContext(this, host.Settings);
    }

    public string InstanceId { get; }

    public OrchestrationContext Context { get; }

    /// <summary>How the execution began; <c>null</c> before it did.</summary>
    public ExecutionStarted? Start { get; private set; }

    /// <summary>The time of the step in which the execution began.</summary>
    public DateTimeOffset Begun { get; private set; }

    public DateTimeOffset Now { get; private set; }

    public bool IsReplaying { get; private set; }

    public bool IsSuspended { get; private set; }

    /// <summary>How the execution ended; <c>null</c> while it goes on.</summary>
    public ExecutionCompleted? End { get; private set; }

    public int NextTaskId() => nextTaskId++;

    /// <summary>Takes the code to where the history says that it stands.</summary>
    /// <exception cref="NonDeterministicOrchestrationException">The code takes another way than the history.</exception>
    public void Replay(IEnumerable<HistoryEvent> history)
    {
        IsReplaying = true;
        foreach (var past in history)
        {
            if (past is ActionEvent action)
            {
                Match(action);
            }
            else
            {
                Apply(past);
            }
        }

        ThrowIfUnmatched();
        cancelledTimers.Clear();
        IsReplaying = false;
    }

    /// <summary>Asks for something; the task ends with its outcome.</summary>
    public Task<OutcomeEvent> Schedule(ActionEvent action)
    {
        var outcome = new TaskCompletionSource<OutcomeEvent>();
        open.Add(action.TaskId, outcome);
        openActions.Add(action.TaskId, action with { At = Now });
        pending.Add(action);
        return outcome.Task;
    }

    /// <summary>Asks for something that has no outcome.</summary>
    public void Send(ActionEvent action) => pending.Add(action);

    /// <summary>Forgets a timer: the task that waits for it is cancelled, the message about it taken back.</summary>
    public void CancelTimer(int taskId, CancellationToken cancellationToken)
    {
        if (!open.Remove(taskId, out var waiting))
        {
            return;
        }

        openActions.Remove(taskId);

        if (pending.RemoveAll(action => action.TaskId == taskId) == 0)
        {
            cancelledTimers.Add(taskId);
        }

        waiting.TrySetCanceled(cancellationToken);
    }

    /// <summary>Refuses calls that don't come from the orchestrator's own thread.</summary>
    public void CheckThread()
    {
        if (!loop.IsCurrent)
        {
            throw new InvalidOperationException(
                "The orchestration context was used on another thread than the orchestrator's. An orchestrator may await durable tasks only.");
        }
    }

    /// <summary>The code has ended; what is left of a host's pipeline may go on on other threads.</summary>
    public void WelcomeGuests() => loop.WelcomeGuests();

    /// <summary>Lets a host's pipeline come to its end within the step.</summary>
    public void AwaitPipeline(Task pipeline) => loop.Await(pipeline, TimeSpan.FromSeconds(30));

    private void Match(ActionEvent recorded)
    {
        var index = pending.FindIndex(action => action.TaskId == recorded.TaskId);
        if (index < 0)
        {
            throw Mismatch(recorded.TaskId, $"its history has the {recorded.Describe()}, which the code no longer makes");
        }

        var asked = pending[index];
        if (!recorded.Matches(asked))
        {
            throw Mismatch(recorded.TaskId, $"its history has the {recorded.Describe()}, the code now makes the {asked.Describe()}");
        }

        pending.RemoveAt(index);
        if (openActions.ContainsKey(recorded.TaskId))
        {
            openActions[recorded.TaskId] = recorded;
        }
    }

    private void ThrowIfUnmatched()
    {
        if (pending.Count > 0)
        {
            throw Mismatch(pending[0].TaskId, $"the code now makes the {pending[0].Describe()}, which its history does not have");
        }
    }

    private NonDeterministicOrchestrationException Mismatch(int taskId, string difference) => new(
        taskId,
        $"Non-Deterministic workflow detected: orchestrator '{Start?.Name}' is not deterministic: at task #{taskId} (step {step}) {difference}. "
        + "Was the code changed while the instance was running? Give a changed sequence of calls a new name or version.");

    private void Apply(HistoryEvent happened)
    {
        switch (happened)
        {
            case StepStarted:
                ThrowIfUnmatched();
                step++;
                Now = happened.At;
                break;
            case ExecutionTerminated terminated:
                Context.LeaveCriticalSection();
                Finish(OrchestrationRuntimeStatus.Terminated, terminated.Output, null);
                break;
            case ExecutionSuspended:
                IsSuspended = true;
                break;
            case ExecutionResumed:
                Resume();
                break;
            case ExecutionCompleted completed:
                End = completed;
                break;
            case ExecutionRewound:
                End = null;
                break;
            default:
                if (IsSuspended)
                {
                    held.Add(happened);
                }
                else
                {
                    loop.Run(() => Lead(happened));
                    CheckEnd();
                }

                break;
        }
    }

    private void Resume()
    {
        IsSuspended = false;
        foreach (var happened in held)
        {
            loop.Run(() => Lead(happened));
            CheckEnd();
        }

        held.Clear();
    }

    /// <summary>Gives one event to the code. Runs on the loop.</summary>
    private void Lead(HistoryEvent happened)
    {
        switch (happened)
        {
            case ExecutionStarted started:
                Start = started;
                Begun = Now;
                foreach (var carried in started.Carried ?? [])
                {
                    Context.Raise(carried);
                }

                if (!IsReplaying)
                {
                    host.Settings.Log.OrchestrationStarted(started.Name, InstanceId);
                }

                code = StartCode();
                break;
            case EventRaised raised:
                Context.Raise(raised);
                break;
            case OutcomeEvent outcome when open.Remove(outcome.TaskId, out var waiting):
                if (openActions.Remove(outcome.TaskId, out var action) && !IsReplaying)
                {
                    finished.Add((action, outcome));
                }

                waiting.SetResult(outcome);
                break;
        }
    }

    private Task<string?> StartCode()
    {
        try
        {
            return host.RunOrchestratorAsync(Context);
        }
        catch (Exception e)
        {
            return Task.FromException<string?>(e);
        }
    }

    private void CheckEnd()
    {
        if (code is not { IsCompleted: true } || End is not null)
        {
            return;
        }

        if (code.Exception?.InnerException is { } exception)
        {
            if (!IsReplaying)
            {
                host.Settings.Log.OrchestrationFailed(exception, Start!.Name, InstanceId);
            }

            Fail(exception is TaskNotFoundException missing
                ? missing.ToFailure()
                : Failure.From(exception, host.Settings.ExceptionProperties));
        }
        else if (code.IsCanceled)
        {
            Fail(Failure.From(new TaskCanceledException("The orchestrator was cancelled.")));
        }
        else
        {
            if (!IsReplaying)
            {
                host.Settings.Log.OrchestrationCompleted(Start!.Name, InstanceId);
            }

            Context.LeaveCriticalSection();
            Finish(OrchestrationRuntimeStatus.Completed, code.Result, null);
        }
    }

    private void Fail(Failure failure)
    {
        Context.ForgetContinueAsNew();
        Context.LeaveCriticalSection();
        Finish(OrchestrationRuntimeStatus.Failed, null, failure);
    }

    private void Finish(OrchestrationRuntimeStatus status, string? result, Failure? failure) =>
        End ??= new ExecutionCompleted { Status = status, Result = result, Failure = failure, At = Now };
}
