using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using ToolboxAI.Shared.Secrets.Rotation;

namespace ToolboxAI.Durable.Secrets;

/// <summary>
/// Replaces a secret without a moment in which none works: create, distribute, verify, retire. Until the old version is retired everything
/// can be undone, by a person or because a step failed for good.
/// </summary>
public static class RotateSecret
{
    /// <summary>Runs to the end; fails, with everything undone, when the new version can't be made or does not work.</summary>
    [Function(RotationStart.Orchestration)]
    public static async Task<RotationOutcome> Run([OrchestrationTrigger] TaskOrchestrationContext context, RotationStart start)
    {
        var undo = context.WaitForExternalEvent<string>(RotationStart.Undo);
        try
        {
            context.SetCustomStatus(RotationStage.Creating);
            await context.CallActivityAsync(nameof(CreateVersion), start, Retry.Hours);
            await context.CallActivityAsync(nameof(VerifyVersion), start, Retry.Minutes);

            context.SetCustomStatus(RotationStage.Distributing);
            await context.CallActivityAsync(nameof(DistributeVersion), start, Retry.Hours);
            await Wait(context, undo, start.Distribution);
            if (!undo.IsCompleted)
            {
                await context.CallActivityAsync(nameof(VerifyVersion), start, Retry.Minutes);
                context.SetCustomStatus(RotationStage.Overlapping);
                await Wait(context, undo, start.Overlap);
            }
        }
        catch (TaskFailedException)
        {
            await Undo(context, start);
            throw;
        }

        if (undo.IsCompleted)
        {
            await Undo(context, start);
            return RotationOutcome.Undone;
        }

        context.SetCustomStatus(RotationStage.Retiring);
        await context.CallActivityAsync(nameof(RetireVersion), start, Retry.Hours);
        return RotationOutcome.Rotated;
    }

    private static Task Undo(TaskOrchestrationContext context, RotationStart start)
    {
        context.SetCustomStatus(RotationStage.Undoing);
        return context.CallActivityAsync(nameof(UndoRotation), start, Retry.Hours);
    }

    private static async Task Wait(TaskOrchestrationContext context, Task undo, TimeSpan time)
    {
        if (undo.IsCompleted)
        {
            return;
        }

        using var woken = new CancellationTokenSource();
        var timer = context.CreateTimer(time, woken.Token);
        await Task.WhenAny(undo, timer);
        if (!timer.IsCompleted)
        {
            woken.Cancel();                              // not CancelAsync: an orchestrator awaits durable tasks only
        }
    }
}
