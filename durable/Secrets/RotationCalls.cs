using DurableTask.Core.Exceptions;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using ToolboxAI.Shared.Http;
using ToolboxAI.Shared.Secrets;
using ToolboxAI.Shared.Secrets.Rotation;

namespace ToolboxAI.Durable.Secrets;

/// <summary>Starting, finding and undoing rotations.</summary>
public static class RotationCalls
{
    private static readonly OrchestrationRuntimeStatus[] Going =
        [OrchestrationRuntimeStatus.Pending, OrchestrationRuntimeStatus.Running, OrchestrationRuntimeStatus.Suspended];

    /// <summary>Where the secret's rotation stands; null when none runs.</summary>
    public static async Task<RotationStage?> FindRotation(this DurableTaskClient durable, string name, CancellationToken ct)
    {
        var run = await durable.GetInstanceAsync(RotationStart.InstanceOf(name), getInputsAndOutputs: true, ct);
        return run is null || !Going.Contains(run.RuntimeStatus) ? null
            : run.SerializedCustomStatus is null ? RotationStage.Creating
            : run.ReadCustomStatusAs<RotationStage>();
    }

    /// <summary>Starts a rotation; why not, or null when it was started.</summary>
    /// <param name="durable">The task hub.</param>
    /// <param name="desk">Prepares it.</param>
    /// <param name="kind">The secret.</param>
    /// <param name="value">The new value, where an operator brings it.</param>
    /// <param name="expiresAt">When the new version expires; null for the time of the settings.</param>
    /// <param name="ct">Cancels.</param>
    public static async Task<Refusal?> StartRotation(
        this DurableTaskClient durable, RotationDesk desk, SecretKind kind, SecretValue? value, DateTimeOffset? expiresAt, CancellationToken ct)
    {
        if (await durable.FindRotation(kind.Name, ct) is not null)
        {
            return new RotationRunning();
        }

        var (start, refusal) = await desk.Prepare(kind, value, expiresAt, ct);
        if (start is null)
        {
            return refusal;
        }

        try
        {
            var options = new StartOrchestrationOptions(start.InstanceId).WithDedupeStatuses(Going);
            await durable.ScheduleNewOrchestrationInstanceAsync(RotationStart.Orchestration, start, options, ct);
            return null;
        }
        catch (OrchestrationAlreadyExistsException)
        {
            await desk.Drop(start, ct);                  // another caller was faster
            return new RotationRunning();
        }
    }

    /// <summary>Has a rotation undone; why not, or null when it was told.</summary>
    public static async Task<Refusal?> UndoRotation(this DurableTaskClient durable, SecretKind kind, CancellationToken ct)
    {
        switch (await durable.FindRotation(kind.Name, ct))
        {
            case null:
                return new RotationNotRunning();
            case RotationStage.Retiring:
                return new RotationPastUndo();
            default:
                var isTold = await durable.TryRaiseEvent(RotationStart.InstanceOf(kind.Name), RotationStart.Undo, "by hand", ct);
                return isTold ? null : new RotationNotRunning();
        }
    }
}
