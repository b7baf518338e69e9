using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using ToolboxAI.Durable.Deployments.Calls;
using ToolboxAI.Shared.Deployments.Manifest;
using ToolboxAI.Shared.Deployments.Plans;
using ToolboxAI.Shared.Deployments.Runs;
using ToolboxAI.Shared.Roblox.OpenCloud;

namespace ToolboxAI.Durable.Deployments;

/// <summary>What a plan wants to know of Roblox.</summary>
/// <param name="Scene">For whom.</param>
/// <param name="Target">Where the release goes.</param>
/// <param name="Staging">Where it is tried first; null when it goes straight to its target.</param>
/// <param name="OnlyPlaces">Only the newest versions of the places are asked for.</param>
public sealed record ReadPlanFactsInput(CallScene Scene, ReleaseTarget Target, ReleaseTarget? Staging, bool OnlyPlaces)
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
        if (input.OnlyPlaces)
        {
            return new(null, null, (await PlaceVersions.Read(context, scene, input.Target)).Versions?.Newest);
        }

        // Nothing else is asked on behalf of an owner whose universes these are not.
        foreach (var target in new[] { input.Staging, input.Target }.OfType<ReleaseTarget>())
        {
            if (await Stranger(context, scene, target) is { } problem)
            {
                return PlanFacts.Unknown with { Problems = [problem] };
            }
        }

        var places = PlaceVersions.Read(context, scene, input.Target);
        var forecast = context.CallRoblox<IReadOnlyList<RestartForecast>>(
            scene, RobloxEndpoint.ForecastRestart, nameof(ForecastRestart), ticket => new ForecastRestartInput(ticket, input.Target.UniverseId));
        var quotas = scene.Owner.Kind != OwnerKind.User ? null : (await context.CallRoblox<IReadOnlyList<QuotaReading>>(
            scene, RobloxEndpoint.ReadQuotas, nameof(ReadQuotas), ticket => new ReadQuotasInput(ticket, scene.Owner.Id))).Value;
        var versions = (await places).Versions;
        return new((await forecast).Value, quotas, versions?.Newest, versions?.Refused);
    }

    /// <summary>Why a universe is not the owner's, in words; null when it is, or Roblox does not answer.</summary>
    private static async Task<string?> Stranger(TaskOrchestrationContext context, CallScene scene, ReleaseTarget target)
    {
        var read = await context.CallRoblox<RobloxOwner>(
            scene, RobloxEndpoint.ReadUniverse, nameof(ReadUniverse), ticket => new ReadUniverseInput(ticket, target.UniverseId));
        return read switch
        {
            { End: CallEnd.Refused } => FormattableString.Invariant($"{target.Environment}: universe {target.UniverseId} can't be read. {read.Why}"),
            { Value: { } owner } when owner != scene.Owner =>
                FormattableString.Invariant($"{target.Environment}: universe {target.UniverseId} is {Words(owner)}'s, and the manifest's owner is {Words(scene.Owner)}. Name its owner, whose limits count, or another universe."),
            _ => null,
        };
    }

    private static string Words(RobloxOwner owner) => FormattableString.Invariant($"{(owner.Kind == OwnerKind.User ? "user" : "group")} {owner.Id}");
}
