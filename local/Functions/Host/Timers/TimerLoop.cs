using Microsoft.Azure.Functions.Worker;

namespace ToolboxAI.Local.Functions;

/// <summary>One timer function: waits for its turn, then for its due times, and runs it. Runs never overlap.</summary>
internal sealed class TimerLoop(LocalFunction function, TimerSchedule schedule, ITimerStore store, FunctionInvoker invoker, LocalClock clock)
{
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(1);

    private readonly TimerTriggerAttribute trigger = (TimerTriggerAttribute)function.Trigger.Attribute!;
    private readonly TimeSpan gap = schedule.ShortestGap(clock.Now);

    public TimerDeclaration Declaration => new(function.Name, gap >= TimeSpan.FromHours(1));

    private bool Monitored => trigger.UseMonitor && gap >= TimeSpan.FromMinutes(1);

    /// <summary>Runs until <paramref name="stopping"/>; a run that is under way then goes on until <paramref name="aborting"/>.</summary>
    public async Task RunAsync(CancellationToken stopping, CancellationToken aborting)
    {
        while (!stopping.IsCancellationRequested)
        {
            if (await store.AcquireAsync(function.Name, stopping).ConfigureAwait(false))
            {
                await KeepTimeAsync(stopping, aborting).ConfigureAwait(false);
            }

            await Task.Delay(AskAgain, stopping).ConfigureAwait(false);
        }
    }

    /// <summary>Runs the timer for as long as it is this process's.</summary>
    private async Task KeepTimeAsync(CancellationToken stopping, CancellationToken aborting)
    {
        var kept = Monitored ? await store.ReadAsync(function.Name, stopping).ConfigureAwait(false) : null;
        var status = Adopt(kept, clock.Now);
        if (kept is not null && status.Next <= clock.Now)
        {
            status = await RunOnceAsync(status, pastDue: true, early: false, aborting).ConfigureAwait(false);
        }
        else
        {
            await store.WriteAsync(function.Name, status, stopping).ConfigureAwait(false);
            if (trigger.RunOnStartup)
            {
                status = await RunOnceAsync(status, pastDue: false, early: true, aborting).ConfigureAwait(false);
            }
        }

        while (status?.Next is { } due)
        {
            await clock.WaitUntilAsync(due, stopping).ConfigureAwait(false);
            status = await RunOnceAsync(status, pastDue: false, early: false, aborting).ConfigureAwait(false);
        }

        if (status is not null)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, stopping).ConfigureAwait(false);
        }
    }

    // A schedule that was changed since counts from the last run, or from when the status was written.
    private TimerStatus Adopt(TimerStatus? kept, DateTimeOffset now) => kept is null
        ? new(null, schedule.Next(now), now)
        : kept with { Next = schedule.Next(kept.Last ?? kept.LastUpdated) };

    /// <summary>One run and its retries. Null when another process took the timer over.</summary>
    private async Task<TimerStatus?> RunOnceAsync(TimerStatus status, bool pastDue, bool early, CancellationToken aborting)
    {
        if (!await store.BeginAsync(function.Name, aborting).ConfigureAwait(false))
        {
            return null;
        }

        var now = clock.Now;
        var info = new TimerInfo { IsPastDue = pastDue, ScheduleStatus = Monitored ? Show(status) : null };
        await invoker.InvokeWithRetryAsync(function, info, bindingData: null, aborting).ConfigureAwait(false);

        // Woken a moment early, it must not be due again at that same moment.
        var last = !early && status.Next > now ? status.Next.Value : now;
        var written = new TimerStatus(last, schedule.Next(last), last);
        await store.WriteAsync(function.Name, written, CancellationToken.None).ConfigureAwait(false);
        return written;
    }

    private static ScheduleStatus Show(TimerStatus status) => new()
    {
        Last = status.Last?.UtcDateTime ?? default,
        Next = status.Next?.UtcDateTime ?? default,
        LastUpdated = status.LastUpdated.UtcDateTime,
    };
}
