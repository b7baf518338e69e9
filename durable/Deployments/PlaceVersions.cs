using Microsoft.DurableTask;
using ToolboxAI.Durable.Deployments.Calls;
using ToolboxAI.Shared.Deployments.Manifest;
using ToolboxAI.Shared.Deployments.Runs;
using ToolboxAI.Shared.Roblox.OpenCloud;

namespace ToolboxAI.Durable.Deployments;

/// <summary>Where the places of a target stand at Roblox. Whoever saves one in Studio makes a newer version of it.</summary>
internal static class PlaceVersions
{
    private const int MostAtOnce = 10;

    /// <summary>The number of each place's newest version, by name; null when Roblox does not say, or another run has the experience.</summary>
    public static async Task<(IReadOnlyDictionary<string, long>? Versions, bool Fenced)> Newest(TaskOrchestrationContext context, CallScene scene, ReleaseTarget target)
    {
        var versions = new Dictionary<string, long>();
        foreach (var some in target.Places.OrderBy(place => place.Key, StringComparer.Ordinal).Chunk(MostAtOnce))
        {
            var histories = await Task.WhenAll(some.Select(place => context.CallRoblox<IReadOnlyList<PlaceVersionReading>>(
                scene, RobloxEndpoint.ReadHistory, nameof(ReadHistory), ticket => new ReadHistoryInput(ticket, new(target.UniverseId, place.Value)))));
            foreach (var (place, history) in some.Zip(histories))
            {
                if (history.Value is not { } known)
                {
                    return (null, history.End == CallEnd.Fenced);
                }

                versions[place.Key] = known.Select(version => version.Version).DefaultIfEmpty().Max();
            }
        }

        return (versions, false);
    }
}
