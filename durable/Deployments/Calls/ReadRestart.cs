using Microsoft.Azure.Functions.Worker;
using ToolboxAI.Shared.Deployments.Runs;
using ToolboxAI.Shared.Roblox.OpenCloud;

namespace ToolboxAI.Durable.Deployments.Calls;

/// <summary>A restart to look at.</summary>
public sealed record ReadRestartInput(CallTicket Ticket, long UniverseId, string RestartId);

/// <summary>Reads whether a restart has ended.</summary>
public sealed class ReadRestart(RobloxCalls calls, IOpenCloud roblox)
{
    /// <summary>Makes the call, once for its permit.</summary>
    [Function(nameof(ReadRestart))]
    public Task<CallOutcome<bool>> Run([ActivityTrigger] ReadRestartInput input, CancellationToken ct) =>
        calls.Make(input.Ticket, changes: false, key => roblox.HasRestarted(key, input.UniverseId, input.RestartId, ct), ct);
}
