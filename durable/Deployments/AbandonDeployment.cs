using Microsoft.Azure.Functions.Worker;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Deployments.Runs;
using ToolboxAI.Shared.Tenants;

namespace ToolboxAI.Durable.Deployments;

/// <summary>A run that can't go on. It names the deployment alone: what the run knows may be what can't be written.</summary>
public sealed record AbandonDeploymentInput(TenantId Tenant, string Id, int Attempt, string Reason);

/// <summary>Ends a deployment whose run fails, at the step that was written last, and gives the experience back.</summary>
public sealed class AbandonDeployment(IUnitOfWorkFactory units, IDeployments deployments, IExperiences experiences, TimeProvider clock)
{
    /// <summary>Ends it; doing so twice changes nothing.</summary>
    [Function(nameof(AbandonDeployment))]
    public async Task Run([ActivityTrigger] AbandonDeploymentInput input, CancellationToken ct)
    {
        await using var work = await units.Begin(input.Tenant, ct);
        if (await deployments.Lock(work, input.Id, ct) is not { State.Ended: false } deployment || deployment.Start.Attempt != input.Attempt)
        {
            return;
        }

        var start = deployment.Start;
        await deployments.Save(work, deployment with { State = DeploymentRules.DeadLettered(deployment.State, clock.GetUtcNow(), input.Reason) }, ct);
        await experiences.GiveBack(work, start, ct);

        await work.Commit(ct);
    }
}
