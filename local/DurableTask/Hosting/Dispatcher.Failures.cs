using Microsoft.Extensions.Logging;
using ToolboxAI.Local.DurableTask.Stores;

namespace ToolboxAI.Local.DurableTask.Hosting;

/// <summary>Work that could not be done is tried again after a pause, and set aside when it has failed too often.</summary>
internal sealed partial class Dispatcher
{
    private async Task GiveUpAsync(Instance instance, Exception exception)
    {
        if (instance.Attempts >= MaxAttempts)
        {
            await hub.Store.SetInstanceAsideAsync(worker, instance.Key, exception.ToString(), CancellationToken.None).ConfigureAwait(false);
            SetAside(instance.Id, exception.Message);
        }
        else
        {
            await ReleaseAsync(instance, Backoff(instance.Attempts), counts: true).ConfigureAwait(false);
        }
    }

    private async Task GiveUpAsync(LeasedActivity activity, Exception exception)
    {
        if (activity.Attempts >= MaxAttempts)
        {
            await hub.Store.SetActivityAsideAsync(worker, activity.Id, exception.ToString(), CancellationToken.None).ConfigureAwait(false);
            SetAside(activity.Call.InstanceId, exception.Message);
        }
        else
        {
            await hub.Store.ReleaseActivityAsync(worker, activity.Id, Backoff(activity.Attempts), CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>What can't be read has failed like a step that throws: a newer release may be able to read it.</summary>
    private async Task GiveUpAsync(UnreadableWork work)
    {
        var (instanceId, attempts) = work.Activity is { } one ? (one.Call.InstanceId, one.Attempts) : (work.Instance!.Id, work.Instance.Attempts);
        StepFailed(work.Reason, instanceId, attempts);
        var givingUp = work.Activity is { } activity ? GiveUpAsync(activity, work.Reason) : GiveUpAsync(work.Instance!, work.Reason);
        await givingUp.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static TimeSpan Backoff(int attempts) => TimeSpan.FromMilliseconds(Math.Min(10_000, 50 << Math.Min(attempts, 10)));

    [LoggerMessage(2, LogLevel.Warning, "A step of '{InstanceId}' could not be made (attempt {Attempt}).")]
    private partial void StepFailed(Exception exception, string instanceId, int attempt);

    [LoggerMessage(3, LogLevel.Error, "Work of '{InstanceId}' was set aside: {Reason}")]
    private partial void SetAside(string instanceId, string reason);
}
