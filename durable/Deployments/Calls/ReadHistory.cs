using Microsoft.Azure.Functions.Worker;
using ToolboxAI.Shared.Deployments.Runs;
using ToolboxAI.Shared.Roblox.OpenCloud;

namespace ToolboxAI.Durable.Deployments.Calls;

/// <summary>A place whose history to read.</summary>
public sealed record ReadHistoryInput(CallTicket Ticket, PlaceRef Place);

/// <summary>Reads the newest versions of a place.</summary>
public sealed class ReadHistory(RobloxCalls calls, IOpenCloud roblox)
{
    /// <summary>Makes the call, once for its permit.</summary>
    [Function(nameof(ReadHistory))]
    public Task<CallOutcome<IReadOnlyList<PlaceVersionReading>>> Run([ActivityTrigger] ReadHistoryInput input, CancellationToken ct) =>
        calls.Make(input.Ticket, changes: false, key => roblox.ReadHistory(key, input.Place, ct), ct);
}
