using Microsoft.Azure.Functions.Worker;
using ToolboxAI.Shared.Deployments.Content;
using ToolboxAI.Shared.Deployments.Releases;
using ToolboxAI.Shared.Deployments.Runs;
using ToolboxAI.Shared.Roblox.OpenCloud;

namespace ToolboxAI.Durable.Deployments.Calls;

/// <summary>An asset to upload.</summary>
/// <param name="Ticket">The permit.</param>
/// <param name="Asset">The asset.</param>
/// <param name="Owner">Whose it becomes.</param>
/// <param name="OnlyBy">The run that may begin it, and no other; null when it may be begun again.</param>
public sealed record CreateAssetInput(CallTicket Ticket, ReleaseAsset Asset, RobloxOwner Owner, string? OnlyBy = null);

/// <summary>Begins an asset's upload.</summary>
public sealed class CreateAsset(RobloxCalls calls, IOpenCloud roblox, IContentStore content)
{
    /// <summary>Makes the call, once for its permit.</summary>
    [Function(nameof(CreateAsset))]
    public async Task<CallOutcome<OperationReading>> Run([ActivityTrigger] CreateAssetInput input, CancellationToken ct)
    {
        var bytes = await content.Read(input.Ticket.Tenant, input.Asset.Sha256, ct);
        var paid = $"paid {input.Owner} {input.Asset.Spec.Type} {input.Asset.Sha256}";
        return await calls.Make(
            input.Ticket,
            changes: true,
            key => roblox.CreateAsset(key, AssetFile.Of(input.Asset, input.Owner, bytes), bytes, ct),
            ct,
            once: input.OnlyBy is { } run ? new(paid, $"{paid} {run}") : null);
    }
}
