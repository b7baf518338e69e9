using System.Globalization;
using System.Text.Json.Nodes;

namespace ToolboxAI.Local.Simulators.Roblox;

/// <summary>
/// The fake experience's servers: they run the version that was newest when they started, until a restart replaces them. On a version
/// that crashes, servers log errors, lose frames, and their players leave.
/// </summary>
internal static class RobloxServers
{
    public const string Kind = "server";
    private const string Restart = "restart";
    private const int ErrorsPerMinute = 6;
    private static readonly TimeSpan RestartTakes = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan CrashShows = TimeSpan.FromSeconds(10);

    public static IReadOnlyList<OpenCloudEndpoint> Endpoints { get; } =
    [
        OpenCloudEndpoint.Of("POST /server-management/v1/universes/{universeId}/restarts", 100, RestartAsync),
        OpenCloudEndpoint.Of("GET /server-management/v1/universes/{universeId}/restarts", 100, StatusAsync),
        OpenCloudEndpoint.Of("GET /server-management/v1/universes/{universeId}/restarts:forecast", 100, ForecastAsync),
        OpenCloudEndpoint.Of("GET /server-management/v1/universes/{universeId}/places/{placeId}/versions/{versionNumber}/game-servers", 100, ServersAsync),
        OpenCloudEndpoint.Of("GET /server-management/v1/universes/{universeId}/places/{placeId}/versions/{versionNumber}/game-servers/{jobId}/logs", 100, LogsAsync),
    ];

    /// <summary>Ends the restarts that have come to their end by now; the servers of a place as they are then.</summary>
    public static async Task<IReadOnlyList<JsonObject>> OfAsync(IRobloxDocuments documents, string universe, string placeId, DateTimeOffset now)
    {
        foreach (var restart in await documents.AllAsync(Restart, universe))
        {
            if (!restart.Flag("ended") && restart.Time("endsAt") <= now)
            {
                await EndAsync(documents, universe, restart);
            }
        }

        return await documents.AllAsync(Kind, placeId);
    }

    private static async Task EndAsync(IRobloxDocuments documents, string universe, JsonObject restart)
    {
        restart["ended"] = true;
        await documents.SaveAsync(Restart, restart.Text("id"), universe, restart);
        foreach (var (placeId, filter) in restart["places"]!.AsObject())
        {
            var newest = await RobloxPlaces.PublishedAsync(documents, placeId, restart.Time("endsAt"));
            foreach (var server in (await documents.AllAsync(Kind, placeId)).Where(server => Concerns((JsonObject)filter!, server, newest)))
            {
                server["version"] = newest;
                server["startedAt"] = restart.Text("endsAt");
                await documents.SaveAsync(Kind, server.Text("jobId"), placeId, server);
            }
        }
    }

    private static bool Concerns(JsonObject filter, JsonObject server, long newest) =>
        filter["versions"] is JsonArray versions ? versions.Any(version => version!.GetValue<long>() == server.Number("version"))
        : !filter.Flag("excludeCurrentVersion") || server.Number("version") != newest;

    private static async Task<OpenCloudAnswer> RestartAsync(OpenCloudCall call)
    {
        await OwnedAsync(call);
        var asked = call.Request.Json();
        var bleedOff = asked.Number("bleedOffDurationMinutes");
        var places = new JsonObject();
        foreach (var placeId in asked["places"] is JsonObject { Count: > 0 } named ? named.Select(place => place.Key) : await PlacesAsync(call))
        {
            await RobloxPlaces.FindAsync(call, call.Ids[0], placeId);
            places[placeId] = asked["places"]?[placeId]?.DeepClone() ?? new JsonObject();
        }

        var (id, players, instances) = await BeginAsync(call, places, TimeSpan.FromMinutes(bleedOff));
        return OpenCloudAnswer.Json(new JsonObject { ["id"] = id, ["playersImpacted"] = players, ["instancesImpacted"] = instances });
    }

    private static async Task<(string Id, long Players, long Instances)> BeginAsync(OpenCloudCall call, JsonObject places, TimeSpan bleedOff)
    {
        var (players, instances) = (0L, 0L);
        foreach (var (placeId, filter) in places)
        {
            var newest = await RobloxPlaces.PublishedAsync(call.Documents, placeId, call.Now);
            var concerned = (await OfAsync(call.Documents, call.Ids[0], placeId, call.Now)).Where(server => Concerns((JsonObject)filter!, server, newest)).ToList();
            (players, instances) = (players + concerned.Sum(server => server.Number("players")), instances + concerned.Count);
        }

        var id = $"restart-{await call.Documents.NextAsync(Restart)}";
        await call.Documents.SaveAsync(Restart, id, call.Ids[0], new()
        {
            ["id"] = id,
            ["scheduledAt"] = call.Now.Stamp(),
            ["startsAt"] = (call.Now + bleedOff).Stamp(),
            ["endsAt"] = (call.Now + bleedOff + RestartTakes).Stamp(),
            ["places"] = places.DeepClone(),
            ["players"] = players,
            ["instances"] = instances,
        });
        return (id, players, instances);
    }

    private static async Task<OpenCloudAnswer> StatusAsync(OpenCloudCall call)
    {
        await OwnedAsync(call);
        var statuses = new JsonObject();
        foreach (var restart in (await call.Documents.AllAsync(Restart, call.Ids[0])).TakeLast(20))
        {
            var ended = restart.Time("endsAt") <= call.Now;
            var places = new JsonObject();
            foreach (var (placeId, filter) in restart["places"]!.AsObject())
            {
                places[placeId] = new JsonObject
                {
                    ["state"] = ended ? "SUCCEEDED" : restart.Time("startsAt") <= call.Now ? "RESTARTING" : "DELAYING",
                    ["startTime"] = restart.Text("startsAt"),
                    ["endTime"] = ended ? restart.Text("endsAt") : null,
                    ["totalPlayers"] = restart.Number("players"),
                    ["totalInstances"] = restart.Number("instances"),
                    ["remainingPlayers"] = ended ? 0 : restart.Number("players"),
                    ["remainingInstances"] = ended ? 0 : restart.Number("instances"),
                    ["filter"] = filter!.DeepClone(),
                };
            }

            statuses[restart.Text("id")] = new JsonObject
            {
                ["universeId"] = call.Ids[0],
                ["scheduledTime"] = restart.Text("scheduledAt"),
                ["startTime"] = restart.Text("startsAt"),
                ["placeRestartStatuses"] = places,
            };
        }

        return OpenCloudAnswer.Json(new JsonObject { ["restartStatuses"] = statuses });
    }

    private static async Task<OpenCloudAnswer> ForecastAsync(OpenCloudCall call)
    {
        await OwnedAsync(call);
        var forecasts = new JsonObject();
        foreach (var placeId in await PlacesAsync(call))
        {
            var servers = await OfAsync(call.Documents, call.Ids[0], placeId, call.Now);
            var newest = await RobloxPlaces.PublishedAsync(call.Documents, placeId, call.Now);
            forecasts[placeId] = new JsonObject
            {
                ["playersImpacted"] = servers.Sum(server => server.Number("players")),
                ["totalPlayers"] = servers.Sum(server => server.Number("players")),
                ["instancesImpacted"] = servers.Count,
                ["totalInstances"] = servers.Count,
                ["latestPlaceVersion"] = newest.Invariant(),
                ["publishTime"] = call.Now.Stamp(),
                ["isNotInUniverse"] = false,
            };
        }

        return OpenCloudAnswer.Json(new JsonObject { ["placeForecasts"] = forecasts });
    }

    private static async Task<OpenCloudAnswer> ServersAsync(OpenCloudCall call)
    {
        await RobloxPlaces.FindAsync(call, call.Ids[0], call.Ids[1]);
        var crashes = await CrashesAsync(call);
        var servers = (await OfAsync(call.Documents, call.Ids[0], call.Ids[1], call.Now)).Where(server => server.Number("version").Invariant() == call.Ids[2]).ToList();
        return OpenCloudAnswer.Json(new JsonObject
        {
            ["gameServers"] = new JsonArray([.. servers.Take(100).Select(server => Public(server, call, crashes))]),
            ["nextPageToken"] = null,
            ["totalCount"] = servers.Count,
        });
    }

    private static JsonObject Public(JsonObject server, OpenCloudCall call, bool crashes)
    {
        var runs = call.Now - server.Time("startedAt");
        var crashed = crashes && runs >= CrashShows;
        var players = crashed ? (long)(server.Number("players") * Math.Max(0, 0.6 - (runs.TotalMinutes * 0.2))) : server.Number("players");
        return new()
        {
            ["placeId"] = call.Ids[1],
            ["placeVersion"] = call.Ids[2],
            ["jobId"] = server.Text("jobId"),
            ["engineVersion"] = "0.700.0",
            ["createTime"] = server.Text("startedAt"),
            ["uptime"] = runs.ToString("c", CultureInfo.InvariantCulture),
            ["memoryUsageBytes"] = 800_000_000,
            ["frameRate"] = crashed ? 11.5 : 59.9,
            ["occupancy"] = players,
            ["maxOccupancy"] = 30,
            ["type"] = 0,
            ["full"] = false,
            ["shutDown"] = false,
            ["status"] = "active",
        };
    }

    private static async Task<OpenCloudAnswer> LogsAsync(OpenCloudCall call)
    {
        await RobloxPlaces.FindAsync(call, call.Ids[0], call.Ids[1]);
        var server = (await OfAsync(call.Documents, call.Ids[0], call.Ids[1], call.Now)).FirstOrDefault(server => server.Text("jobId") == call.Ids[3])
            ?? throw call.Refuse(404, "There is no such server.");
        var since = server.Time("startedAt") + CrashShows;
        var count = await CrashesAsync(call) && call.Now >= since ? 1 + (int)((call.Now - since).TotalMinutes * ErrorsPerMinute) : 0;
        return OpenCloudAnswer.Json(new JsonObject
        {
            ["gameServerLogs"] = new JsonArray([.. Enumerable.Range(0, Math.Min(count, 100)).Select(n => (JsonNode)new JsonObject
            {
                ["messageTimestampMs"] = (since + TimeSpan.FromSeconds(n * 60.0 / ErrorsPerMinute)).Stamp(),
                ["universeId"] = long.Parse(call.Ids[0], CultureInfo.InvariantCulture),
                ["placeId"] = call.Ids[1],
                ["placeVersion"] = call.Ids[2],
                ["jobId"] = call.Ids[3],
                ["severity"] = 3,
                ["message"] = "attempt to index nil with 'Parent'",
                ["skippedCount"] = 0,
                ["rateLimitedCount"] = 0,
            })]),
            ["nextPageToken"] = null,
        });
    }

    private static async Task<bool> CrashesAsync(OpenCloudCall call) =>
        (await call.Documents.FindAsync(RobloxPlaces.Version, $"{call.Ids[1]}/{call.Ids[2]}"))?.Flag("crashes") ?? false;

    private static async Task<IReadOnlyList<string>> PlacesAsync(OpenCloudCall call) =>
        [.. (await call.Documents.AllAsync(RobloxPlaces.Place, call.Ids[0])).Select(place => place.Text("id"))];

    private static async Task OwnedAsync(OpenCloudCall call)
    {
        var universe = await call.Documents.FindAsync(RobloxPlaces.Universe, call.Ids[0]) ?? throw call.Refuse(404, "There is no such universe.");
        if (universe.Text("owner") != call.Owner)
        {
            throw call.Refuse(403, "The key may not do this in the universe.");
        }
    }
}
