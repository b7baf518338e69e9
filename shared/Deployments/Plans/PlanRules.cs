using System.Security.Cryptography;
using System.Text.Json;
using ToolboxAI.Shared.Deployments.Manifest;
using ToolboxAI.Shared.Deployments.Releases;
using ToolboxAI.Shared.Http;
using ToolboxAI.Shared.Tenants;

namespace ToolboxAI.Shared.Deployments.Plans;

/// <summary>Compares what is wanted with what is live.</summary>
public static class PlanRules
{
    /// <summary>How long a plan can be applied.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(1);

    /// <summary>What is done about an asset.</summary>
    /// <param name="spec">What is wanted.</param>
    /// <param name="sha256">Its content.</param>
    /// <param name="live">The asset of that name in the live version; null when there is none.</param>
    /// <param name="models">What is known of Models that change in place.</param>
    /// <param name="cached">An upload of the same content; null when there is none.</param>
    public static ReleaseAsset Asset(AssetSpec spec, string sha256, LiveAsset? live, IReadOnlyDictionary<long, string> models, CachedAsset? cached)
    {
        if (live is not null && live.Type == spec.Type && (!spec.InPlace || live.InPlace))
        {
            if (live.Sha256 == sha256 && models.GetValueOrDefault(live.AssetId, sha256) == sha256)
            {
                return new(spec, sha256, AssetAction.Keep, live.AssetId, live.Revision);
            }

            if (spec.InPlace)
            {
                return new(spec, sha256, AssetAction.ChangeInPlace, live.AssetId, live.Revision);
            }
        }

        // A Model that changes in place has an id of its own: what else uses the cached one would change with it.
        return cached is not null && !spec.InPlace
            ? new(spec, sha256, AssetAction.Keep, cached.AssetId, cached.Revision)
            : new(spec, sha256, AssetAction.Create, null, null);
    }

    /// <summary>How a place has moved at Roblox between two looks, in words; null when none has.</summary>
    /// <param name="seen">The newest versions at the first look, by place.</param>
    /// <param name="now">At the second.</param>
    public static string? Moved(IReadOnlyDictionary<string, long> seen, IReadOnlyDictionary<string, long> now) =>
        seen.Where(place => now.GetValueOrDefault(place.Key, place.Value) != place.Value).OrderBy(place => place.Key, StringComparer.Ordinal)
            .Select(place => FormattableString.Invariant($"{place.Key} was changed at Roblox since the plan: it has version {now[place.Key]}, the plan saw {place.Value}. Save that work, then plan again."))
            .FirstOrDefault();

    /// <summary>The places that hold something at Roblox that no complete version of ours put there: somebody's work in Studio.</summary>
    /// <param name="seen">The newest versions at Roblox, by place; null when Roblox did not say.</param>
    /// <param name="published">The versions that ours have, by place.</param>
    public static IReadOnlySet<string> ByOthers(IReadOnlyDictionary<string, long>? seen, IReadOnlyDictionary<string, long>? published) =>
        seen?.Where(place => published?.TryGetValue(place.Key, out var ours) == true && ours != place.Value).Select(place => place.Key).ToHashSet() ?? [];

    /// <summary>The lines of a plan. A place is compared by its source, of which the bundle's release keeps the hash.</summary>
    public static IReadOnlyList<PlanChange> Changes(
        Release release, ReleaseVersion? live, IReadOnlyDictionary<string, string>? liveSources, IReadOnlySet<string> byOthers)
    {
        var changes = new List<PlanChange>();
        var newIds = release.Assets.Any(asset => asset.Action == AssetAction.Create);
        foreach (var place in release.Places)
        {
            var action = live?.Places.ContainsKey(place.Name) != true ? PlanAction.Create
                : liveSources?.GetValueOrDefault(place.Name) == place.Sha256 && !newIds && !byOthers.Contains(place.Name) ? PlanAction.Unchanged : PlanAction.Update;
            changes.Add(new("place", place.Name, action, live is null ? null : "the earlier file is published again"));
        }

        foreach (var asset in release.Assets)
        {
            changes.Add(asset.Action switch
            {
                AssetAction.Keep => new("asset", asset.Spec.Name, PlanAction.Unchanged, "nothing to undo"),
                AssetAction.ChangeInPlace => new("asset", asset.Spec.Name, PlanAction.Update, "the earlier revision is brought back"),
                _ => new("asset", asset.Spec.Name, PlanAction.Create, "the earlier place names the earlier asset; the new one stays unused"),
            });
        }

        changes.Add(new("config", release.Target.Environment, live is null ? PlanAction.Create : live.Target.Config == release.Target.Config ? PlanAction.Unchanged : PlanAction.Update, live is null ? null : "the earlier configuration is written again"));
        var wanted = release.Places.Select(place => ("place", place.Name)).Concat(release.Assets.Select(asset => ("asset", asset.Spec.Name))).ToHashSet();
        var gone = (live?.Places.Keys.Select(name => ("place", name)) ?? []).Concat(live?.Assets.Keys.Select(name => ("asset", name)) ?? []).Where(name => !wanted.Contains(name));
        return [.. changes, .. gone.Select(name => new PlanChange(name.Item1, name.Item2, PlanAction.Remove, "it stays at Roblox as it is"))];
    }

    /// <summary>What no rollback takes back.</summary>
    public static IReadOnlyList<string> CannotBeUndone(Release release, ReleaseVersion? live, IReadOnlySet<string> byOthers)
    {
        var lines = new List<string>();
        var (robux, uploads) = (Robux(release), release.Assets.Count(asset => asset.Action == AssetAction.Create));
        if (robux > 0)
        {
            lines.Add($"Up to {robux} Robux for uploads are spent.");
        }

        if (uploads > 0)
        {
            lines.Add($"{uploads} assets are uploaded; Roblox keeps them, and quotas count them.");
        }

        if (live is null)
        {
            lines.Add("This is the first version: there is none to go back to, and what the places hold now is not kept.");
        }

        lines.AddRange(byOthers.Order(StringComparer.Ordinal).Select(place =>
            $"{place} was changed at Roblox since version {live?.Version} was published: that work is overwritten, and only the place's own history keeps it."));
        lines.Add("Players on restarted servers are moved or leave; what scripts write to data stores stays.");
        return lines;
    }

    /// <summary>The most that the uploads may cost.</summary>
    public static long Robux(Release release) => release.Assets.Where(asset => asset.Action == AssetAction.Create).Sum(asset => asset.Spec.Price);

    /// <summary>Names what would be carried out and the state it was made for; the same wish on the same state has the same hash.</summary>
    public static string Hash(TenantId tenant, Release release, long basedOn) =>
        Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(new { tenant, release, basedOn }, ApiJson.Options)));
}
