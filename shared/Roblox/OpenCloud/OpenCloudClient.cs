using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace ToolboxAI.Shared.Roblox.OpenCloud;

/// <inheritdoc cref="IOpenCloud"/>
public sealed class OpenCloudClient(HttpClient http) : IOpenCloud
{
    /// <inheritdoc/>
    public Task<Reply<RobloxOwner>> ReadUniverse(string key, long universeId, CancellationToken ct) => Get(
        key,
        Inv($"/cloud/v2/universes/{universeId}"),
        body => body["user"] is { } user ? new RobloxOwner(OwnerKind.User, Last(user)) : new RobloxOwner(OwnerKind.Group, Last(body["group"])),
        ct);

    /// <inheritdoc/>
    public Task<Reply<OperationReading>> CreateAsset(string key, NewAsset asset, ReadOnlyMemory<byte> content, CancellationToken ct)
    {
        var creator = new JsonObject { [asset.Owner.Kind == OwnerKind.User ? "userId" : "groupId"] = asset.Owner.Id };
        var context = new JsonObject { ["creator"] = creator };
        if (asset.ExpectedPrice > 0)
        {
            context["expectedPrice"] = asset.ExpectedPrice;
        }

        var request = new JsonObject
        {
            ["assetType"] = asset.Type,
            ["displayName"] = asset.Name,
            ["description"] = asset.Description,
            ["creationContext"] = context,
        };
        return Send(key, HttpMethod.Post, "/assets/v1/assets", Form(request, content, asset.ContentType), changes: true, Operation, ct);
    }

    /// <inheritdoc/>
    public Task<Reply<OperationReading>> UpdateAsset(string key, long assetId, NewAsset asset, ReadOnlyMemory<byte> content, CancellationToken ct)
    {
        var request = new JsonObject { ["assetId"] = assetId, ["displayName"] = asset.Name, ["description"] = asset.Description };
        return Send(
            key, HttpMethod.Patch, Inv($"/assets/v1/assets/{assetId}?updateMask=description%2CdisplayName"), Form(request, content, asset.ContentType), changes: true, Operation, ct);
    }

    /// <inheritdoc/>
    public Task<Reply<OperationReading>> ReadOperation(string key, string operationId, CancellationToken ct) =>
        Get(key, $"/assets/v1/operations/{Uri.EscapeDataString(operationId)}", Operation, ct);

    /// <inheritdoc/>
    public Task<Reply<AssetReading>> ReadAsset(string key, long assetId, CancellationToken ct) => Get(key, Inv($"/assets/v1/assets/{assetId}"), Asset, ct);

    /// <inheritdoc/>
    public Task<Reply<long>> RollBackAsset(string key, long assetId, long revision, CancellationToken ct)
    {
        var form = new MultipartFormDataContent { { new StringContent(Inv($"assets/{assetId}/versions/{revision}")), "assetVersion" } };
        return Send(
            key, HttpMethod.Post, Inv($"/assets/v1/assets/{assetId}/versions:rollback"), form, changes: true, body => Number(Text(body["path"]).Split('/')[^1]), ct);
    }

    /// <inheritdoc/>
    public Task<Reply<IReadOnlyList<QuotaReading>>> ReadQuotas(string key, long userId, CancellationToken ct) => Get<IReadOnlyList<QuotaReading>>(
        key,
        Inv($"/cloud/v2/users/{userId}/asset-quotas?maxPageSize=100"),
        body => [.. List(body["assetQuotas"]).Where(quota => Text(quota["quotaType"]) == "RATE_LIMIT_UPLOAD").Select(quota => new QuotaReading(
            Text(quota["assetType"]), Number(quota["usage"]), Number(quota["capacity"]), Time(quota["usageResetTime"])))],
        ct);

    /// <inheritdoc/>
    public Task<Reply<IReadOnlyList<long>>> GrantAssets(string key, long universeId, IReadOnlyList<long> assetIds, CancellationToken ct)
    {
        var request = new JsonObject
        {
            ["subjectType"] = "Universe",
            ["subjectId"] = universeId.ToString(CultureInfo.InvariantCulture),
            ["action"] = "Use",
            ["requests"] = new JsonArray([.. assetIds.Select(id => new JsonObject { ["assetId"] = id })]),
        };
        return Send<IReadOnlyList<long>>(
            key, HttpMethod.Patch, "/asset-permissions-api/v1/assets/permissions", Json(request), changes: false, body => [.. List(body["errors"]).Select(error => Number(error["assetId"]))], ct);
    }

    /// <inheritdoc/>
    public Task<Reply<long>> PublishPlace(string key, PlaceRef place, ReadOnlyMemory<byte> content, CancellationToken ct)
    {
        var isBinary = content.Span.StartsWith("<roblox!"u8);
        return Send(
            key,
            HttpMethod.Post,
            Inv($"/universes/v1/{place.UniverseId}/places/{place.PlaceId}/versions?versionType=Published"),
            Bytes(content, isBinary ? "application/octet-stream" : "application/xml"),
            changes: true,
            body => Number(body["versionNumber"]),
            ct);
    }

    /// <inheritdoc/>
    public Task<Reply<IReadOnlyList<PlaceVersionReading>>> ReadHistory(string key, PlaceRef place, CancellationToken ct) => Get<IReadOnlyList<PlaceVersionReading>>(
        key,
        Inv($"/place-version-history-api/v1/{place.PlaceId}/history?pageSize=50"),
        body => [.. List(body["placeVersions"]).Select(version => new PlaceVersionReading(
            Number(version["version"]), version["isPublished"]?.GetValue<bool>() ?? false, Time(version["createdTime"]), version["createdBy"] is { } by ? Number(by) : null))],
        ct);

    /// <inheritdoc/>
    public Task<Reply<RestartReading>> RestartServers(string key, long universeId, IReadOnlyList<long> placeIds, CancellationToken ct)
    {
        var places = new JsonObject();
        foreach (var placeId in placeIds)
        {
            places[placeId.ToString(CultureInfo.InvariantCulture)] = new JsonObject { ["excludeCurrentVersion"] = true };
        }

        // What is restarted is on the newest version then: to ask twice does no harm, so the end is never unclear.
        return Send(
            key,
            HttpMethod.Post,
            Inv($"/server-management/v1/universes/{universeId}/restarts"),
            Json(new JsonObject { ["places"] = places }),
            changes: false,
            body => new RestartReading(Text(body["id"]), (int)Number(body["playersImpacted"]), (int)Number(body["instancesImpacted"])),
            ct);
    }

    /// <inheritdoc/>
    public Task<Reply<bool>> HasRestarted(string key, long universeId, string restartId, CancellationToken ct) => Get(
        key,
        Inv($"/server-management/v1/universes/{universeId}/restarts"),
        body => body["restartStatuses"]?[restartId]?["placeRestartStatuses"] is not JsonObject places || places.All(place => Text(place.Value!["state"]) == "SUCCEEDED"),
        ct);

    /// <inheritdoc/>
    public Task<Reply<IReadOnlyList<RestartForecast>>> ForecastRestart(string key, long universeId, CancellationToken ct) => Get<IReadOnlyList<RestartForecast>>(
        key,
        Inv($"/server-management/v1/universes/{universeId}/restarts:forecast"),
        body => [.. (body["placeForecasts"] as JsonObject ?? []).Select(place => new RestartForecast(
            Number(place.Key), (int)Number(place.Value!["totalPlayers"]), (int)Number(place.Value["totalInstances"])))],
        ct);

    /// <inheritdoc/>
    public Task<Reply<IReadOnlyList<ServerReading>>> ReadServers(string key, PlaceRef place, long version, CancellationToken ct) => Get<IReadOnlyList<ServerReading>>(
        key,
        Inv($"/server-management/v1/universes/{place.UniverseId}/places/{place.PlaceId}/versions/{version}/game-servers?MaxPageSize=100"),
        body => [.. List(body["gameServers"]).Select(server => new ServerReading(
            Text(server["jobId"]), (int)Number(server["occupancy"]), server["frameRate"]?.GetValue<double>(), Text(server["status"]) == "active"))],
        ct);

    /// <inheritdoc/>
    public Task<Reply<IReadOnlyList<LogReading>>> ReadLogs(string key, PlaceRef place, long version, string jobId, CancellationToken ct) => Get<IReadOnlyList<LogReading>>(
        key,
        Inv($"/server-management/v1/universes/{place.UniverseId}/places/{place.PlaceId}/versions/{version}/game-servers/{Uri.EscapeDataString(jobId)}/logs?MaxPageSize=100"),
        body => [.. List(body["gameServerLogs"]).Select(line => new LogReading(
            Time(line["messageTimestampMs"]), Number(line["severity"]) == Error, Text(line["message"])))],
        ct);

    /// <inheritdoc/>
    public Task<Reply<LuauTaskReading>> RunLuau(string key, PlaceRef place, long? version, string script, TimeSpan timeout, CancellationToken ct)
    {
        var request = new JsonObject { ["script"] = script, ["timeout"] = Inv($"{(int)timeout.TotalSeconds}s") };
        return Send(
            key,
            HttpMethod.Post,
            Inv($"/cloud/v2/universes/{place.UniverseId}/places/{place.PlaceId}{(version is null ? "" : Inv($"/versions/{version}"))}/luau-execution-session-tasks"),
            Json(request),
            changes: true,
            LuauTask,
            ct);
    }

    /// <inheritdoc/>
    public Task<Reply<LuauTaskReading>> ReadLuau(string key, string path, CancellationToken ct) => Get(key, $"/cloud/v2/{path}", LuauTask, ct);

    /// <inheritdoc/>
    public async Task<Reply<string?>> ReadEntry(string key, long universeId, string store, string entry, CancellationToken ct)
    {
        try
        {
            return await Get<string?>(key, Entry(universeId, store, entry), body => body["value"]?.ToJsonString(), ct);
        }
        catch (RobloxException e) when (e.IsMissing)
        {
            return new(null, e.Rate);
        }
    }

    /// <inheritdoc/>
    public Task<Reply<bool>> WriteEntry(string key, long universeId, string store, string entry, string json, CancellationToken ct) => Send(
        key,
        HttpMethod.Patch,
        Entry(universeId, store, entry) + "?allowMissing=true",
        Json(new JsonObject { ["value"] = JsonNode.Parse(json) }),
        changes: false,
        _ => true,
        ct);

    private const long Error = 3;

    private static string Entry(long universeId, string store, string entry) =>
        Inv($"/cloud/v2/universes/{universeId}/data-stores/{Uri.EscapeDataString(store)}/entries/{Uri.EscapeDataString(entry)}");

    private static OperationReading Operation(JsonNode body) => new(
        Text(body["path"]).Split('/')[^1],
        body["done"]?.GetValue<bool>() ?? false,
        body["response"] is { } asset ? Asset(asset) : null,
        body["error"] is { } error ? $"{error["code"]}: {error["message"]}" : null);

    private static AssetReading Asset(JsonNode body) => new(
        Number(body["assetId"]),
        body["revisionId"] is { } revision ? Number(revision) : 1,
        Enum.TryParse<Moderation>(Text(body["moderationResult"]?["moderationState"]), ignoreCase: true, out var state) ? state : Moderation.Reviewing);

    private static LuauTaskReading LuauTask(JsonNode body) => new(
        Text(body["path"]),
        Text(body["path"]).Split('/') is [_, _, _, _, "versions", var version, ..] ? Number(version) : null,
        Text(body["state"]) switch { "COMPLETE" => LuauTaskState.Complete, "FAILED" or "CANCELLED" => LuauTaskState.Failed, _ => LuauTaskState.Running },
        body["error"] is { } error ? $"{error["code"]}: {error["message"]}" : null,
        body["output"]?["results"]?.ToJsonString());

    private Task<Reply<T>> Get<T>(string key, string path, Func<JsonNode, T> read, CancellationToken ct) =>
        OpenCloudWire.Send(http, key, new HttpRequestMessage(HttpMethod.Get, Address(path)), changes: false, read, ct);

    private Task<Reply<T>> Send<T>(string key, HttpMethod method, string path, HttpContent content, bool changes, Func<JsonNode, T> read, CancellationToken ct) =>
        OpenCloudWire.Send(http, key, new HttpRequestMessage(method, Address(path)) { Content = content }, changes, read, ct);

    private Uri Address(string path) => new(http.BaseAddress!.AbsoluteUri.TrimEnd('/') + path);

    private static MultipartFormDataContent Form(JsonObject request, ReadOnlyMemory<byte> content, string contentType)
    {
        var file = Bytes(content, contentType);
        return new MultipartFormDataContent { { Json(request), "request" }, { file, "fileContent", "file" } };
    }

    private static StringContent Json(JsonObject body) => new(body.ToJsonString(), Encoding.UTF8, "application/json");

    private static ReadOnlyMemoryContent Bytes(ReadOnlyMemory<byte> content, string contentType) =>
        new(content) { Headers = { ContentType = new MediaTypeHeaderValue(contentType) } };

    private static IEnumerable<JsonNode> List(JsonNode? list) => (list as JsonArray ?? []).Select(item => item!);

    private static string Text(JsonNode? node) => node?.ToString() ?? "";

    /// <summary>The id at the end of a resource's path, e.g. of <c>users/1001</c>.</summary>
    private static long Last(JsonNode? path) => long.Parse(Text(path).Split('/')[^1], CultureInfo.InvariantCulture);

    /// <summary>Proto JSON writes 64-bit numbers as numbers or as strings.</summary>
    private static long Number(JsonNode? node) => Number(Text(node));

    private static long Number(string text) => text.Length == 0 ? 0 : long.Parse(text, CultureInfo.InvariantCulture);

    private static DateTimeOffset Time(JsonNode? node) => DateTimeOffset.Parse(Text(node), CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal);

    private static string Inv(FormattableString text) => FormattableString.Invariant(text);
}
