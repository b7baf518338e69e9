using Microsoft.Azure.Functions.Worker;
using ToolboxAI.Shared.Deployments.Runs;
using ToolboxAI.Shared.Roblox.OpenCloud;

namespace ToolboxAI.Durable.Deployments.Calls;

/// <summary>An operation to read.</summary>
public sealed record ReadOperationInput(CallTicket Ticket, string OperationId);

/// <summary>Reads an upload's operation.</summary>
public sealed class ReadOperation(RobloxCalls calls, IOpenCloud roblox)
{
    /// <summary>Makes the call, once for its permit.</summary>
    [Function(nameof(ReadOperation))]
    public Task<CallOutcome<OperationReading>> Run([ActivityTrigger] ReadOperationInput input, CancellationToken ct) =>
        calls.Make(input.Ticket, changes: false, key => roblox.ReadOperation(key, input.OperationId, ct), ct);
}
