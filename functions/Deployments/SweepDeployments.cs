using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using ToolboxAI.Durable.Deployments;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Deployments;

namespace ToolboxAI.Functions.Deployments;

/// <summary>Starts deployments whose start was lost, and ends those whose run was.</summary>
public sealed partial class SweepDeployments(IUnitOfWorkFactory units, DeploymentStores stores, DeploymentRetention retention, TimeProvider clock, ILogger<SweepDeployments> log)
{
    [Function(nameof(SweepDeployments))]
    public async Task Run([TimerTrigger("0 5/10 * * * *")] TimerInfo timer, [DurableClient] DurableTaskClient durable, CancellationToken ct)
    {
        var sweep = new DeploymentSweep(units, stores, clock);
        foreach (var tenant in await retention.Tenants(ct))
        {
            var (started, ended) = await sweep.Run(tenant, durable, ct);
            if (started + ended > 0)
            {
                Swept(tenant.Slug, started, ended);
            }
        }
    }

    [LoggerMessage(5102, LogLevel.Warning, "Tenant {Tenant}: {Started} deployments had not been started, {Ended} had lost their run and wait for a retry")]
    private partial void Swept(string tenant, int started, int ended);
}
