using Microsoft.Azure.Functions.Worker;
using ToolboxAI.Shared.Deployments.Runs;
using ToolboxAI.Shared.Roblox.OpenCloud;

namespace ToolboxAI.Durable.Deployments.Calls;

/// <summary>Assets that a universe is to use.</summary>
public sealed record GrantAssetsInput(CallTicket Ticket, long UniverseId, IReadOnlyList<long> AssetIds);

/// <summary>Lets a universe use assets; doing so twice changes nothing.</summary>
public sealed class GrantAssets(RobloxCalls calls, IOpenCloud roblox)
{
    /// <summary>Makes the call, once for its permit.</summary>
    [Function(nameof(GrantAssets))]
    public Task<CallOutcome<IReadOnlyList<long>>> Run([ActivityTrigger] GrantAssetsInput input, CancellationToken ct) =>
        calls.Make(input.Ticket, changes: false, key => roblox.GrantAssets(key, input.UniverseId, input.AssetIds, ct), ct);
}
