using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using ToolboxAI.Durable.Deployments.Calls;
using ToolboxAI.Shared.Deployments.Manifest;
using ToolboxAI.Shared.Deployments.Plans;
using ToolboxAI.Shared.Roblox.OpenCloud;

namespace ToolboxAI.Durable.Deployments;

/// <summary>What a plan wants to know of Roblox.</summary>
/// <param name="Scene">For whom.</param>
/// <param name="Target">Where the release goes.</param>
/// <param name="OnlyPlaces">Only the newest versions of the places are asked for.</param>
public sealed record ReadPlanFactsInput(CallScene Scene, ReleaseTarget Target, bool OnlyPlaces)
{
    /// <summary>The orchestration's name.</summary>
    public const string Orchestration = "ReadPlanFacts";

    /// <summary>The prefix of its runs' ids.</summary>
    public const string Prefix = "facts";
}

/// <summary>Asks Roblox, within the owner's budget, what a plan's costs and effects would be, and where its places stand.</summary>
public static class ReadPlanFacts
{
    [Function(ReadPlanFactsInput.Orchestration)]
    public static async Task<PlanFacts> Run([OrchestrationTrigger] TaskOrchestrationContext context, ReadPlanFactsInput input)
    {
        var scene = input.Scene;
        var places = PlaceVersions.Read(context, scene, input.Target);
        if (input.OnlyPlaces)
        {
            return new(null, null, (await places).Versions?.Newest);
        }

        var forecast = context.CallRoblox<IReadOnlyList<RestartForecast>>(
            scene, RobloxEndpoint.ForecastRestart, nameof(ForecastRestart), ticket => new ForecastRestartInput(ticket, input.Target.UniverseId));
        var quotas = scene.Owner.Kind != OwnerKind.User ? null : (await context.CallRoblox<IReadOnlyList<QuotaReading>>(
            scene, RobloxEndpoint.ReadQuotas, nameof(ReadQuotas), ticket => new ReadQuotasInput(ticket, scene.Owner.Id))).Value;
        var versions = (await places).Versions;
        return new((await forecast).Value, quotas, versions?.Newest, versions?.Refused);
    }
}
