using ToolboxAI.Shared.Data;

namespace ToolboxAI.Shared.Identity;

/// <summary>
/// How long a process goes on taking a key that it has found good. Who takes something from a key, or from a tenant, commits that and
/// lets the lease lapse before he reports it done: from then on no process takes the key as it was, whatever its clock says.
/// </summary>
/// <param name="clock">The machine's clock: its timers and timestamps, which nobody moves.</param>
public sealed class KeyLease(MachineClock clock)
{
    /// <summary>The length of a lease, counted from before the reading that found the key: one second.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromSeconds(1);

    /// <summary>What timers and two machines' seconds may differ by in that time, many times over.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Waits until every reading has lapsed that began before now. Call it after the commit, outside any transaction: it takes longer than a
    /// lock may be held. Given up, or cut short by the process's end, it has proved nothing: do the step again.
    /// </summary>
    public Task Lapse(CancellationToken ct) => Task.Delay(Length + Margin, clock.Time, ct);
}
