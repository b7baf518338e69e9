namespace ToolboxAI.Shared.Data;

/// <summary>
/// The machine's clock, for leases only. All business times come from the injected <see cref="TimeProvider"/>, which a
/// development installation can move on by days; a lease that is held must not lapse by that.
/// </summary>
public sealed record MachineClock(TimeProvider Time)
{
    /// <summary>The machine's time.</summary>
    public DateTimeOffset UtcNow => Time.GetUtcNow();
}
