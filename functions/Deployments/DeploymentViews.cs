using ToolboxAI.Shared.Deployments.Plans;
using ToolboxAI.Shared.Deployments.Releases;
using ToolboxAI.Shared.Deployments.Runs;
using ToolboxAI.Shared.Roblox.OpenCloud;

namespace ToolboxAI.Functions.Deployments;

/// <summary>A plan as the API shows it.</summary>
public sealed record PlanView(
    string PlanHash,
    string Experience,
    string Environment,
    string Version,
    IReadOnlyList<PlanChange> Changes,
    IReadOnlyList<string> CannotBeUndone,
    IReadOnlyList<string> ByHand,
    PlanCost Cost,
    IReadOnlyList<string> CapabilitiesWidened,
    IReadOnlyList<ReleaseFinding> Findings,
    IReadOnlyList<RestartForecast>? Restart,
    IReadOnlyList<string> Blocked,
    DateTimeOffset AppliesUntil)
{
    /// <summary>The view of a plan.</summary>
    public static PlanView Of(DeploymentPlan plan) => new(
        plan.Hash,
        plan.Release.Experience,
        plan.Release.Target.Environment,
        plan.Release.Version,
        plan.Changes,
        plan.CannotBeUndone,
        plan.ByHand,
        plan.Cost,
        plan.CapabilitiesWidened,
        plan.Findings,
        plan.Restart,
        plan.Blocked,
        plan.CreatedAt + PlanRules.Kept);
}

/// <summary>A deployment as the API shows it.</summary>
/// <param name="Id"><c>dep_…</c>.</param>
/// <param name="Kind">A deployment or a rollback.</param>
/// <param name="Experience">The experience.</param>
/// <param name="Environment">The environment.</param>
/// <param name="Version">The version that it brings.</param>
/// <param name="From">The version before; what it goes back to when the new one proves bad.</param>
/// <param name="Status">How it stands.</param>
/// <param name="Stage">The step that it is at.</param>
/// <param name="ProductionMoves">Places are between versions right now.</param>
/// <param name="Reason">Why it failed, was rejected or goes back.</param>
/// <param name="StartedBy">The API key's id.</param>
/// <param name="ApprovedBy">The API key's id.</param>
/// <param name="StartedAt">Business time.</param>
/// <param name="Attempt">From 1.</param>
/// <param name="WaitsUntil">Until when it waits for a person, or watches.</param>
/// <param name="PausedUntil">Roblox failed several times in a row: nothing is called before; null while all is well.</param>
/// <param name="AwaitingDecision">Paid uploads of which a person must say what became of them.</param>
/// <param name="Orphans">What may lie at Roblox unused.</param>
/// <param name="Health">The last look, by place.</param>
/// <param name="Timeline">What happened, the oldest first.</param>
public sealed record DeploymentView(
    string Id,
    DeploymentKind Kind,
    string Experience,
    string Environment,
    string Version,
    string? From,
    DeploymentStatus Status,
    DeploymentStage Stage,
    bool ProductionMoves,
    string? Reason,
    string StartedBy,
    string? ApprovedBy,
    DateTimeOffset StartedAt,
    int Attempt,
    DateTimeOffset? WaitsUntil,
    DateTimeOffset? PausedUntil,
    IReadOnlyList<string> AwaitingDecision,
    IReadOnlyList<Orphan> Orphans,
    IReadOnlyDictionary<string, HealthSample> Health,
    IReadOnlyList<TimelineEntry> Timeline)
{
    /// <summary>The view of a deployment.</summary>
    public static DeploymentView Of(Deployment deployment) => Of(deployment, pausedUntil: null);

    /// <summary>The view of a deployment whose owner's calls may be paused.</summary>
    public static DeploymentView Of(Deployment deployment, DateTimeOffset? pausedUntil)
    {
        var (start, state) = (deployment.Start, deployment.State);
        return new(
            start.Id,
            start.Kind,
            start.Experience,
            start.Environment,
            start.Release?.Version ?? start.Goal!.Version,
            start.Kind == DeploymentKind.Deploy ? start.Goal?.Version : null,
            state.Status,
            state.Stage,
            state.Stage is > DeploymentStage.Begin and <= DeploymentStage.Complete,
            state.Reason,
            deployment.StartedBy,
            state.ApprovedBy,
            deployment.StartedAt,
            start.Attempt,
            state.Until,
            pausedUntil,
            [.. state.Assets.Where(asset => asset.Value.NeedsDecision).Select(asset => asset.Key)],
            state.Orphans,
            state.Health,
            state.Timeline);
    }
}

/// <summary>A version that was complete once.</summary>
public sealed record VersionView(
    string Version, string DeploymentId, DateTimeOffset CompletedAt, Provenance Provenance, string BundleSha256, IReadOnlyDictionary<string, string> Artefacts)
{
    /// <summary>The view of a version.</summary>
    public static VersionView Of(ReleaseVersion version) =>
        new(version.Version, version.DeploymentId, version.CompletedAt, version.Provenance, version.BundleSha256, version.Artefacts);
}

/// <summary>What is live on an environment.</summary>
/// <param name="Experience">The experience.</param>
/// <param name="Environment">The environment.</param>
/// <param name="Version">The version that was complete last.</param>
/// <param name="MovingTo">The version that places move to right now; null while one version is complete.</param>
/// <param name="Deployment">The deployment that has the experience; null when none has.</param>
/// <param name="Versions">What can be brought back, the newest first.</param>
public sealed record ExperienceView(
    string Experience, string Environment, string? Version, string? MovingTo, string? Deployment, IReadOnlyList<VersionView> Versions);
