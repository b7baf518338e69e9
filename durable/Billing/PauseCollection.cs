using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using ToolboxAI.Shared.Billing;
using ToolboxAI.Shared.Billing.Payments;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Http;

namespace ToolboxAI.Durable.Billing;

/// <summary>The run whose policy ends by a pause.</summary>
/// <param name="Start">What the run was started with.</param>
/// <param name="CorrelationId">The correlation id of the call that moved the run last.</param>
public sealed record PauseCollectionInput(DunningStart Start, string? CorrelationId = null);

/// <summary>Ends a run by a pause of its subscription's collection, so that later invoices are voided. A payment that comes later lifts it.</summary>
public sealed class PauseCollection(
    IPayments payments, IUnitOfWorkFactory units, BillingStores stores, CollectionPause pause, ILogger<PauseCollection> log)
{
    /// <summary>
    /// Writes the end, then pauses. False, and nothing is done, when the invoice is paid; null when somebody forgave it or gave it up. Doing so
    /// twice changes nothing.
    /// </summary>
    [Function(nameof(PauseCollection))]
    public async Task<bool?> Run([ActivityTrigger] PauseCollectionInput input, CancellationToken ct)
    {
        using var cause = Correlation.GoOn(log, input.CorrelationId);
        var start = input.Start;
        await using (var work = await units.Begin(start.Tenant, ct))
        {
            await stores.Accounts.Lock(work, ct);                  // events of the invoice are applied under it too
            var run = await stores.Runs.Lock(work, start.InvoiceId, ct)
                ?? throw new InvalidOperationException($"Invoice {start.InvoiceId} has no run.");
            if (!run.Ended && await Read(work, start.InvoiceId, ct) is var status and not InvoiceStatus.Open)
            {
                return status == InvoiceStatus.Paid ? false : null;
            }

            await stores.Runs.Save(work, run.Suspended(), ct);
            await work.Commit(ct);
        }

        await pause.Settle(start.Tenant, start.SubscriptionId, ct);
        return true;
    }

    private async Task<InvoiceStatus> Read(IUnitOfWork work, string invoiceId, CancellationToken ct) =>
        await stores.Accounts.IsPaid(work, invoiceId, ct)
            ? InvoiceStatus.Paid
            : (await payments.ReadInvoice(invoiceId, ct))?.Status ?? InvoiceStatus.Void;
}
