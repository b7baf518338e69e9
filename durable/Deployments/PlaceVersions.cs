using Microsoft.DurableTask;
using ToolboxAI.Durable.Deployments.Calls;
using ToolboxAI.Shared.Deployments.Manifest;
using ToolboxAI.Shared.Deployments.Runs;
using ToolboxAI.Shared.Roblox.OpenCloud;

namespace ToolboxAI.Durable.Deployments;

/// <summary>Where the places of a target stand at Roblox. Whoever saves one in Studio makes a newer version of it.</summary>
/// <param name="Newest">The number of each place's newest version, by name; 0 where it has none.</param>
/// <param name="Published">The number of each place's newest published version, by name; left out where it has none.</param>
/// <param name="Refused">Why Roblox tells nothing of a place, in words, for each such place; these stand in neither of the others.</param>
internal sealed record PlaceVersions(IReadOnlyDictionary<string, long> Newest, IReadOnlyDictionary<string, long> Published, IReadOnlyList<string> Refused)
{
    private const int MostAtOnce = 10;

    /// <summary>Reads the histories; no versions when Roblox does not answer, or another run has the experience.</summary>
    public static async Task<(PlaceVersions? Versions, bool Fenced)> Read(TaskOrchestrationContext context, CallScene scene, ReleaseTarget target)
    {
        var (newest, published, refused) = (new Dictionary<string, long>(), new Dictionary<string, long>(), new List<string>());
        foreach (var some in target.Places.OrderBy(place => place.Key, StringComparer.Ordinal).Chunk(MostAtOnce))
        {
            var histories = await Task.WhenAll(some.Select(place => context.CallRoblox<IReadOnlyList<PlaceVersionReading>>(
                scene, RobloxEndpoint.ReadHistory, nameof(ReadHistory), ticket => new ReadHistoryInput(ticket, new(target.UniverseId, place.Value)))));
            foreach (var (place, history) in some.Zip(histories))
            {
                // A place that was never published has a history too: whoever is refused it has no such place, or not the right to it.
                if (history.End == CallEnd.Refused)
                {
                    refused.Add(FormattableString.Invariant($"{place.Key}: the version history of place {place.Value} can't be read, without which it is not published. {history.Why}"));
                    continue;
                }

                if (history.Value is not { } known)
                {
                    return (null, history.End == CallEnd.Fenced);
                }

                newest[place.Key] = known.Select(version => version.Version).DefaultIfEmpty().Max();
                if (known.Where(version => version.IsPublished).Select(version => (long?)version.Version).Max() is { } live)
                {
                    published[place.Key] = live;
                }
            }
        }

        return (new(newest, published, refused), false);
    }
}
