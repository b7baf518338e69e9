using System.Diagnostics;
using ToolboxAI.Local.DurableTask.Stores;

namespace ToolboxAI.Local.DurableTask.Engine;

/// <summary>Runs an activity and turns what came of it into a commit.</summary>
internal sealed class ActivityRunner(ITaskHost host, TimeProvider clock)
{
    /// <summary>Runs the activity. Only its cancellation by <paramref name="cancellationToken"/> is not an outcome.</summary>
    public async Task<ActivityCommit> RunAsync(LeasedActivity leased, CancellationToken cancellationToken)
    {
        var call = leased.Call;
        var log = host.Settings.Log;
        OutcomeEvent outcome;
        using var span = Tracing.Executing(leased, clock.GetUtcNow());
        try
        {
            log.ActivityStarted(call);
            outcome = new TaskCompleted(await host.RunActivityAsync(call, cancellationToken).ConfigureAwait(false)) { TaskId = call.TaskId };
            log.ActivityCompleted(call);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (TaskNotFoundException e)
        {
            outcome = new TaskFailed(e.ToFailure()) { TaskId = call.TaskId };
        }
        catch (Exception e)
        {
            log.ActivityFailed(e, call);
            outcome = new TaskFailed(Failure.From(e, host.Settings.ExceptionProperties)) { TaskId = call.TaskId };
        }

        if (outcome is TaskFailed { Failure: var failure })
        {
            span?.SetStatus(ActivityStatusCode.Error, failure.Message);
        }

        span?.SetEndTime(clock.GetUtcNow().UtcDateTime);
        return new ActivityCommit(leased.Id, leased.InstanceKey, outcome with { For = leased.ExecutionId, At = clock.GetUtcNow() });
    }
}
