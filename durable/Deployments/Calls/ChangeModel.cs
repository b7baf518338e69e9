using Microsoft.Azure.Functions.Worker;
using ToolboxAI.Shared.Deployments.Content;
using ToolboxAI.Shared.Deployments.Releases;
using ToolboxAI.Shared.Deployments.Runs;
using ToolboxAI.Shared.Roblox.OpenCloud;

namespace ToolboxAI.Durable.Deployments.Calls;

/// <summary>A Model to change in place.</summary>
public sealed record ChangeModelInput(CallTicket Ticket, ReleaseAsset Asset, RobloxOwner Owner);

/// <summary>Begins the change of a Model's content.</summary>
public sealed class ChangeModel(RobloxCalls calls, IOpenCloud roblox, IContentStore content)
{
    /// <summary>Makes the call, once for its permit.</summary>
    [Function(nameof(ChangeModel))]
    public async Task<CallOutcome<OperationReading>> Run([ActivityTrigger] ChangeModelInput input, CancellationToken ct)
    {
        var bytes = await content.Read(input.Ticket.Tenant, input.Asset.Sha256, ct);
        var assetId = input.Asset.AssetId!.Value;
        return await calls.Make(
            input.Ticket,
            changes: true,
            key => roblox.UpdateAsset(key, assetId, AssetFile.Of(input.Asset, input.Owner, bytes), bytes, ct),
            ct,
            state => state with { Models = state.Models.SetItem(assetId, "") });
    }
}
