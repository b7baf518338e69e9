using Microsoft.Extensions.Logging;
using ToolboxAI.Local.DurableTask.Stores;

namespace ToolboxAI.Local.DurableTask.Hosting;

internal sealed partial class Dispatcher
{
    /// <summary>Starts an activity, whose slot is taken already.</summary>
    private void StartActivity(Shift shift, LeasedActivity leased) =>
        Start(motion => ActAsync(shift, motion, leased), () => Interlocked.Decrement(ref runningActivities));

    private async Task ActAsync(Shift shift, Momentum.Motion motion, LeasedActivity leased)
    {
        try
        {
            if (leased.Attempts > MaxAttempts)
            {
                await hub.Store.SetActivityAsideAsync(worker, leased.Id, WorkerDied, shift.Aborting).ConfigureAwait(false);
                SetAside(leased.Call.InstanceId, WorkerDied);
                return;
            }

            var outcome = await processor.RunAsync(leased, shift.Aborting).ConfigureAwait(false);
            var committing = LeadOn(shift, outcome) ? null : queue.CommitAsync(outcome);
            motion.End();
            if (committing is not null && !(await committing.ConfigureAwait(false)).Accepted)
            {
                OutcomeRefused(leased.Call.Name, leased.Call.InstanceId);
            }
        }
        catch (OperationCanceledException) when (shift.Aborting.IsCancellationRequested)
        {
            StepAborted(leased.Call.InstanceId);
        }
        catch (Exception e)
        {
            StepFailed(e, leased.Call.InstanceId, leased.Attempts);
            await GiveUpAsync(leased, e).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Leads on the instance that waits in memory; false when the outcome has to go through its inbox.</summary>
    private bool LeadOn(Shift shift, ActivityCommit outcome)
    {
        if (shift.IsStopping || Volatile.Read(ref runningInstances) >= Limits.MaximumConcurrentOrchestrationWorkItems)
        {
            return false;
        }

        var (taken, begun) = turns.Begin(outcome);
        if (begun is not null)
        {
            StartTurn(shift, begun);
        }

        return taken;
    }

    private bool IsAllowed(NewActivity call) => host.Settings.Filter is not { } filter || filter.Allows(call.Name, call.Version);

    private int TakeActivitySlots(int wanted)
    {
        var free = Limits.MaximumConcurrentActivityWorkItems - Volatile.Read(ref runningActivities);
        var taken = Math.Clamp(free, 0, wanted);
        Interlocked.Add(ref runningActivities, taken);
        return taken;
    }

    [LoggerMessage(5, LogLevel.Information, "The outcome of activity '{Activity}' of '{InstanceId}' was not wanted any more.")]
    private partial void OutcomeRefused(string activity, string instanceId);
}
