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

/// <summary>A machine's clock that is always so much before or behind.</summary>
public sealed class SkewedClock(VirtualClock clock, TimeSpan skew) : TimeProvider
{
    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => clock.GetUtcNow() + skew;
}
