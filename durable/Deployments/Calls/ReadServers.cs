using Microsoft.Azure.Functions.Worker;
using ToolboxAI.Shared.Deployments.Runs;
using ToolboxAI.Shared.Roblox.OpenCloud;

namespace ToolboxAI.Durable.Deployments.Calls;

/// <summary>A place's version whose servers to read.</summary>
public sealed record ReadServersInput(CallTicket Ticket, PlaceRef Place, long Version);

/// <summary>Reads the servers that run a version.</summary>
public sealed class ReadServers(RobloxCalls calls, IOpenCloud roblox)
{
    /// <summary>Makes the call, once for its permit.</summary>
    [Function(nameof(ReadServers))]
    public Task<CallOutcome<IReadOnlyList<ServerReading>>> Run([ActivityTrigger] ReadServersInput input, CancellationToken ct) =>
        calls.Make(input.Ticket, changes: false, key => roblox.ReadServers(key, input.Place, input.Version, ct), ct);
}
