using System.Collections.Immutable;
using ToolboxAI.Shared.Deployments.Manifest;
using ToolboxAI.Shared.Deployments.Plans;
using ToolboxAI.Shared.Deployments.Releases;
using ToolboxAI.Shared.Deployments.Runs;
using ToolboxAI.Shared.Luau.Scan;
using ToolboxAI.Shared.Roblox.OpenCloud;
using ToolboxAI.Tests.Support.Data;

namespace ToolboxAI.Tests.Deployments;

/// <summary>What the stores keep, with something in every field.</summary>
internal static class StoredDeployments
{
    private static readonly RobloxOwner Owner = new(OwnerKind.Group, 7);
    private static readonly ReleasePolicy Policy = new(true, 24, 10, 0.5, 40);
    private static readonly Provenance Origin = new("key_1", "4f2a91c", new Dictionary<string, string> { ["toolbox"] = "1.0.0" });

    public static Release Release(string sha256, string experience = "game") => new(
        experience,
        "1.1.0",
        Owner,
        "open-cloud",
        [new("lobby", sha256)],
        [new(new("chest", "Model", "chest.rbxm", "Truhe «Ä»", "x", 10, true, ["wave"]), sha256, AssetAction.ChangeInPlace, 9_000_001, 3)],
        sha256,
        60,
        Policy,
        Target("production"),
        Target("staging"),
        sha256,
        Origin,
        new Dictionary<string, long> { ["lobby"] = 12 });

    public static ReleaseVersion Version(string version, DateTimeOffset completedAt, string experience = "game") => new(
        experience,
        "production",
        version,
        new Dictionary<string, string> { ["lobby"] = "b1" },
        new Dictionary<string, LiveAsset> { ["chest"] = new("Model", 9_000_001, 3, "b2", true) },
        new Dictionary<string, string> { ["place/lobby"] = "1.0.1", ["asset/chest"] = "1.0.0" },
        ["http"],
        Target("production"),
        Owner,
        "open-cloud",
        Policy,
        "b3",
        Origin,
        "dep_0",
        completedAt);

    public static DeploymentPlan Plan(string hash, string sha256, DateTimeOffset createdAt) => new(
        hash,
        4,
        [new("place", "lobby", PlanAction.Update, "the earlier file is published again")],
        ["Players move."],
        ["Choose the icon."],
        new(10, new Dictionary<string, int> { ["Model"] = 1 }, [new("AUDIO", 1, 100, createdAt.AddDays(3))]),
        ["http"],
        [new("lobby", "Workspace.Main", "hidden-require", Severity.Warning, 3, "A hidden require.")],
        [new(3021, 20, 2)],
        ["The quota is used up."],
        Release(sha256),
        createdAt);

    public static Shared.Deployments.Runs.Deployment Deployment(string id, string sha256, DateTimeOffset startedAt, DeploymentStatus status, string experience = "game")
    {
        var start = new DeploymentStart(ProductDatabase.Demo, id, 3, 1, DeploymentKind.Deploy, Release(sha256, experience), null);
        var state = DeploymentRules.Start(DeploymentKind.Deploy, startedAt) with
        {
            Status = status,
            Stage = DeploymentStage.Approve,
            Assets = ImmutableSortedDictionary<string, AssetProgress>.Empty.Add("chest", new(9_000_001, 4, true)),
            Rendered = ImmutableSortedDictionary<string, string>.Empty.Add("lobby", sha256),
            Staged = ImmutableSortedDictionary<string, long>.Empty.Add("lobby", 7),
            Baseline = ImmutableSortedDictionary<string, HealthSample>.Empty.Add("lobby", new(2, 20, 0.5)),
            Models = ["chest"],
            Until = startedAt.AddHours(8),
            Reason = "because",
            Orphans = [new("version 6 of lobby", startedAt)],
        };
        return new(start, state, "key_1", startedAt, 4);
    }

    private static ReleaseTarget Target(string environment) => new(environment, 2003, new Dictionary<string, long> { ["lobby"] = 3021 }, """{"rounds":5}""");
}
