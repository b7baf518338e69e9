using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using ToolboxAI.Shared.Billing;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Http;

namespace ToolboxAI.Durable.Billing;

/// <summary>The run whose policy ends by a pause.</summary>
/// <param name="Start">What the run was started with.</param>
/// <param name="CorrelationId">The correlation id of the call that moved the run last.</param>
public sealed record PauseCollectionInput(DunningStart Start, string? CorrelationId = null);

/// <summary>Ends a run by a pause of its subscription's collection, so that later invoices are voided. A payment that comes later lifts it.</summary>
public sealed class PauseCollection(IUnitOfWorkFactory units, BillingStores stores, CollectionPause pause, ILogger<PauseCollection> log)
{
    /// <summary>Writes the end, then pauses; false, and nothing is done, when the invoice is paid. Doing so twice changes nothing.</summary>
    [Function(nameof(PauseCollection))]
    public async Task<bool> Run([ActivityTrigger] PauseCollectionInput input, CancellationToken ct)
    {
        using var cause = Correlation.GoOn(log, input.CorrelationId);
        var start = input.Start;
        await using (var work = await units.Begin(start.Tenant, ct))
        {
            await stores.Accounts.Lock(work, ct);                  // events of the invoice are applied under it too
            var run = await stores.Runs.Lock(work, start.InvoiceId, ct)
                ?? throw new InvalidOperationException($"Invoice {start.InvoiceId} has no run.");
            if (!run.Ended && await stores.Accounts.IsPaid(work, start.InvoiceId, ct))
            {
                return false;
            }

            await stores.Runs.Save(work, run.Suspended(), ct);
            await work.Commit(ct);
        }

        await pause.Settle(start.Tenant, start.SubscriptionId, ct);
        return true;
    }
}
