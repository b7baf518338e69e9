using Microsoft.DurableTask;
using ToolboxAI.Durable.Deployments.Calls;
using ToolboxAI.Shared.Roblox.OpenCloud;

namespace ToolboxAI.Durable.Deployments;

/// <summary>Waiting for Roblox's long operations.</summary>
internal static class Operations
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    /// <summary>Asks after an operation, ever more slowly, until it is done; its asset.</summary>
    public static async Task<PartOutcome<AssetReading>> Finish(TaskOrchestrationContext context, CallScene scene, string operationId, string name)
    {
        var until = context.CurrentUtcDateTime + Deadline;
        for (var pause = TimeSpan.FromSeconds(1); context.CurrentUtcDateTime < until; pause = pause + pause < LongestPause ? pause + pause : LongestPause)
        {
            await context.Pause(pause);
            var read = await context.CallRoblox<OperationReading>(scene, RobloxEndpoint.ReadOperation, nameof(ReadOperation), ticket => new ReadOperationInput(ticket, operationId));
            if (read.Value is not { } operation)
            {
                return PartOutcome<AssetReading>.Of(name, read);
            }

            if (operation is { Done: true, Asset: { } asset })
            {
                return PartOutcome<AssetReading>.Done(asset);
            }

            if (operation.Done)
            {
                return PartOutcome<AssetReading>.Failed($"{name}: Roblox could not process the file ({operation.Error}).");
            }
        }

        return PartOutcome<AssetReading>.Failed($"{name}: operation {operationId} was not done in {Deadline.TotalMinutes} minutes.");
    }
}
