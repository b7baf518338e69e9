using System.Globalization;
using System.Text;
using ToolboxAI.Shared.Deployments.Plans;
using ToolboxAI.Shared.Deployments.Runs;
using ToolboxAI.Shared.Tenants;
using ToolboxAI.Tests.Support.Data;

namespace ToolboxAI.Tests.Simulation.Deployments;

/// <summary>How large releases are, and whether they go through staging.</summary>
public sealed record ReleaseSize(int Places, int Assets, bool HasStaging = true);

/// <summary>The people: they write releases, deploy them, approve, decide, retry, and roll back.</summary>
public sealed class Studio(DeploymentWorld world, ReleaseSize size)
{
    private static readonly CancellationToken Ct = CancellationToken.None;
    private int edition;

    /// <summary>How often a person said that a paid upload is to be made again, by the asset's display name.</summary>
    public Dictionary<string, int> Repeats { get; } = [];

    private static TenantId Tenant => ProductDatabase.Demo;

    /// <summary>All deployments, the newest first.</summary>
    public async Task<IReadOnlyList<Deployment>> All()
    {
        await using var work = await world.Units.Begin(Tenant, Ct);
        return await world.Stores.Deployments.Page(work, null, null, 200, Ct);
    }

    /// <summary>Deploys a first release, which is well; in half of the studios the assets come with the next.</summary>
    public async Task DeployFirst(DeploymentApp app) =>
        await app.Deploy(Tenant, await Write("", "", approval: "none", assets: world.Scheduler.Chance(0.5) ? size.Assets : 0));

    /// <summary>Deploys a release that may be well.</summary>
    public async Task Deploy(DeploymentApp app)
    {
        var s = world.Scheduler;
        var place = s.Next(10) switch { 0 => "simulate: crash", 1 => "simulate: failing tests", _ => "" };
        var asset = s.Next(12) switch { 0 => " (rejected)", 1 => " (broken)", 2 => " (review)", _ => "" };
        await app.Deploy(Tenant, await Write(place, asset, s.Chance(0.7) ? "none" : "required", size.Assets));
    }

    /// <summary>Takes back the newest, or goes to any version.</summary>
    public async Task RollBack(DeploymentApp app)
    {
        if (await All() is [var newest, ..])
        {
            await using var work = await world.Units.Begin(Tenant, Ct);
            var versions = await world.Stores.Releases.List(work, "treasure-hunt", "production", 50, Ct);
            await app.RollBack(Tenant, newest.Start.Id, world.Scheduler.Chance(0.4) && versions.Count > 0 ? world.Scheduler.Pick(versions).Version : null);
        }
    }

    /// <summary>Does what waits for a person.</summary>
    public async Task Look(DeploymentApp app, bool isCalm)
    {
        foreach (var deployment in await All())
        {
            var (id, state) = (deployment.Start.Id, deployment.State);
            if (state.Status == DeploymentStatus.AwaitingApproval)
            {
                var kind = world.Scheduler.Chance(0.85) ? DeploymentSignalKind.Approve : DeploymentSignalKind.Reject;
                await app.Tell(Tenant, id, new(kind, DeploymentWorld.Approver.Id));
            }

            foreach (var name in state.Assets.Where(asset => asset.Value.NeedsDecision).Select(asset => asset.Key))
            {
                await Decide(app, deployment, name);
            }

            if (await IsWorthRetrying(deployment) && (isCalm || world.Scheduler.Chance(0.3)))
            {
                await app.Retry(Tenant, id);
            }
        }
    }

    /// <summary>Whether all has ended, and nothing is left that would end otherwise another time.</summary>
    public async Task<bool> IsDone()
    {
        foreach (var deployment in await All())
        {
            if (!deployment.State.Ended || await IsWorthRetrying(deployment))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Would it end otherwise another time? A file that is bad stays bad.</summary>
    private async Task<bool> IsWorthRetrying(Deployment deployment) => deployment.State.Status == DeploymentStatus.DeadLettered
        && deployment.State.Reason is { } reason
        && !reason.Contains("moderation", StringComparison.Ordinal) && !reason.Contains("could not process", StringComparison.Ordinal) && !reason.Contains("the test failed", StringComparison.Ordinal)
        && deployment.BasedOn == await Revision();

    /// <summary>What came after a failed deployment has moved the state: it can't go on any more.</summary>
    private async Task<long> Revision()
    {
        await using var work = await world.Units.Begin(Tenant, Ct);
        return (await world.Stores.Experiences.Find(work, "treasure-hunt/production", Ct))?.Revision ?? 0;
    }

    private async Task Decide(DeploymentApp app, Deployment deployment, string name)
    {
        if (world.Scheduler.Chance(0.15))
        {
            await app.Tell(Tenant, deployment.Start.Id, new(DeploymentSignalKind.Reject, DeploymentWorld.Approver.Id));
            return;
        }

        var asset = deployment.Start.Release!.Assets.Single(asset => asset.Spec.Name == name);
        var shown = await world.Roblox.ShowAsync(2003);
        var there = shown["assets"]!.AsArray().FirstOrDefault(at =>
            at!["displayName"]!.GetValue<string>() == asset.Spec.DisplayName && at["versions"]![0]!["sha256"]!.GetValue<string>() == asset.Sha256);
        if (there is null)
        {
            var key = $"{asset.Spec.DisplayName} {asset.Sha256}";
            Repeats[key] = Repeats.GetValueOrDefault(key) + 1;
            await app.Tell(Tenant, deployment.Start.Id, new(DeploymentSignalKind.RepeatUpload, DeploymentWorld.Approver.Id, name));
        }
        else
        {
            await app.Tell(Tenant, deployment.Start.Id, new(DeploymentSignalKind.UseAsset, DeploymentWorld.Approver.Id, name, there["assetId"]!.GetValue<long>()));
        }
    }

    private async Task<PlanRequest> Write(string placeMarker, string assetMarker, string approval, int assets)
    {
        var s = world.Scheduler;
        edition++;
        var files = new Dictionary<string, string>();
        var manifest = new StringBuilder($"""
            version: 1
            experience: treasure-hunt
            owner: {"{ user: 1001 }"}
            secrets: {"{ openCloud: open-cloud }"}
            configs: {"{"} edition: {edition} {"}"}
            smoke: {"{ script: smoke.luau }"}
            policy: {"{"} approval: {approval}, watchMinutes: 1, approvalHours: 8 {"}"}
            places:

            """);
        files["smoke.luau"] = await Put("return true");
        for (var place = 1; place <= size.Places; place++)
        {
            manifest.AppendLine(CultureInfo.InvariantCulture, $"  place-{place}: {{ file: place-{place}.rbxlx }}");
            files[$"place-{place}.rbxlx"] = await Put(Place(place, edition, place == 1 ? placeMarker : "", assets > 0 ? "toolbox://assets/asset-1" : ""));
        }

        manifest.AppendLine(assets > 0 ? "assets:" : "");
        for (var asset = 1; asset <= assets; asset++)
        {
            // Every fourth is a Model that changes in place, every fifth sound is paid for; some stay as they are.
            var (type, inPlace, price) = asset % 4 == 0 ? ("Model", true, 0) : asset % 5 == 0 ? ("Audio", false, 10) : ("Animation", false, asset % 7 == 0 ? 10 : 0);
            var changed = s.Chance(0.5) ? edition : 0;
            var marker = asset == (edition % 2 == 0 ? 4 : 1) ? assetMarker : "";
            var name = $"Asset {asset}{(price > 0 ? " (costs 10)" : "")}{marker}";
            manifest.AppendLine(CultureInfo.InvariantCulture, $"  asset-{asset}: {{ type: {type}, file: asset-{asset}, name: \"{name}\", price: {price}, inPlace: {(inPlace ? "true" : "false")}{(asset == 2 ? ", needs: [asset-1]" : "")} }}");
            files[$"asset-{asset}"] = await Put(type == "Audio" ? $"OggS asset {asset} {changed}" : $"""<roblox version="4"><!-- {asset} {changed} {marker} --></roblox>""");
        }

        manifest.AppendLine("environments:");
        var through = size.HasStaging ? ", through: staging" : "";
        foreach (var (environment, universe, first, way) in (ReadOnlySpan<(string, long, long, string)>)[("staging", 2002, 3011, ""), ("production", 2003, 3021, through)])
        {
            var places = string.Join(", ", Enumerable.Range(0, size.Places).Select(n => $"place-{n + 1}: {first + n}"));
            manifest.AppendLine(CultureInfo.InvariantCulture, $"  {environment}: {{ universe: {universe}, places: {{ {places} }}{way} }}");
        }

        return new(manifest.ToString(), files, Version: $"1.{edition}.0");
    }

    private static string Place(int place, int edition, string marker, string link) => $"""
        <roblox version="4"><Item class="Workspace" referent="R0"><Properties><string name="Name">Workspace</string></Properties>
        <Item class="Script" referent="R1"><Properties><string name="Name">Main</string><ProtectedString name="Source"><![CDATA[-- {place} {edition} {marker}
        local look = "{link}"
        print(look)
        ]]></ProtectedString></Properties></Item></Item></roblox>
        """;

    private Task<string> Put(string text) => world.Content.Put(Tenant, Encoding.UTF8.GetBytes(text), Ct);
}
