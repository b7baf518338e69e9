using Microsoft.Azure.Functions.Worker;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Deployments.Releases;
using ToolboxAI.Shared.Deployments.Runs;

namespace ToolboxAI.Durable.Deployments;

/// <summary>A run whose version is live as a whole.</summary>
public sealed record CompleteReleaseInput(DeploymentStart Start, DeploymentState State);

/// <summary>Notes that a version is complete: production is on it, and it can be brought back from now on.</summary>
public sealed class CompleteRelease(IUnitOfWorkFactory units, IExperiences experiences, IReleases releases, TimeProvider clock)
{
    /// <summary>Notes it; false when another run has the experience.</summary>
    [Function(nameof(CompleteRelease))]
    public async Task<bool> Run([ActivityTrigger] CompleteReleaseInput input, CancellationToken ct)
    {
        var (start, state) = (input.Start, input.State);
        await using var work = await units.Begin(start.Tenant, ct);
        var experience = await experiences.Lock(work, start.Key, ct);
        if (experience.Fence != start.Fence)
        {
            return false;
        }

        ReleaseVersion version;
        if (state.GoingBack)
        {
            version = start.Goal!;
        }
        else
        {
            var before = experience.Version is { } last ? await releases.Find(work, start.Experience, start.Environment, last, ct) : null;
            version = VersionRules.Completed(start.Id, start.Release!, state, before, clock.GetUtcNow());
            await releases.Add(work, version, ct);
        }

        if (experience.Version != version.Version || experience.MovingTo is not null)
        {
            var models = version.Assets.Values.Where(asset => asset.InPlace).Select(asset => KeyValuePair.Create(asset.AssetId, asset.Sha256));
            await experiences.Save(
                work,
                experience with { Version = version.Version, MovingTo = null, Revision = experience.Revision + 1, Published = state.Published, Models = experience.Models.SetItems(models) },
                ct);
        }

        await work.Commit(ct);
        return true;
    }
}
