using Microsoft.Azure.Functions.Worker;
using ToolboxAI.Shared.Secrets.Rotation;

namespace ToolboxAI.Durable.Secrets;

/// <summary>The check of a rotation: the new version works at its issuer.</summary>
public sealed class VerifyVersion(RotationSteps steps)
{
    /// <summary>Uses it in the smallest way.</summary>
    [Function(nameof(VerifyVersion))]
    public Task Run([ActivityTrigger] RotationStart start, CancellationToken ct) => steps.Verify(start, ct);
}
