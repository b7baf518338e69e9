using ToolboxAI.Shared.Deployments.Releases;
using ToolboxAI.Shared.Roblox.OpenCloud;

namespace ToolboxAI.Shared.Deployments.Plans;

/// <summary>What is asked for a plan.</summary>
/// <param name="Manifest">The text of <c>toolbox.yml</c>, at most 256 KiB.</param>
/// <param name="Files">The SHA-256 of each file that the manifest names, by its path. Their content is uploaded before.</param>
/// <param name="Environment">Where to deploy; <c>production</c> when absent.</param>
/// <param name="Version">The release's semantic version; the next one when absent.</param>
/// <param name="Commit">The source's commit.</param>
/// <param name="Tools">Names and versions of the tools that built it.</param>
public sealed record PlanRequest(
    string Manifest,
    IReadOnlyDictionary<string, string> Files,
    string Environment = "production",
    string? Version = null,
    string? Commit = null,
    IReadOnlyDictionary<string, string>? Tools = null);

/// <summary>What happens to an artefact.</summary>
public enum PlanAction
{
    /// <summary>It comes.</summary>
    Create,

    /// <summary>It changes.</summary>
    Update,

    /// <summary>It stays as it is.</summary>
    Unchanged,

    /// <summary>It is no longer part of the release; at Roblox it stays.</summary>
    Remove,
}

/// <summary>A line of a plan.</summary>
/// <param name="Kind"><c>place</c>, <c>asset</c> or <c>config</c>.</param>
/// <param name="Name">Its name in the manifest.</param>
/// <param name="Action">What happens.</param>
/// <param name="Undo">How a rollback undoes it; null when it can't.</param>
public sealed record PlanChange(string Kind, string Name, PlanAction Action, string? Undo);

/// <summary>What a plan costs.</summary>
/// <param name="Robux">The most that uploads may cost.</param>
/// <param name="Uploads">How many, by asset type.</param>
/// <param name="Quotas">What is left of the upload quotas; null when Roblox did not say in time.</param>
public sealed record PlanCost(long Robux, IReadOnlyDictionary<string, int> Uploads, IReadOnlyList<QuotaReading>? Quotas);

/// <summary>What Roblox says about the moment of planning; null where it did not answer in time.</summary>
/// <param name="Restart">What a restart would do to players.</param>
/// <param name="Quotas">The owner's upload quotas.</param>
/// <param name="Places">The number of each place's newest version, by the places' names.</param>
/// <param name="Problems">What Roblox refuses, in words: the release can't be deployed as it is.</param>
public sealed record PlanFacts(
    IReadOnlyList<RestartForecast>? Restart, IReadOnlyList<QuotaReading>? Quotas, IReadOnlyDictionary<string, long>? Places = null, IReadOnlyList<string>? Problems = null)
{
    /// <summary>Nothing is known.</summary>
    public static PlanFacts Unknown { get; } = new(null, null);
}

/// <summary>What a deployment would do. Its hash names the release and the state that it was made for.</summary>
/// <param name="Hash">SHA-256.</param>
/// <param name="BasedOn">The experience's revision.</param>
/// <param name="Changes">Creates, updates, unchanged, removed.</param>
/// <param name="CannotBeUndone">In words.</param>
/// <param name="ByHand">What Open Cloud has no call for, in words.</param>
/// <param name="Cost">Robux and quotas.</param>
/// <param name="CapabilitiesWidened">What the scripts need that those of the live version do not.</param>
/// <param name="Findings">Of the scan.</param>
/// <param name="Restart">Servers and players affected; null when Roblox did not say in time.</param>
/// <param name="Blocked">Why it can't be applied; empty when it can.</param>
/// <param name="Release">What would be carried out.</param>
/// <param name="CreatedAt">Business time; it can be applied for a day.</param>
public sealed record DeploymentPlan(
    string Hash,
    long BasedOn,
    IReadOnlyList<PlanChange> Changes,
    IReadOnlyList<string> CannotBeUndone,
    IReadOnlyList<string> ByHand,
    PlanCost Cost,
    IReadOnlyList<string> CapabilitiesWidened,
    IReadOnlyList<ReleaseFinding> Findings,
    IReadOnlyList<RestartForecast>? Restart,
    IReadOnlyList<string> Blocked,
    Release Release,
    DateTimeOffset CreatedAt);
