using System.Collections.Concurrent;

namespace ToolboxAI.Local.ServiceBus;

/// <summary>
/// Where in a long queue a receive begins to look. Messages that were taken leave dead entries at the low end of the index until the
/// server vacuums it, and a receive that begins at the end would walk over all of them. So a receive goes on where the last one of this
/// process stopped, and looks at the whole queue once a second: a message that came back below, from another process or by its lock's
/// end, is late by that at most. One that this process gives back is seen at once.
/// </summary>
internal sealed class ReceiveHints(TimeProvider clock)
{
    /// <summary>How old a hint may be, by the machine's clock and by the moved one.</summary>
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<(int Entity, bool Dead), Hint> hints = new();

    /// <summary>The lowest number to look at; null: look at the whole queue, and see what time has done to it.</summary>
    public long? Floor(int entity, bool dead) =>
        hints.TryGetValue((entity, dead), out var hint)
            && TimeProvider.System.GetElapsedTime(hint.LookedAt) < Freshness
            && (clock.GetUtcNow() - hint.Moment).Duration() < Freshness
            ? hint.Floor
            : null;

    /// <summary>What is sent from now on gets this number or a higher one.</summary>
    public long Reached(int entity, bool dead) => hints.TryGetValue((entity, dead), out var hint) ? hint.Floor : 0;

    /// <summary>A receive took messages up to <paramref name="last"/>; <paramref name="whole"/>: it had looked at the whole queue.</summary>
    public void Took(int entity, bool dead, long last, bool whole)
    {
        if (whole)
        {
            hints[(entity, dead)] = new(last + 1, TimeProvider.System.GetTimestamp(), clock.GetUtcNow());
        }
        else if (hints.TryGetValue((entity, dead), out var known) && last >= known.Floor)
        {
            hints.TryUpdate((entity, dead), known with { Floor = last + 1 }, known);
        }
    }

    /// <summary>Something came back, or may have: the next receive looks at the whole queue.</summary>
    public void Forget(int entity)
    {
        hints.TryRemove((entity, true), out _);
        hints.TryRemove((entity, false), out _);
    }

    private sealed record Hint(long Floor, long LookedAt, DateTimeOffset Moment);
}
