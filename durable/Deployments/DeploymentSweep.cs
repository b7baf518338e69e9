using Microsoft.DurableTask.Client;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Deployments;
using ToolboxAI.Shared.Deployments.Runs;
using ToolboxAI.Shared.Tenants;

namespace ToolboxAI.Durable.Deployments;

/// <summary>
/// Mends deployments that have lost their run: one whose start was given up by the bus is started, and one whose run somebody
/// terminated ends, so that it does not keep its experience for ever.
/// </summary>
public sealed class DeploymentSweep(IUnitOfWorkFactory units, DeploymentStores stores, TimeProvider clock)
{
    /// <summary>How long a deployment may be on its usual way to its run.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    /// <summary>Mends a tenant's deployments; the number of those that were started, and of those that were ended.</summary>
    public async Task<(int Started, int Ended)> Run(TenantId tenant, DurableTaskClient durable, CancellationToken ct)
    {
        var (started, ended) = (0, 0);
        foreach (var deployment in await UnderWay(tenant, ct))
        {
            var start = deployment.Start;
            var run = await durable.GetInstanceAsync(start.InstanceId, getInputsAndOutputs: false, ct);
            if (run is null)
            {
                await durable.Send(DeploymentCall.Of(start), deployment, ct);
                started++;
            }
            else if (run.IsCompleted)
            {
                // A run writes its end before it ends: this changes only what no run will go on with.
                await new AbandonDeployment(units, stores.Deployments, stores.Experiences, clock).Run(new(tenant, start.Id, start.Attempt, "Its run was ended from outside."), ct);
                ended++;
            }
        }

        return (started, ended);
    }

    private async Task<IReadOnlyList<Deployment>> UnderWay(TenantId tenant, CancellationToken ct)
    {
        await using var work = await units.Begin(tenant, ct);
        return await stores.Deployments.UnderWay(work, clock.GetUtcNow() - Patience, ct);
    }
}
