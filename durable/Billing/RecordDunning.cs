using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using ToolboxAI.Shared.Billing;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Http;
using ToolboxAI.Shared.Tenants;

namespace ToolboxAI.Durable.Billing;

/// <summary>A step that a run has made.</summary>
public sealed record RecordDunningInput(TenantId Tenant, string InvoiceId, DunningState State);

/// <summary>Writes a run's step into its row, from which the API reads.</summary>
public sealed class RecordDunning(IUnitOfWorkFactory units, IDunningRuns runs, ILogger<RecordDunning> log)
{
    /// <summary>Writes the step; an older one than what stands there changes nothing.</summary>
    [Function(nameof(RecordDunning))]
    public async Task Run([ActivityTrigger] RecordDunningInput input, CancellationToken ct)
    {
        using var cause = Correlation.GoOn(log, input.State.CorrelationId);
        await using var work = await units.Begin(input.Tenant, ct);
        if (await runs.Lock(work, input.InvoiceId, ct) is { } run)
        {
            await runs.Save(work, run.With(input.State), ct);
            await work.Commit(ct);
        }
    }
}
