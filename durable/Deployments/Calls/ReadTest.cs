using Microsoft.Azure.Functions.Worker;
using ToolboxAI.Shared.Deployments.Runs;
using ToolboxAI.Shared.Roblox.OpenCloud;

namespace ToolboxAI.Durable.Deployments.Calls;

/// <summary>A task to read.</summary>
public sealed record ReadTestInput(CallTicket Ticket, string Path);

/// <summary>Reads a Luau task.</summary>
public sealed class ReadTest(RobloxCalls calls, IOpenCloud roblox)
{
    /// <summary>Makes the call, once for its permit.</summary>
    [Function(nameof(ReadTest))]
    public Task<CallOutcome<LuauTaskReading>> Run([ActivityTrigger] ReadTestInput input, CancellationToken ct) =>
        calls.Make(input.Ticket, changes: false, key => roblox.ReadLuau(key, input.Path, ct), ct);
}
