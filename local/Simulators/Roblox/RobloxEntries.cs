using System.Text;
using System.Text.Json.Nodes;

namespace ToolboxAI.Local.Simulators.Roblox;

/// <summary>Data stores v2, as far as an entry of the default scope is read and written.</summary>
internal static class RobloxEntries
{
    public const string Kind = "entry";
    private const int MostCharacters = 4_194_304;
    private const string Path = "/cloud/v2/universes/{universe_id}/data-stores/{data_store_id}/entries/{entry_id}";

    public static IReadOnlyList<OpenCloudEndpoint> Endpoints { get; } =
    [
        OpenCloudEndpoint.Of("GET " + Path, 1_000_000, ReadAsync),
        OpenCloudEndpoint.Of("PATCH " + Path, 1_000_000, WriteAsync),
    ];

    private static async Task<OpenCloudAnswer> ReadAsync(OpenCloudCall call) =>
        await FindAsync(call) is { } entry ? OpenCloudAnswer.Json(entry) : throw call.Refuse(404, "There is no such entry.");

    private static async Task<OpenCloudAnswer> WriteAsync(OpenCloudCall call)
    {
        await OwnedAsync(call);
        var asked = call.Request.Json();
        var before = await call.Documents.FindAsync(Kind, Id(call));
        if (before is null && call.Query("allowMissing") != "true")
        {
            throw call.Refuse(404, "There is no such entry.");
        }

        if (asked["value"] is not { } value || value.ToJsonString().Length > MostCharacters || call.Ids.Skip(1).Any(name => name.Length > 50))
        {
            throw call.Refuse(400, "The value is missing or too large, or a name is longer than 50 characters.");
        }

        var number = await call.Documents.NextAsync("revision");
        var entry = new JsonObject
        {
            ["path"] = $"universes/{call.Ids[0]}/data-stores/{call.Ids[1]}/entries/{call.Ids[2]}",
            ["createTime"] = before?.Text("createTime") ?? call.Now.Stamp(),
            ["revisionId"] = $"{number:D16}",
            ["revisionCreateTime"] = call.Now.Stamp(),
            ["state"] = "ACTIVE",
            ["etag"] = $"{number:D16}",
            ["value"] = value.DeepClone(),
            ["id"] = call.Ids[2],
            ["users"] = asked["users"]?.DeepClone() ?? new JsonArray(),
            ["attributes"] = asked["attributes"]?.DeepClone() ?? new JsonObject(),
        };
        await call.Documents.SaveAsync(Kind, Id(call), call.Ids[0], entry);
        return OpenCloudAnswer.Json(entry);
    }

    private static async Task<JsonObject?> FindAsync(OpenCloudCall call)
    {
        await OwnedAsync(call);
        return await call.Documents.FindAsync(Kind, Id(call));
    }

    private static async Task OwnedAsync(OpenCloudCall call)
    {
        if ((await call.Documents.FindAsync(RobloxPlaces.Universe, call.Ids[0]))?.Text("owner") != call.Owner)
        {
            throw call.Refuse(403, "The key may not do this in the universe.");
        }
    }

    private static string Id(OpenCloudCall call) => new StringBuilder().AppendJoin('/', call.Ids).ToString();
}
