using Azure.Messaging.ServiceBus;

namespace ToolboxAI.Local.ServiceBus;

/// <summary>Renews a lock in the background while a handler runs.</summary>
internal static class LockRenewal
{
    /// <summary>Runs the work and renews beside it, for <paramref name="atMost"/>.</summary>
    /// <param name="work">What the lock is needed for.</param>
    /// <param name="lockedUntil">When the lock runs out, on the machine's clock.</param>
    /// <param name="renew">Renews it.</param>
    /// <param name="lost">Hears that renewing failed; there is no further try.</param>
    /// <param name="atMost">Zero: no renewal; infinite: as long as the work takes.</param>
    public static async Task DuringAsync(
        Func<Task> work, Func<DateTimeOffset> lockedUntil, Func<CancellationToken, Task> renew, Func<Exception, Task> lost, TimeSpan atMost)
    {
        using var over = new CancellationTokenSource();
        var renewing = atMost == TimeSpan.Zero ? Task.CompletedTask : RenewAsync(lockedUntil, renew, lost, atMost, over.Token);
        try
        {
            await work();
        }
        finally
        {
            await over.CancelAsync();
            await renewing;
        }
    }

    private static async Task RenewAsync(
        Func<DateTimeOffset> lockedUntil, Func<CancellationToken, Task> renew, Func<Exception, Task> lost, TimeSpan atMost, CancellationToken over)
    {
        var end = atMost == Timeout.InfiniteTimeSpan ? DateTimeOffset.MaxValue : TimeProvider.System.GetUtcNow() + atMost;
        while (true)
        {
            // Half of what is left leaves time for a second try of a busy server.
            var left = (lockedUntil() - TimeProvider.System.GetUtcNow()) / 2;
            var pause = left > TimeSpan.Zero ? left : TimeSpan.Zero;
            if (TimeProvider.System.GetUtcNow() + pause >= end)
            {
                return;
            }

            await Task.Delay(pause, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (over.IsCancellationRequested)
            {
                return;
            }

            try
            {
                await renew(over);
            }
            catch (OperationCanceledException) when (over.IsCancellationRequested)
            {
                return;
            }
            catch (ServiceBusException e)
            {
                await lost(e);
                return;
            }
        }
    }
}
