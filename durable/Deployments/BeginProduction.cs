using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Options;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Deployments.Runs;
using ToolboxAI.Shared.Roblox.OpenCloud;

namespace ToolboxAI.Durable.Deployments;

/// <summary>A run that is about to change production, the version that it brings, and whether that is the earlier one.</summary>
public sealed record BeginProductionInput(DeploymentStart Start, string Version, bool GoingBack);

/// <summary>May production begin to move?</summary>
public enum ProductionOutcome
{
    /// <summary>It moves.</summary>
    Begun,

    /// <summary>A call of a run that lost the experience may still land: look again.</summary>
    OthersUnderWay,

    /// <summary>Another run has the experience.</summary>
    Fenced,
}

/// <summary>The answer, and the Models that have the content they are to have already.</summary>
public sealed record ProductionBegun(ProductionOutcome Outcome, IReadOnlyList<string> ModelsAsWanted);

/// <summary>Notes that production moves, once nothing of an earlier run can land any more.</summary>
public sealed class BeginProduction(IUnitOfWorkFactory units, IExperiences experiences, IOptions<RobloxOptions> options, TimeProvider clock)
{
    /// <summary>Notes it; doing so twice changes nothing.</summary>
    [Function(nameof(BeginProduction))]
    public async Task<ProductionBegun> Run([ActivityTrigger] BeginProductionInput input, CancellationToken ct)
    {
        var start = input.Start;
        await using var work = await units.Begin(start.Tenant, ct);
        var state = await experiences.Lock(work, start.Key, ct);
        if (state.Fence != start.Fence)
        {
            return new(ProductionOutcome.Fenced, []);
        }

        // A call can land until its time is over, and a little later for those that travel slowly.
        var landing = TimeSpan.FromSeconds(options.Value.CallSeconds + 20);
        if (await experiences.AnyUnderWay(work, start.Key, start.Fence, clock.GetUtcNow() - landing, ct))
        {
            return new(ProductionOutcome.OthersUnderWay, []);
        }

        if (state.MovingTo != input.Version)
        {
            await experiences.Save(work, state with { MovingTo = input.Version }, ct);
            await work.Commit(ct);
        }

        return new(ProductionOutcome.Begun, input.GoingBack
            ? [.. start.Goal!.Assets.Where(asset => asset.Value.InPlace && state.Models.GetValueOrDefault(asset.Value.AssetId, asset.Value.Sha256) == asset.Value.Sha256).Select(asset => asset.Key)]
            : []);
    }
}
