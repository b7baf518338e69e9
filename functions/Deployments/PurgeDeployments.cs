using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using ToolboxAI.Durable.Deployments;
using ToolboxAI.Shared.Deployments;

namespace ToolboxAI.Functions.Deployments;

/// <summary>Forgets, every night, what no version needs.</summary>
public sealed partial class PurgeDeployments(DeploymentRetention retention, TimeProvider clock, ILogger<PurgeDeployments> log)
{
    private static readonly TimeSpan FactsKept = TimeSpan.FromDays(1);

    [Function(nameof(PurgeDeployments))]
    public async Task Run([TimerTrigger("0 40 3 * * *")] TimerInfo timer, [DurableClient] DurableTaskClient durable, CancellationToken ct)
    {
        FactsPurged(await durable.ForgetFacts(clock.GetUtcNow() - FactsKept, ct));
        foreach (var tenant in await retention.Tenants(ct))
        {
            var forgotten = await retention.Run(tenant, ct);
            Purged(tenant.Slug, forgotten.Calls, forgotten.Plans, forgotten.Contents);
        }
    }

    [LoggerMessage(5100, LogLevel.Information, "Tenant {Tenant}: {Calls} notes of calls, {Plans} plans and {Contents} contents forgotten")]
    private partial void Purged(string tenant, int calls, int plans, int contents);

    [LoggerMessage(5101, LogLevel.Information, "{Facts} facts of plans forgotten that nobody waited for")]
    private partial void FactsPurged(int facts);
}
