using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace ToolboxAI.Local.Simulators.Roblox;

/// <summary>Universes, places and their versions. Places can't be made here either: <see cref="RobloxExperiences"/> has some.</summary>
internal static class RobloxPlaces
{
    public const string Universe = "universe";
    public const string Place = "place";
    public const string Version = "version";
    private const int PageSize = 50;

    public static IReadOnlyList<OpenCloudEndpoint> Endpoints { get; } =
    [
        OpenCloudEndpoint.Of("GET /cloud/v2/universes/{universe_id}", 100, ReadUniverseAsync),
        OpenCloudEndpoint.Of("POST /universes/v1/{universeId}/places/{placeId}/versions", 30, PublishAsync),
        OpenCloudEndpoint.Of("GET /place-version-history-api/v1/{placeId}/history", 1000, HistoryAsync),
    ];

    /// <summary>A place of a universe that the key's owner has; anything else is refused.</summary>
    public static async Task<JsonObject> FindAsync(OpenCloudCall call, string universe, string placeId)
    {
        var place = await call.Documents.FindAsync(Place, placeId) ?? throw call.Refuse(404, "There is no such place.");
        var owner = (await call.Documents.FindAsync(Universe, universe))?.Text("owner") ?? throw call.Refuse(404, "There is no such universe.");
        return owner != call.Owner ? throw call.Refuse(403, "The key may not do this in the universe.")
            : place.Text("universe") != universe ? throw call.Refuse(409, "The place is not in the universe.")
            : place;
    }

    /// <summary>The id of a version's document.</summary>
    public static string VersionId(string placeId, long version) => $"{placeId}/{version.Invariant()}";

    /// <summary>The newest version of a place that was published by a time, 0 when there is none.</summary>
    public static async Task<long> PublishedAsync(IRobloxDocuments documents, string placeId, DateTimeOffset by) => (await documents.AllAsync(Version, placeId))
        .Where(version => version.Flag("published") && version.Time("createdAt") <= by).Select(version => version.Number("version")).LastOrDefault();

    /// <summary>Any key may read a universe.</summary>
    private static async Task<OpenCloudAnswer> ReadUniverseAsync(OpenCloudCall call)
    {
        var universe = await call.Documents.FindAsync(Universe, call.Ids[0]) ?? throw call.Refuse(404, "There is no such universe.");
        var (owner, root) = (universe.Text("owner").Split('_'), $"universes/{call.Ids[0]}/places/{universe.Text("rootPlace")}");
        return OpenCloudAnswer.Json(new JsonObject
        {
            ["path"] = $"universes/{call.Ids[0]}",
            ["createTime"] = universe.Text("createdAt"),
            ["updateTime"] = universe.Text("createdAt"),
            ["displayName"] = universe.Text("name"),
            [owner[0]] = $"{owner[0]}s/{owner[1]}",
            ["visibility"] = "PRIVATE",
            ["rootPlace"] = root,
            ["templateRootPlace"] = root,               // the description wants it in every answer
        });
    }

    private static async Task<OpenCloudAnswer> PublishAsync(OpenCloudCall call)
    {
        var place = await FindAsync(call, call.Ids[0], call.Ids[1]);
        var type = call.Query("versionType");
        var body = call.Request.Body;
        var isPlace = body.Span.StartsWith("<roblox!"u8) || body.Span.StartsWith("<roblox "u8);
        if (!isPlace || type is not ("Saved" or "Published"))
        {
            throw call.Refuse(400, isPlace ? "versionType must be Saved or Published." : "Invalid file content.");
        }

        var number = place.Number("last") + 1;
        place["last"] = number;
        await call.Documents.SaveAsync(Place, call.Ids[1], call.Ids[0], place);
        await call.Documents.SaveAsync(Version, VersionId(call.Ids[1], number), call.Ids[1], new()
        {
            ["version"] = number,
            ["published"] = type == "Published",
            ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(body.Span)),
            ["createdAt"] = call.Now.Stamp(),
            ["createdBy"] = long.Parse(call.Owner.Split('_')[1], CultureInfo.InvariantCulture),
            ["crashes"] = body.Span.IndexOf("simulate: crash"u8) >= 0,
            ["failsTests"] = body.Span.IndexOf("simulate: failing tests"u8) >= 0,
            ["title"] = "",
            ["description"] = "",
        });

        // The original's media type is text/plain, though its text is JSON.
        return new(200, $$"""{"versionNumber":{{number}}}""", "text/plain");
    }

    private static async Task<OpenCloudAnswer> HistoryAsync(OpenCloudCall call)
    {
        var place = await call.Documents.FindAsync(Place, call.Ids[0]) ?? throw call.Refuse(404, "There is no such place.");
        await FindAsync(call, place.Text("universe"), call.Ids[0]);
        var size = int.TryParse(call.Query("pageSize"), NumberStyles.None, CultureInfo.InvariantCulture, out var asked) ? Math.Clamp(asked, 1, PageSize) : PageSize;
        var before = long.TryParse(call.Query("cursor"), NumberStyles.None, CultureInfo.InvariantCulture, out var cursor) ? cursor : long.MaxValue;
        var newest = (await call.Documents.AllAsync(Version, call.Ids[0])).Reverse().Where(version => version.Number("version") < before).Take(size + 1).ToList();
        var page = newest.Take(size).ToList();
        return OpenCloudAnswer.Json(new JsonObject
        {
            ["nextCursor"] = newest.Count > size ? page[^1].Number("version").Invariant() : null,
            ["hasMore"] = newest.Count > size,
            ["placeVersions"] = new JsonArray([.. page.Select(Public)]),
        });
    }

    private static JsonObject Public(JsonObject version) => new()
    {
        ["version"] = version.Number("version").Invariant(),
        ["title"] = version.Text("title"),
        ["description"] = version.Text("description"),
        ["contributors"] = new JsonArray(version.Number("createdBy")),
        ["saveType"] = 0,
        ["isPublished"] = version.Flag("published"),
        ["publishStatus"] = version.Flag("published") ? 1 : 0,
        ["hasNotes"] = version.Text("title").Length > 0,
        ["createdTime"] = version.Text("createdAt"),
        ["createdBy"] = version.Number("createdBy"),
    };
}
