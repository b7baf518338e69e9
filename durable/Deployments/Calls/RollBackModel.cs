using Microsoft.Azure.Functions.Worker;
using ToolboxAI.Shared.Deployments.Runs;
using ToolboxAI.Shared.Roblox.OpenCloud;

namespace ToolboxAI.Durable.Deployments.Calls;

/// <summary>A Model and the revision to bring back.</summary>
public sealed record RollBackModelInput(CallTicket Ticket, long AssetId, long Revision);

/// <summary>Makes an old revision's content a Model's content again.</summary>
public sealed class RollBackModel(RobloxCalls calls, IOpenCloud roblox)
{
    /// <summary>Makes the call, once for its permit.</summary>
    [Function(nameof(RollBackModel))]
    public Task<CallOutcome<long>> Run([ActivityTrigger] RollBackModelInput input, CancellationToken ct) => calls.Make(
        input.Ticket, changes: true, key => roblox.RollBackAsset(key, input.AssetId, input.Revision, ct), ct, state => state with { Models = state.Models.SetItem(input.AssetId, "") });
}
