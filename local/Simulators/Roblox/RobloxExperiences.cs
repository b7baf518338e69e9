using System.Globalization;
using System.Text.Json.Nodes;

namespace ToolboxAI.Local.Simulators.Roblox;

/// <summary>A universe to begin with: Open Cloud can create neither universes nor places.</summary>
/// <param name="UniverseId">The universe's id.</param>
/// <param name="Owner">Who owns it: <c>user_1001</c>, <c>group_7</c>.</param>
/// <param name="PlaceIds">Its places; the first is the one where players start.</param>
/// <param name="Servers">Servers of each place.</param>
/// <param name="Players">Players on each server.</param>
public sealed record RobloxExperience(long UniverseId, string Owner, IReadOnlyList<long> PlaceIds, int Servers = 0, int Players = 0);

/// <summary>Makes experiences, and shows what players see of them.</summary>
internal static class RobloxExperiences
{
    /// <summary>What is there on a fresh installation: a development, a staging and a production universe of user 1001, and those of group 7.</summary>
    public static IReadOnlyList<RobloxExperience> Known { get; } =
    [
        new(2001, "user_1001", [3001, 3002, 3003]),
        new(2002, "user_1001", [3011, 3012, 3013]),
        new(2003, "user_1001", [3021, 3022, 3023], Servers: 3, Players: 20),
        new(2102, "group_7", [3111]),
        new(2103, "group_7", [3121], Servers: 2, Players: 10),
    ];

    public static async Task AddAsync(IRobloxDocuments documents, RobloxExperience experience, DateTimeOffset now)
    {
        var universe = experience.UniverseId.Invariant();
        if (await documents.FindAsync(RobloxPlaces.Universe, universe) is not null)
        {
            return;
        }

        await documents.SaveAsync(RobloxPlaces.Universe, universe, "", new()
        {
            ["id"] = universe,
            ["owner"] = experience.Owner,
            ["name"] = $"Experience {universe}",
            ["rootPlace"] = experience.PlaceIds[0].Invariant(),
            ["createdAt"] = now.Stamp(),
        });
        foreach (var placeId in experience.PlaceIds.Select(id => id.Invariant()))
        {
            await documents.SaveAsync(RobloxPlaces.Place, placeId, universe, new()
            {
                ["id"] = placeId,
                ["universe"] = universe,
                ["name"] = $"Place {placeId}",
                ["last"] = 1L,
                ["createdAt"] = now.Stamp(),
            });
            await documents.SaveAsync(RobloxPlaces.Version, RobloxPlaces.VersionId(placeId, 1), placeId, new()
            {
                ["version"] = 1L,
                ["published"] = true,
                ["sha256"] = "",
                ["createdAt"] = now.Stamp(),
                ["createdBy"] = long.Parse(experience.Owner.Split('_')[1], CultureInfo.InvariantCulture),
                ["title"] = "",
                ["description"] = "",
            });
            for (var server = 1; server <= experience.Servers; server++)
            {
                await documents.SaveAsync(RobloxServers.Kind, $"job-{placeId}-{server}", placeId, new()
                {
                    ["jobId"] = $"job-{placeId}-{server}",
                    ["version"] = 1L,
                    ["players"] = (long)experience.Players,
                    ["startedAt"] = now.Stamp(),
                });
            }
        }
    }

    /// <summary>Places with the newest published version and its content, the servers' versions, the entries; null when there is none.</summary>
    public static async Task<JsonObject?> ShowAsync(IRobloxDocuments documents, string universe, DateTimeOffset now)
    {
        if (await documents.FindAsync(RobloxPlaces.Universe, universe) is not { } found)
        {
            return null;
        }

        var places = new JsonArray();
        foreach (var placeId in (await documents.AllAsync(RobloxPlaces.Place, universe)).Select(place => place.Text("id")))
        {
            var versions = await documents.AllAsync(RobloxPlaces.Version, placeId);
            var servers = await RobloxServers.OfAsync(documents, universe, placeId, now);
            places.Add((JsonNode)new JsonObject
            {
                ["placeId"] = placeId,
                ["versions"] = new JsonArray([.. versions.Select(version => version.DeepClone())]),
                ["servers"] = new JsonArray([.. servers.Select(server => (JsonNode)new JsonObject { ["jobId"] = server.Text("jobId"), ["version"] = server.Number("version") })]),
            });
        }

        var owner = found.Text("owner");
        return new()
        {
            ["universeId"] = universe,
            ["owner"] = owner,
            ["places"] = places,
            ["entries"] = new JsonArray([.. await documents.AllAsync(RobloxEntries.Kind, universe)]),
            ["assets"] = new JsonArray([.. await documents.AllAsync(RobloxAssets.Kind, owner)]),
            ["windows"] = new JsonArray([.. await documents.AllAsync(RateWindows.Kind, owner)]),
        };
    }
}
