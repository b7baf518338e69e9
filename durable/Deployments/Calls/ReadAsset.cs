using Microsoft.Azure.Functions.Worker;
using ToolboxAI.Shared.Deployments.Runs;
using ToolboxAI.Shared.Roblox.OpenCloud;

namespace ToolboxAI.Durable.Deployments.Calls;

/// <summary>An asset to read.</summary>
public sealed record ReadAssetInput(CallTicket Ticket, long AssetId);

/// <summary>Reads an asset with its moderation.</summary>
public sealed class ReadAsset(RobloxCalls calls, IOpenCloud roblox)
{
    /// <summary>Makes the call, once for its permit.</summary>
    [Function(nameof(ReadAsset))]
    public Task<CallOutcome<AssetReading>> Run([ActivityTrigger] ReadAssetInput input, CancellationToken ct) =>
        calls.Make(input.Ticket, changes: false, key => roblox.ReadAsset(key, input.AssetId, ct), ct);
}
