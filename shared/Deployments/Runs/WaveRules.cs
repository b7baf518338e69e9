using System.Collections.Immutable;

namespace ToolboxAI.Shared.Deployments.Runs;

/// <summary>Which places' servers are restarted next: first where fewest play, each wave twice as large as the one before.</summary>
public static class WaveRules
{
    /// <summary>The next wave; empty when all were restarted.</summary>
    public static IReadOnlyList<string> Next(
        IEnumerable<string> places, ImmutableSortedSet<string> restarted, IReadOnlyDictionary<string, HealthSample> baseline, bool allAtOnce)
    {
        var left = places.Where(place => !restarted.Contains(place))
            .OrderBy(place => baseline.TryGetValue(place, out var sample) ? sample.Players : 0).ThenBy(place => place, StringComparer.Ordinal).ToList();
        return allAtOnce ? left : [.. left.Take(restarted.Count + 1)];
    }
}
