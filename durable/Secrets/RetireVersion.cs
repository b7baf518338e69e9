using Microsoft.Azure.Functions.Worker;
using ToolboxAI.Shared.Secrets.Rotation;

namespace ToolboxAI.Durable.Secrets;

/// <summary>The last step of a rotation: the old versions are worth nothing.</summary>
public sealed class RetireVersion(RotationSteps steps)
{
    /// <summary>Revokes and disables them; those that are done already stay as they are.</summary>
    [Function(nameof(RetireVersion))]
    public Task Run([ActivityTrigger] RotationStart start, CancellationToken ct) => steps.Retire(start, ct);
}
