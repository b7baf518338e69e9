using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using ToolboxAI.Shared.Deployments;

namespace ToolboxAI.Functions.Deployments;

/// <summary>Forgets, every night, what no version needs.</summary>
public sealed partial class PurgeDeployments(DeploymentRetention retention, ILogger<PurgeDeployments> log)
{
    [Function(nameof(PurgeDeployments))]
    public async Task Run([TimerTrigger("0 40 3 * * *")] TimerInfo timer, CancellationToken ct)
    {
        foreach (var tenant in await retention.Tenants(ct))
        {
            var forgotten = await retention.Run(tenant, ct);
            Purged(tenant.Slug, forgotten.Calls, forgotten.Plans, forgotten.Contents);
        }
    }

    [LoggerMessage(5100, LogLevel.Information, "Tenant {Tenant}: {Calls} notes of calls, {Plans} plans and {Contents} contents forgotten")]
    private partial void Purged(string tenant, int calls, int plans, int contents);
}
