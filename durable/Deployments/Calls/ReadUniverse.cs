using Microsoft.Azure.Functions.Worker;
using ToolboxAI.Shared.Deployments.Runs;
using ToolboxAI.Shared.Roblox.OpenCloud;

namespace ToolboxAI.Durable.Deployments.Calls;

/// <summary>A universe to read.</summary>
public sealed record ReadUniverseInput(CallTicket Ticket, long UniverseId);

/// <summary>Reads whose a universe is.</summary>
public sealed class ReadUniverse(RobloxCalls calls, IOpenCloud roblox)
{
    /// <summary>Makes the call, once for its permit.</summary>
    [Function(nameof(ReadUniverse))]
    public Task<CallOutcome<RobloxOwner>> Run([ActivityTrigger] ReadUniverseInput input, CancellationToken ct) =>
        calls.Make(input.Ticket, changes: false, key => roblox.ReadUniverse(key, input.UniverseId, ct), ct);
}
