using System.Text.Json.Nodes;

namespace ToolboxAI.Local.Simulators.Roblox;

/// <summary>
/// Luau execution tasks. No Luau runs here: a task on a version whose file says <c>simulate: failing tests</c> ends with a script
/// error, any other completes and returns the place and version that it ran on.
/// </summary>
internal static class RobloxLuauTasks
{
    public const string Kind = "task";
    private const int MostUnfinished = 10;
    private static readonly TimeSpan Starts = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Takes = TimeSpan.FromSeconds(3);

    public static IReadOnlyList<OpenCloudEndpoint> Endpoints { get; } =
    [
        OpenCloudEndpoint.Of("POST /cloud/v2/universes/{universe_id}/places/{place_id}/luau-execution-session-tasks", 40, call => CreateAsync(call, null)),
        OpenCloudEndpoint.Of("POST /cloud/v2/universes/{universe_id}/places/{place_id}/versions/{version_id}/luau-execution-session-tasks", 5, call => CreateAsync(call, call.Ids[2])),
        OpenCloudEndpoint.Of("GET /cloud/v2/universes/{universe_id}/places/{place_id}/versions/{version_id}/luau-execution-sessions/{luau_execution_session_id}/tasks/{task_id}", 200, ReadAsync),
    ];

    private static async Task<OpenCloudAnswer> CreateAsync(OpenCloudCall call, string? version)
    {
        await RobloxPlaces.FindAsync(call, call.Ids[0], call.Ids[1]);
        var asked = call.Request.Json();
        if (asked.Text("script").Length is 0 or > 4 * 1024 * 1024)
        {
            throw call.Refuse(400, "script must have 1 to 4,194,304 characters.");
        }

        version ??= (await RobloxPlaces.PublishedAsync(call.Documents, call.Ids[1], call.Now)).Invariant();
        var stored = await call.Documents.FindAsync(RobloxPlaces.Version, $"{call.Ids[1]}/{version}") ?? throw call.Refuse(404, "There is no such version.");
        var tasks = await call.Documents.AllAsync(Kind, call.Ids[1]);
        if (tasks.Count(task => task.Time("createdAt") + Takes > call.Now) >= MostUnfinished)
        {
            throw call.Refuse(429, "Too many unfinished tasks of this place.");
        }

        var number = await call.Documents.NextAsync(Kind);
        var path = $"universes/{call.Ids[0]}/places/{call.Ids[1]}/versions/{version}/luau-execution-sessions/s{number}/tasks/t{number}";
        var created = new JsonObject
        {
            ["path"] = path,
            ["createdAt"] = call.Now.Stamp(),
            ["fails"] = stored.Flag("failsTests"),
            ["placeId"] = call.Ids[1],
            ["version"] = version,
            ["timeout"] = asked["timeout"]?.DeepClone() ?? "300s",
        };
        await call.Documents.SaveAsync(Kind, $"t{number}", call.Ids[1], created);
        return OpenCloudAnswer.Json(Public(created, call));
    }

    private static async Task<OpenCloudAnswer> ReadAsync(OpenCloudCall call) => OpenCloudAnswer.Json(Public(await FindAsync(call), call));

    private static async Task<JsonObject> FindAsync(OpenCloudCall call)
    {
        await RobloxPlaces.FindAsync(call, call.Ids[0], call.Ids[1]);
        return await call.Documents.FindAsync(Kind, call.Ids[4]) ?? throw call.Refuse(404, "There is no such task.");
    }

    private static JsonObject Public(JsonObject task, OpenCloudCall call)
    {
        var runs = call.Now - task.Time("createdAt");
        var body = new JsonObject
        {
            ["path"] = task.Text("path"),
            ["createTime"] = task.Text("createdAt"),
            ["updateTime"] = call.Now.Stamp(),
            ["user"] = call.Owner.Split('_')[1],
            ["state"] = runs < Starts ? "QUEUED" : runs < Takes ? "PROCESSING" : task.Flag("fails") ? "FAILED" : "COMPLETE",
            ["timeout"] = task.Text("timeout"),
        };
        if (body.Text("state") == "FAILED")
        {
            body["error"] = new JsonObject { ["code"] = "SCRIPT_ERROR", ["message"] = "TaskScript:1: an assertion failed" };
        }
        else if (body.Text("state") == "COMPLETE")
        {
            body["output"] = new JsonObject
            {
                ["results"] = new JsonArray(new JsonObject { ["placeId"] = task.Text("placeId"), ["placeVersion"] = task.Text("version") }),
            };
        }

        return body;
    }
}
