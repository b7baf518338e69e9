namespace ToolboxAI.Tests.Simulation.Harness;

/// <summary>
/// The simulation's time. It moves when it is told to, and by a little at each look: so ids that are made one after the
/// other sort in that order, and a run depends on nothing but its seed.
/// </summary>
public sealed class VirtualClock(DateTimeOffset start) : TimeProvider
{
    private DateTimeOffset now = start;

    /// <summary>When the simulation began.</summary>
    public DateTimeOffset Start { get; } = start;

    /// <summary>What a look costs. Where very much is looked at and no order of ids matters, less keeps the looks out of what is measured.</summary>
    public TimeSpan Look { get; set; } = TimeSpan.FromMilliseconds(1);

    /// <summary>The time, without a look that moves it.</summary>
    public DateTimeOffset Now => now;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => now += Look;

    /// <summary>Moves the time, never back.</summary>
    public void MoveTo(DateTimeOffset time) => now = time > now ? time : now;
}

/// <summary>A machine's clock that is always so much before or behind. Its timers wait on the simulation's, and go off when they are chosen after that.</summary>
public sealed class SkewedClock(Scheduler scheduler, TimeSpan skew) : TimeProvider
{
    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => scheduler.Clock.GetUtcNow() + skew;

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        period == Timeout.InfiniteTimeSpan && dueTime >= TimeSpan.Zero
            ? new Once(scheduler, callback, state, dueTime)
            : throw new NotSupportedException("In a simulation a timer goes off once: what comes again is planned by the world.");

    private sealed class Once : ITimer
    {
        private bool ended;

        public Once(Scheduler scheduler, TimerCallback callback, object? state, TimeSpan dueTime) => _ = Wait(scheduler, callback, state, dueTime);

        public bool Change(TimeSpan dueTime, TimeSpan period) => throw new NotSupportedException("In a simulation a timer is not set again.");

        public void Dispose() => ended = true;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }

        private async Task Wait(Scheduler scheduler, TimerCallback callback, object? state, TimeSpan dueTime)
        {
            await scheduler.Delay("a timer", dueTime);
            if (!ended)
            {
                callback(state);
            }
        }
    }
}
