using Microsoft.Azure.Functions.Worker;
using ToolboxAI.Shared.Deployments.Runs;
using ToolboxAI.Shared.Roblox.OpenCloud;

namespace ToolboxAI.Durable.Deployments.Calls;

/// <summary>Places whose servers to restart.</summary>
public sealed record RestartServersInput(CallTicket Ticket, long UniverseId, IReadOnlyList<long> PlaceIds);

/// <summary>Restarts the servers of places that run an older version; doing so twice does no harm.</summary>
public sealed class RestartServers(RobloxCalls calls, IOpenCloud roblox)
{
    /// <summary>Makes the call, once for its permit.</summary>
    [Function(nameof(RestartServers))]
    public Task<CallOutcome<RestartReading>> Run([ActivityTrigger] RestartServersInput input, CancellationToken ct) =>
        calls.Make(input.Ticket, changes: true, key => roblox.RestartServers(key, input.UniverseId, input.PlaceIds, ct), ct);
}
