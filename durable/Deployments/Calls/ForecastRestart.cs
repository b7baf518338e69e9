using Microsoft.Azure.Functions.Worker;
using ToolboxAI.Shared.Deployments.Runs;
using ToolboxAI.Shared.Roblox.OpenCloud;

namespace ToolboxAI.Durable.Deployments.Calls;

/// <summary>A universe to forecast.</summary>
public sealed record ForecastRestartInput(CallTicket Ticket, long UniverseId);

/// <summary>Reads what a restart would do to players.</summary>
public sealed class ForecastRestart(RobloxCalls calls, IOpenCloud roblox)
{
    /// <summary>Makes the call, once for its permit.</summary>
    [Function(nameof(ForecastRestart))]
    public Task<CallOutcome<IReadOnlyList<RestartForecast>>> Run([ActivityTrigger] ForecastRestartInput input, CancellationToken ct) =>
        calls.Make(input.Ticket, changes: false, key => roblox.ForecastRestart(key, input.UniverseId, ct), ct);
}
