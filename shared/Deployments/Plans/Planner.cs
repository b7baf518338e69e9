using System.Collections.Immutable;
using System.Text;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Deployments.Content;
using ToolboxAI.Shared.Deployments.Manifest;
using ToolboxAI.Shared.Deployments.Releases;
using ToolboxAI.Shared.Deployments.Runs;
using ToolboxAI.Shared.Http;
using ToolboxAI.Shared.Tenants;

namespace ToolboxAI.Shared.Deployments.Plans;

/// <summary>What a plan is made of, before Roblox was asked.</summary>
public sealed record PlanDraft(ResolvedManifest Manifest, ExperienceState? Experience);

/// <summary>Makes plans.</summary>
public sealed class Planner(IUnitOfWorkFactory units, IExperiences experiences, IReleases releases, IDeployments deployments, IContentStore content, TimeProvider clock)
{
    private const int MostVersions = 200;

    /// <summary>Reads the manifest; the draft, or why there is none.</summary>
    public async Task<(PlanDraft? Draft, Refusal? Refusal)> Read(TenantId tenant, PlanRequest request, CancellationToken ct)
    {
        var (manifest, errors) = ManifestReader.Read(request.Manifest, request.Environment);
        if (manifest is null)
        {
            return (null, new InvalidManifest(errors));
        }

        var files = new List<ReleaseFile>();
        foreach (var (file, type) in manifest.Files)
        {
            if (!request.Files.TryGetValue(file, out var sha256) || !ContentHash.IsValid(sha256))
            {
                return (null, new FileNotNamed(file));
            }

            if (await content.Keep(tenant, sha256, ct) is not { } bytes)
            {
                return (null, new ContentMissing(file, sha256));
            }

            files.Add(new(file, type, sha256, bytes));
        }

        if (ReleaseLimits.Refusal(files) is { } tooLarge)
        {
            return (null, new FilesTooLarge(tooLarge));
        }

        await using var work = await units.Begin(tenant, ct);
        return (new(manifest, await experiences.Find(work, ExperienceState.KeyOf(manifest.Experience, manifest.Target.Environment), ct)), null);
    }

    /// <summary>Makes a plan and keeps it; the plan, or why there is none.</summary>
    public async Task<(DeploymentPlan? Plan, Refusal? Refusal)> Make(
        TenantId tenant, string keyId, PlanRequest request, PlanDraft draft, PlanFacts facts, CancellationToken ct)
    {
        var manifest = draft.Manifest;
        await using var work = await units.Begin(tenant, ct);
        var experience = draft.Experience;
        var versions = await releases.List(work, manifest.Experience, manifest.Target.Environment, MostVersions, ct);
        var live = versions.FirstOrDefault(version => version.Version == experience?.Version);
        var assets = new List<ReleaseAsset>();
        foreach (var spec in manifest.Assets)
        {
            var sha256 = request.Files[spec.File];
            var cached = await releases.FindAsset(work, manifest.Owner.ToString(), spec.Type, sha256, ct);
            assets.Add(PlanRules.Asset(spec, sha256, live?.Assets.GetValueOrDefault(spec.Name), experience?.Models ?? ImmutableSortedDictionary<long, string>.Empty, cached));
        }

        var scan = await Scan(tenant, request, manifest, assets, ct);
        var widened = scan.Capabilities.Except(live?.Capabilities ?? []).ToList();
        var last = versions.Select(version => SemanticVersion.Parse(version.Version)).Max();
        var removes = live is not null && (live.Places.Keys.Except(manifest.Places.Keys).Any() || live.Assets.Keys.Except(assets.Select(asset => asset.Spec.Name)).Any());
        var adds = live is not null && (widened.Count > 0 || manifest.Places.Keys.Except(live.Places.Keys).Any() || assets.Exists(asset => !live.Assets.ContainsKey(asset.Spec.Name)));
        var wanted = request.Version is null ? VersionRules.Next(last, removes, adds) : SemanticVersion.Parse(request.Version);
        if (wanted is not { } version || version <= last)
        {
            return (null, new InvalidVersion(request.Version!, last?.ToString()));
        }

        var manifestSha256 = await content.Put(tenant, Encoding.UTF8.GetBytes(request.Manifest), ct);
        var release = new Release(
            manifest.Experience,
            version.ToString(),
            manifest.Owner,
            manifest.KeyName,
            [.. manifest.Places.Select(place => new ReleasePlace(place.Key, request.Files[place.Value])).OrderBy(place => place.Name, StringComparer.Ordinal)],
            assets,
            manifest.Smoke is { } smoke ? request.Files[smoke.File] : null,
            manifest.Smoke?.TimeoutSeconds ?? 0,
            manifest.Policy,
            manifest.Target,
            manifest.Staging,
            manifestSha256,
            new(keyId, request.Commit, request.Tools ?? new Dictionary<string, string>()),
            facts.Places);
        var plan = Describe(tenant, release, experience, manifest.ByHand, live, await Sources(work, live, ct), widened, scan, facts);
        await deployments.AddPlan(work, plan, ct);
        await work.Commit(ct);
        return (plan, null);
    }

    private DeploymentPlan Describe(
        TenantId tenant, Release release, ExperienceState? experience, IReadOnlyList<string> byHand, ReleaseVersion? live, IReadOnlyDictionary<string, string>? sources, IReadOnlyList<string> widened, ReleaseScanReport scan, PlanFacts facts)
    {
        var uploads = release.Assets.Where(asset => asset.Action == AssetAction.Create).GroupBy(asset => asset.Spec.Type).ToDictionary(type => type.Key, type => type.Count());
        var (basedOn, byOthers) = (experience?.Revision ?? 0, PlanRules.ByOthers(release.Seen, experience?.Published));
        return new(
            PlanRules.Hash(tenant, release, basedOn),
            basedOn,
            PlanRules.Changes(release, live, sources, byOthers),
            PlanRules.CannotBeUndone(release, live, byOthers),
            byHand,
            new(PlanRules.Robux(release), uploads, facts.Quotas),
            widened,
            scan.Findings,
            facts.Restart is null ? null : [.. facts.Restart.Where(place => release.Target.Places.Values.Contains(place.PlaceId))],
            Blocked(scan, uploads, facts),
            release,
            clock.GetUtcNow());
    }

    /// <summary>The files that the live version was made from.</summary>
    private async Task<IReadOnlyDictionary<string, string>?> Sources(IUnitOfWork work, ReleaseVersion? live, CancellationToken ct) =>
        live is null ? null : (await deployments.Find(work, live.DeploymentId, ct))?.Start.Release?.Places.ToDictionary(place => place.Name, place => place.Sha256);

    private Task<ReleaseScanReport> Scan(TenantId tenant, PlanRequest request, ResolvedManifest manifest, List<ReleaseAsset> assets, CancellationToken ct)
    {
        var files = manifest.Places.Select(place => (place.Key, "Place", request.Files[place.Value]))
            .Concat(assets.Where(asset => asset.Action != AssetAction.Keep).Select(asset => (asset.Spec.Name, asset.Spec.Type, asset.Sha256)));
        return ReleaseScan.Run(files, sha256 => content.Read(tenant, sha256, ct), assets.Select(asset => asset.Spec.Name).ToHashSet(), DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime));
    }

    private static List<string> Blocked(ReleaseScanReport scan, Dictionary<string, int> uploads, PlanFacts facts)
    {
        var blocked = new List<string>(facts.Problems ?? []);
        if (scan.Refused is { } refused)
        {
            blocked.Add(refused);
        }

        foreach (var quota in facts.Quotas ?? [])
        {
            var wanted = uploads.FirstOrDefault(type => type.Key.Equals(quota.AssetType, StringComparison.OrdinalIgnoreCase)).Value;
            if (wanted > quota.Capacity - quota.Usage)
            {
                blocked.Add($"The quota leaves {quota.Capacity - quota.Usage} uploads of {quota.AssetType} until {quota.ResetsAt:u}; {wanted} are wanted.");
            }
        }

        return blocked;
    }
}
