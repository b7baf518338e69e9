using Microsoft.Azure.Functions.Worker;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Deployments.Runs;

namespace ToolboxAI.Durable.Deployments;

/// <summary>A step that a run has made.</summary>
public sealed record RecordDeploymentInput(DeploymentStart Start, DeploymentState State);

/// <summary>Writes a run's step into its row, from which the API reads; a run that has ended gives the experience back.</summary>
public sealed class RecordDeployment(IUnitOfWorkFactory units, IDeployments deployments, IExperiences experiences)
{
    /// <summary>Writes the step; an older one than what stands there, or one of a run that has ended, changes nothing.</summary>
    [Function(nameof(RecordDeployment))]
    public async Task Run([ActivityTrigger] RecordDeploymentInput input, CancellationToken ct)
    {
        var (start, state) = (input.Start, input.State);
        await using var work = await units.Begin(start.Tenant, ct);
        if (await deployments.Lock(work, start.Id, ct) is not { State.Ended: false } deployment || deployment.Start.Attempt > start.Attempt || deployment.State.Version >= state.Version)
        {
            return;
        }

        await deployments.Save(work, deployment with { State = state }, ct);
        if (state.Ended)
        {
            await experiences.GiveBack(work, start, ct);
        }

        await work.Commit(ct);
    }
}
