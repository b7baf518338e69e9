using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using ToolboxAI.Durable.Deployments.Calls;
using ToolboxAI.Shared.Deployments.Plans;
using ToolboxAI.Shared.Roblox.OpenCloud;

namespace ToolboxAI.Durable.Deployments;

/// <summary>What a plan wants to know of Roblox.</summary>
public sealed record ReadPlanFactsInput(CallScene Scene, long UniverseId)
{
    /// <summary>The orchestration's name.</summary>
    public const string Orchestration = "ReadPlanFacts";
}

/// <summary>Asks Roblox, within the owner's budget, what a plan's costs and effects would be.</summary>
public static class ReadPlanFacts
{
    [Function(ReadPlanFactsInput.Orchestration)]
    public static async Task<PlanFacts> Run([OrchestrationTrigger] TaskOrchestrationContext context, ReadPlanFactsInput input)
    {
        var scene = input.Scene;
        var forecast = await context.CallRoblox<IReadOnlyList<RestartForecast>>(
            scene, RobloxEndpoint.ForecastRestart, nameof(ForecastRestart), ticket => new ForecastRestartInput(ticket, input.UniverseId));
        var quotas = scene.Owner.Kind != OwnerKind.User ? null : (await context.CallRoblox<IReadOnlyList<QuotaReading>>(
            scene, RobloxEndpoint.ReadQuotas, nameof(ReadQuotas), ticket => new ReadQuotasInput(ticket, scene.Owner.Id))).Value;
        return new(forecast.Value, quotas);
    }
}
