using Microsoft.Azure.Functions.Worker;
using ToolboxAI.Shared.Secrets.Rotation;

namespace ToolboxAI.Durable.Secrets;

/// <summary>The second step of a rotation: the new version is the one that is used.</summary>
public sealed class DistributeVersion(RotationSteps steps)
{
    /// <summary>Hands it out; a repetition changes nothing.</summary>
    [Function(nameof(DistributeVersion))]
    public Task Run([ActivityTrigger] RotationStart start, CancellationToken ct) => steps.Distribute(start, ct);
}
