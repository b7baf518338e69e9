using Microsoft.Azure.Functions.Worker;
using ToolboxAI.Shared.Deployments.Runs;
using ToolboxAI.Shared.Roblox.OpenCloud;

namespace ToolboxAI.Durable.Deployments.Calls;

/// <summary>A server whose log to read.</summary>
public sealed record ReadLogsInput(CallTicket Ticket, PlaceRef Place, long Version, string JobId, DateTimeOffset Since);

/// <summary>Counts the errors in a server's log since a time.</summary>
public sealed class ReadLogs(RobloxCalls calls, IOpenCloud roblox)
{
    /// <summary>Makes the call, once for its permit.</summary>
    [Function(nameof(ReadLogs))]
    public Task<CallOutcome<int>> Run([ActivityTrigger] ReadLogsInput input, CancellationToken ct) => calls.Make(input.Ticket, changes: false, async key =>
    {
        var reply = await roblox.ReadLogs(key, input.Place, input.Version, input.JobId, ct);
        return new Reply<int>(reply.Value.Count(line => line.IsError && line.At >= input.Since), reply.Rate);
    }, ct);
}
