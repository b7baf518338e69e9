using System.Text.Json.Nodes;
using ToolboxAI.Shared.Deployments.Runs;
using ToolboxAI.Tests.Support.Data;

namespace ToolboxAI.Tests.Simulation.Deployments;

/// <summary>What must hold when all is calm again.</summary>
public static class DeploymentInvariants
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    /// <summary>What does not hold.</summary>
    public static async Task<IReadOnlyList<string>> Check(DeploymentWorld world, Studio studio)
    {
        var broken = new List<string>(world.Simulation.Surprises);
        var all = await studio.All();
        var shown = await world.Roblox.ShowAsync(2003);
        foreach (var deployment in all)
        {
            var (start, state) = (deployment.Start, deployment.State);
            if (!state.Ended)
            {
                broken.Add($"{start.Id} has not ended: {state.Status} at {state.Stage}");
            }

            if (start.Kind == DeploymentKind.Rollback && state.Status is not (DeploymentStatus.Succeeded or DeploymentStatus.Superseded))
            {
                broken.Add($"rollback {start.Id} to {start.Goal!.Version} ended {state.Status}: {state.Reason}");
            }

            if (state.Status == DeploymentStatus.DeadLettered && state.Stage >= DeploymentStage.Begin)
            {
                broken.Add($"{start.Id} left production at {state.Stage}: {state.Reason}");
            }
        }

        await CheckProduction(world, shown, broken);
        CheckPayments(shown, studio, broken);
        foreach (var window in shown["windows"]!.AsArray())
        {
            var (most, limit) = (window!["most"]!.GetValue<long>(), window["limit"]!.GetValue<long>());
            if (most > limit * 1.01)
            {
                broken.Add($"{window["endpoint"]}: {most} calls in a minute, {limit} are allowed");
            }
        }

        return broken;
    }

    /// <summary>Exactly one version, and all of it: places, configuration, Models that change in place.</summary>
    private static async Task CheckProduction(DeploymentWorld world, JsonObject shown, List<string> broken)
    {
        await using var work = await world.Units.Begin(ProductDatabase.Demo, Ct);
        var experience = await world.Stores.Experiences.Find(work, "treasure-hunt/production", Ct);
        if (experience is not { MovingTo: null, Holder: null, Version: { } live })
        {
            broken.Add($"production is not on one complete version: {experience}");
            return;
        }

        var version = (await world.Stores.Releases.Find(work, "treasure-hunt", "production", live, Ct))!;
        var published = new List<DateTimeOffset>();
        foreach (var (name, sha256) in version.Places)
        {
            var placeId = version.Target.Places[name].ToString(System.Globalization.CultureInfo.InvariantCulture);
            var place = shown["places"]!.AsArray().Single(place => place!["placeId"]!.GetValue<string>() == placeId)!;
            var newest = place["versions"]!.AsArray()[^1]!;
            published.Add(newest["createdAt"]!.GetValue<DateTimeOffset>());
            if (newest["sha256"]!.GetValue<string>() != sha256)
            {
                broken.Add($"{name} is not as version {live} has it");
            }

            if (newest["failsTests"]?.GetValue<bool>() == true)
            {
                broken.Add($"{name} is on version {live}, which fails its tests");
            }

            if (place["servers"]!.AsArray().Any(server => server!["version"]!.GetValue<long>() != newest["version"]!.GetValue<long>()))
            {
                broken.Add($"servers of {name} run an old version");
            }
        }

        var entry = shown["entries"]!.AsArray().FirstOrDefault();
        if (entry is null || !JsonNode.DeepEquals(entry["value"], JsonNode.Parse(version.Target.Config)))
        {
            broken.Add($"the configuration is not version {live}'s: {entry?["value"]?.ToJsonString()}");
        }

        foreach (var (name, asset) in version.Assets.Where(asset => asset.Value.InPlace))
        {
            var there = shown["assets"]!.AsArray().Single(at => at!["assetId"]!.GetValue<long>() == asset.AssetId)!;
            var newest = there["versions"]!.AsArray()[^1]!;
            if (newest["sha256"]!.GetValue<string>() != asset.Sha256)
            {
                broken.Add($"{name} does not have version {live}'s content");
            }

            if (published.Any(at => at < newest["moderatedAt"]!.GetValue<DateTimeOffset>()))
            {
                broken.Add($"version {live} went live before moderation had approved {name}");
            }
        }
    }

    private static void CheckPayments(JsonObject shown, Studio studio, List<string> broken)
    {
        var paid = shown["assets"]!.AsArray().Where(asset => asset!["price"]!.GetValue<long>() > 0)
            .GroupBy(asset => $"{asset!["displayName"]} {asset["versions"]![0]!["sha256"]}");
        foreach (var upload in paid.Where(upload => upload.Count() > 1 + studio.Repeats.GetValueOrDefault(upload.Key)))
        {
            broken.Add($"{upload.Key} was paid {upload.Count()} times");
        }
    }
}
