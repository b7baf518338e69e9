using Microsoft.DurableTask;
using ToolboxAI.Durable.Deployments.Calls;
using ToolboxAI.Shared.Roblox.OpenCloud;

namespace ToolboxAI.Durable.Deployments;

/// <summary>Waiting for Roblox's moderation.</summary>
internal static class Reviews
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    /// <summary>Asks after an asset, ever more slowly, until moderation has approved it; the approved asset.</summary>
    /// <param name="context">The orchestration.</param>
    /// <param name="scene">For whom.</param>
    /// <param name="name">The asset's name in the manifest.</param>
    /// <param name="assetId">Its id at Roblox.</param>
    /// <param name="reading">What is known of it already: not read again for what that says; null when nothing is.</param>
    /// <param name="patience">How long to wait; null for as long as it takes.</param>
    public static async Task<PartOutcome<AssetReading>> Approved(
        TaskOrchestrationContext context, CallScene scene, string name, long assetId, AssetReading? reading, TimeSpan? patience = null)
    {
        var begun = context.CurrentUtcDateTime;
        for (var pause = TimeSpan.FromSeconds(2); ; pause = pause + pause < LongestPause ? pause + pause : LongestPause)
        {
            if (reading is null)
            {
                var read = await context.CallRoblox<AssetReading>(scene, RobloxEndpoint.ReadAsset, nameof(ReadAsset), ticket => new ReadAssetInput(ticket, assetId));
                if (read.Value is null)
                {
                    return PartOutcome<AssetReading>.Of(name, read);
                }

                reading = read.Value;
            }

            switch (reading.Moderation)
            {
                case Moderation.Rejected:
                    return PartOutcome<AssetReading>.Failed($"{name}: moderation rejected asset {assetId}.");
                case Moderation.Approved:
                    return PartOutcome<AssetReading>.Done(reading);
            }

            if (context.CurrentUtcDateTime - begun > patience)
            {
                return PartOutcome<AssetReading>.Failed($"{name}: moderation had not decided on asset {assetId} after {patience.Value.TotalMinutes} minutes.");
            }

            reading = null;
            await context.Pause(pause);
        }
    }
}
