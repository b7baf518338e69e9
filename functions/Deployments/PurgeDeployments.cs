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
            var (calls, contents) = await retention.Run(tenant, ct);
            if (calls + contents > 0)
            {
                Purged(tenant.Slug, calls, contents);
            }
        }
    }

    [LoggerMessage(5100, LogLevel.Information, "Tenant {Tenant}: {Calls} calls and {Contents} contents forgotten")]
    private partial void Purged(string tenant, int calls, int contents);
}
