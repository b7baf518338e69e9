using Microsoft.Azure.Functions.Worker;
using ToolboxAI.Shared.Secrets.Rotation;

namespace ToolboxAI.Durable.Secrets;

/// <summary>The way back of a rotation: the new version is worth nothing.</summary>
public sealed class UndoRotation(RotationSteps steps)
{
    /// <summary>Disables and revokes it; a repetition changes nothing.</summary>
    [Function(nameof(UndoRotation))]
    public Task Run([ActivityTrigger] RotationStart start, CancellationToken ct) => steps.Undo(start, ct);
}
