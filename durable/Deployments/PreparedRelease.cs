using ToolboxAI.Shared.Deployments.Runs;

namespace ToolboxAI.Durable.Deployments;

/// <summary>A run whose release is prepared, and how far it is.</summary>
public sealed record PrepareReleaseInput(DeploymentStart Start, DeploymentState State);

/// <summary>What a step of preparation gave; what it does not concern is null.</summary>
/// <param name="Message">For the timeline.</param>
/// <param name="Failure">Why the release can't go on.</param>
/// <param name="Capabilities">What the scripts need.</param>
/// <param name="BundleSha256">The bundle.</param>
/// <param name="Rendered">The bytes to publish, by place.</param>
public sealed record PreparedRelease(
    string Message,
    string? Failure = null,
    IReadOnlyList<string>? Capabilities = null,
    string? BundleSha256 = null,
    IReadOnlyDictionary<string, string>? Rendered = null);
