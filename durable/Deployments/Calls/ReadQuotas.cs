using Microsoft.Azure.Functions.Worker;
using ToolboxAI.Shared.Deployments.Runs;
using ToolboxAI.Shared.Roblox.OpenCloud;

namespace ToolboxAI.Durable.Deployments.Calls;

/// <summary>Whose quotas to read.</summary>
public sealed record ReadQuotasInput(CallTicket Ticket, long UserId);

/// <summary>Reads a user's upload quotas.</summary>
public sealed class ReadQuotas(RobloxCalls calls, IOpenCloud roblox)
{
    /// <summary>Makes the call, once for its permit.</summary>
    [Function(nameof(ReadQuotas))]
    public Task<CallOutcome<IReadOnlyList<QuotaReading>>> Run([ActivityTrigger] ReadQuotasInput input, CancellationToken ct) =>
        calls.Make(input.Ticket, changes: false, key => roblox.ReadQuotas(key, input.UserId, ct), ct);
}
