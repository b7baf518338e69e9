using Microsoft.DurableTask;
using ToolboxAI.Durable.Deployments.Calls;
using ToolboxAI.Shared.Roblox.OpenCloud;

namespace ToolboxAI.Durable.Deployments;

/// <summary>
/// Waiting for Roblox's moderation. The pauses grow with the wait, so that an answer is seen soon after it came, yet the longest wait
/// takes less than a hundred looks: a history of fewer than 1,000 events.
/// </summary>
internal static class Reviews
{
    /// <summary>The longest wait. Most reviews take minutes, few a day or two; what takes longer needs a person.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(3);

    private const int PartOfWait = 6;
    private static readonly TimeSpan LongestFirstPause = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    /// <summary>Asks after an asset, ever more slowly, until moderation has approved it; the approved asset.</summary>
    /// <param name="context">The orchestration.</param>
    /// <param name="scene">For whom.</param>
    /// <param name="name">The asset's name in the manifest.</param>
    /// <param name="assetId">Its id at Roblox.</param>
    /// <param name="reading">What is known of it already: not read again for what that says; null when nothing is.</param>
    /// <param name="patience">How long to wait.</param>
    public static async Task<PartOutcome<AssetReading>> Approved(
        TaskOrchestrationContext context, CallScene scene, string name, long assetId, AssetReading? reading, TimeSpan patience)
    {
        var begun = context.CurrentUtcDateTime;
        for (var pause = TimeSpan.FromSeconds(2); ; pause = Next(pause, context.CurrentUtcDateTime - begun))
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
                return PartOutcome<AssetReading>.Failed(
                    $"{name}: moderation had not decided on asset {assetId} after {Words(patience)}. Look at it on the Creator Dashboard; when it is approved, retry the deployment.");
            }

            reading = null;
            await context.Pause(pause);
        }
    }

    private static TimeSpan Next(TimeSpan pause, TimeSpan waited)
    {
        var first = pause + pause < LongestFirstPause ? pause + pause : LongestFirstPause;
        var later = waited / PartOfWait;
        return later < first ? first : later < LongestPause ? later : LongestPause;
    }

    private static string Words(TimeSpan time) =>
        time < TimeSpan.FromDays(1) ? FormattableString.Invariant($"{time.TotalMinutes} minutes") : FormattableString.Invariant($"{time.TotalDays} days");
}
