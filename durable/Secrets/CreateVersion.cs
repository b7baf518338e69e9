using Microsoft.Azure.Functions.Worker;
using ToolboxAI.Shared.Secrets.Rotation;

namespace ToolboxAI.Durable.Secrets;

/// <summary>The first step of a rotation: a new version, which waits.</summary>
public sealed class CreateVersion(RotationSteps steps)
{
    /// <summary>Makes it, or finds the one that an earlier run made.</summary>
    [Function(nameof(CreateVersion))]
    public Task Run([ActivityTrigger] RotationStart start, CancellationToken ct) => steps.Create(start, ct);
}
