using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace ToolboxAI.Local.Simulators.Roblox;

/// <summary>
/// Assets v1: create, update, read, rollback, operations, quotas, the right to use. What becomes of an asset is decided by
/// its display name (<see cref="AssetBehaviour"/>).
/// </summary>
internal static class RobloxAssets
{
    public const string Kind = "asset";
    private const string Operation = "operation";
    private const int AudioPerMonth = 100;
    private static readonly string[] Updatable = ["Model"];
    private static readonly string[] Types = ["Model", "Audio", "Decal", "Image", "Animation", "Video", "Mesh"];

    public static IReadOnlyList<OpenCloudEndpoint> Endpoints { get; } =
    [
        OpenCloudEndpoint.Of("POST /assets/v1/assets", 120, CreateAsync),
        OpenCloudEndpoint.Of("GET /assets/v1/assets/{assetId}", 120, ReadAsync),
        OpenCloudEndpoint.Of("PATCH /assets/v1/assets/{assetId}", 120, UpdateAsync),
        OpenCloudEndpoint.Of("POST /assets/v1/assets/{assetId}/versions:rollback", 100, RollBackAsync),
        OpenCloudEndpoint.Of("GET /assets/v1/operations/{operationId}", 300, OperationAsync),
        OpenCloudEndpoint.Of("GET /cloud/v2/users/{user_id}/asset-quotas", 60, QuotasAsync),
        OpenCloudEndpoint.Of("PATCH /asset-permissions-api/v1/assets/permissions", 100, GrantAsync),
    ];

    private static async Task<OpenCloudAnswer> CreateAsync(OpenCloudCall call)
    {
        var form = await call.Request.FormAsync();
        var asked = call.Request.JsonField(form, "request");
        if (!form.TryGetValue("fileContent", out var file) || file.Content.Length == 0)
        {
            throw call.Refuse(400, "The form has no file.");
        }

        var (type, name) = (asked.Text("assetType"), asked.Text("displayName"));
        if (!Types.Contains(type) || name.Length is 0 or > 200 || asked.Text("description").Length > 1000)
        {
            throw call.Refuse(400, "assetType, displayName or description is not as it should be.");
        }

        var context = asked["creationContext"] as JsonObject ?? throw call.Refuse(400, "creationContext is required.");
        if (CreatorOf(context) != call.Owner)
        {
            throw call.Refuse(403, "The key may not create for this creator.");
        }

        var behaviour = AssetBehaviour.Of(name);
        if (context.Number("expectedPrice") < behaviour.Price)
        {
            throw call.Refuse(400, $"The upload costs {behaviour.Price} Robux, more than expected.");
        }

        await UseQuotaAsync(call, type);
        var id = 9_000_000 + await call.Documents.NextAsync("asset");
        var asset = new JsonObject
        {
            ["assetId"] = id,
            ["assetType"] = type,
            ["displayName"] = name,
            ["description"] = asked.Text("description"),
            ["owner"] = call.Owner,
            ["price"] = behaviour.Price,
            ["state"] = "Active",
            ["versions"] = new JsonArray(Version(file.Content, behaviour, call.Now)),
        };
        await call.Documents.SaveAsync(Kind, id.Invariant(), call.Owner, asset);
        return await BeginAsync(call, id, behaviour);
    }

    private static async Task<OpenCloudAnswer> UpdateAsync(OpenCloudCall call)
    {
        var asset = await FindAsync(call);
        var form = await call.Request.FormAsync();
        var asked = call.Request.JsonField(form, "request");
        asset["displayName"] = asked["displayName"]?.DeepClone() ?? asset["displayName"]?.DeepClone();
        asset["description"] = asked["description"]?.DeepClone() ?? asset["description"]?.DeepClone();
        var behaviour = AssetBehaviour.Of(asset.Text("displayName"));
        if (form.TryGetValue("fileContent", out var file))
        {
            if (!Updatable.Contains(asset.Text("assetType")))
            {
                throw call.Refuse(400, $"The content of an asset of type {asset.Text("assetType")} can't be updated.");
            }

            asset["versions"]!.AsArray().Add((JsonNode)Version(file.Content, behaviour, call.Now));
        }

        await call.Documents.SaveAsync(Kind, call.Ids[0], call.Owner, asset);
        return await BeginAsync(call, asset.Number("assetId"), behaviour);
    }

    private static async Task<OpenCloudAnswer> BeginAsync(OpenCloudCall call, long assetId, AssetBehaviour behaviour)
    {
        var id = $"op-{await call.Documents.NextAsync(Operation)}";
        await call.Documents.SaveAsync(Operation, id, call.Owner, new()
        {
            ["assetId"] = assetId,
            ["readyAt"] = (call.Now + behaviour.Takes).Stamp(),
            ["fails"] = behaviour.Fails,
        });
        return OpenCloudAnswer.Json(new JsonObject { ["path"] = $"operations/{id}", ["done"] = false });
    }

    private static async Task<OpenCloudAnswer> OperationAsync(OpenCloudCall call)
    {
        var operation = await call.Documents.FindAsync(Operation, call.Ids[0]) ?? throw call.Refuse(404, "There is no such operation.");
        var body = new JsonObject { ["path"] = $"operations/{call.Ids[0]}", ["done"] = operation.Time("readyAt") <= call.Now };
        if (body.Flag("done"))
        {
            if (operation.Flag("fails"))
            {
                body["error"] = new JsonObject { ["code"] = 400, ["message"] = "The file could not be processed." };
            }
            else
            {
                var asset = await call.Documents.FindAsync(Kind, operation.Number("assetId").Invariant());
                body["response"] = Public(asset!, call.Now);
            }
        }

        return OpenCloudAnswer.Json(body);
    }

    private static async Task<OpenCloudAnswer> ReadAsync(OpenCloudCall call) => OpenCloudAnswer.Json(Public(await FindAsync(call), call.Now));

    private static async Task<OpenCloudAnswer> RollBackAsync(OpenCloudCall call)
    {
        var asset = await FindAsync(call);
        var form = await call.Request.FormAsync();
        var named = form.TryGetValue("assetVersion", out var field) ? OpenCloudBodies.Utf8(field.Content).Split('/') : [];
        var versions = asset["versions"]!.AsArray();
        if (named is not ["assets", var id, "versions", var text] || id != call.Ids[0] || !int.TryParse(text, out var number))
        {
            throw call.Refuse(400, "assetVersion must be assets/{id}/versions/{number}.");
        }

        if (number < 1 || number > versions.Count)
        {
            throw call.Refuse(404, "There is no such version.");
        }

        versions.Add(versions[number - 1]!.DeepClone());
        await call.Documents.SaveAsync(Kind, call.Ids[0], call.Owner, asset);
        return OpenCloudAnswer.Json(PublicVersion(asset, versions.Count, call.Now));
    }

    private static async Task<OpenCloudAnswer> QuotasAsync(OpenCloudCall call)
    {
        if (call.Owner != $"user_{call.Ids[0]}")
        {
            throw call.Refuse(403, "Only the user's own key sees its quotas.");
        }

        var month = new DateTimeOffset(call.Now.Year, call.Now.Month, 1, 0, 0, 0, TimeSpan.Zero);
        var quota = await call.Documents.FindAsync("quota", $"{call.Owner} {month.Stamp()}") ?? new() { ["usage"] = 0L };
        return OpenCloudAnswer.Json(new JsonObject
        {
            ["assetQuotas"] = new JsonArray(new JsonObject
            {
                ["path"] = $"users/{call.Ids[0]}/asset-quotas/RateLimitUpload-Audio",
                ["quotaType"] = "RATE_LIMIT_UPLOAD",
                ["assetType"] = "AUDIO",
                ["usage"] = quota.Number("usage"),
                ["capacity"] = AudioPerMonth,
                ["period"] = "MONTH",
                ["usageResetTime"] = month.AddMonths(1).Stamp(),
            }),
            ["nextPageToken"] = "",
        });
    }

    private static async Task UseQuotaAsync(OpenCloudCall call, string type)
    {
        if (type == "Audio")
        {
            var id = $"{call.Owner} {new DateTimeOffset(call.Now.Year, call.Now.Month, 1, 0, 0, 0, TimeSpan.Zero).Stamp()}";
            var quota = await call.Documents.FindAsync("quota", id) ?? new() { ["usage"] = 0L };
            if (quota.Number("usage") >= AudioPerMonth)
            {
                throw call.Refuse(403, "The quota of audio uploads is used up.");
            }

            quota["usage"] = quota.Number("usage") + 1;
            await call.Documents.SaveAsync("quota", id, call.Owner, quota);
        }
    }

    private static async Task<OpenCloudAnswer> GrantAsync(OpenCloudCall call)
    {
        var asked = call.Request.Json();
        var granted = new JsonArray();
        var errors = new JsonArray();
        foreach (var id in asked["requests"]?.AsArray().Select(request => ((JsonObject)request!).Number("assetId")) ?? [])
        {
            var asset = await call.Documents.FindAsync(Kind, id.Invariant());
            if (asset is null || asset.Text("owner") != call.Owner)
            {
                errors.Add((JsonNode)new JsonObject { ["assetId"] = id, ["code"] = asset is null ? "AssetNotFound" : "CannotManageAsset" });
                continue;
            }

            granted.Add((JsonNode)JsonValue.Create(id));
            await call.Documents.SaveAsync("grant", $"{id} {asked.Text("subjectType")} {asked.Text("subjectId")}", id.Invariant(), asked);
        }

        return OpenCloudAnswer.Json(new JsonObject { ["successAssetIds"] = granted, ["errors"] = errors });
    }

    private static async Task<JsonObject> FindAsync(OpenCloudCall call)
    {
        var asset = await call.Documents.FindAsync(Kind, call.Ids[0]) ?? throw call.Refuse(404, "There is no such asset.");
        return asset.Text("owner") == call.Owner ? asset : throw call.Refuse(403, "The asset is another owner's.");
    }

    private static JsonObject Version(byte[] content, AssetBehaviour behaviour, DateTimeOffset now) => new()
    {
        ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(content)),
        ["createdAt"] = now.Stamp(),
        ["moderatedAt"] = (now + behaviour.Takes + behaviour.Review).Stamp(),
        ["verdict"] = behaviour.Rejected ? "Rejected" : "Approved",
    };

    private static JsonObject Moderation(JsonObject version, DateTimeOffset now) =>
        new() { ["moderationState"] = version.Time("moderatedAt") <= now ? version.Text("verdict") : "Reviewing" };

    private static JsonObject Public(JsonObject asset, DateTimeOffset now)
    {
        var versions = asset["versions"]!.AsArray();
        var latest = (JsonObject)versions[^1]!;
        return new()
        {
            ["path"] = $"assets/{asset.Number("assetId")}",
            ["revisionId"] = ((long)versions.Count).Invariant(),
            ["revisionCreateTime"] = latest.Text("createdAt"),
            ["assetId"] = asset.Number("assetId"),
            ["displayName"] = asset.Text("displayName"),
            ["description"] = asset.Text("description"),
            ["assetType"] = asset.Text("assetType"),
            ["creationContext"] = new JsonObject { ["creator"] = Creator(asset.Text("owner")) },
            ["moderationResult"] = Moderation(latest, now),
            ["state"] = asset.Text("state"),
        };
    }

    private static JsonObject PublicVersion(JsonObject asset, int number, DateTimeOffset now) => new()
    {
        ["path"] = $"assets/{asset.Number("assetId")}/versions/{number}",
        ["creationContext"] = new JsonObject { ["creator"] = Creator(asset.Text("owner")) },
        ["moderationResult"] = Moderation((JsonObject)asset["versions"]!.AsArray()[number - 1]!, now),
        ["published"] = false,
    };

    private static JsonObject Creator(string owner)
    {
        var parts = owner.Split('_');
        return new() { [$"{parts[0]}Id"] = long.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture) };
    }

    private static string CreatorOf(JsonObject context)
    {
        var creator = context["creator"] as JsonObject ?? [];
        return creator["userId"] is not null ? $"user_{IdOf(creator["userId"]!)}" : creator["groupId"] is not null ? $"group_{IdOf(creator["groupId"]!)}" : "";
    }

    // Proto JSON takes a 64-bit number as a number or as a string.
    private static string IdOf(JsonNode id) => id.ToString();
}
