using ToolboxAI.Shared.Billing.Payments;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Tenants;

namespace ToolboxAI.Shared.Billing;

/// <summary>
/// Keeps a subscription's collection paused exactly while there is a reason: a run that ended by a pause and whose invoice is still owed.
/// Whoever adds a reason or takes one away calls it afterwards; calls that overlap come to the same end, since each looks again after it has acted.
/// </summary>
public sealed class CollectionPause(IPayments payments, BillingStores stores, IUnitOfWorkFactory units)
{
    private const int MostReasons = 100;

    /// <summary>Pauses or resumes as the reasons say. May be called at any time, and again.</summary>
    public async Task Settle(TenantId tenant, string subscriptionId, CancellationToken ct)
    {
        bool paused;
        do
        {
            paused = await HasReason(tenant, subscriptionId, ct);
            await (paused ? payments.PauseCollection(subscriptionId, ct) : payments.ResumeCollection(subscriptionId, ct));
        }
        while (await HasReason(tenant, subscriptionId, ct) != paused);
    }

    private async Task<bool> HasReason(TenantId tenant, string subscriptionId, CancellationToken ct)
    {
        foreach (var invoice in await Unpaid(tenant, subscriptionId, ct))
        {
            // That it was paid, or forgiven, may not have come to us yet.
            if (await payments.ReadInvoice(invoice, ct) is not { Settled: true })
            {
                return true;
            }
        }

        return false;
    }

    private async Task<IReadOnlyList<string>> Unpaid(TenantId tenant, string subscriptionId, CancellationToken ct)
    {
        await using var work = await units.Begin(tenant, ct);
        var unpaid = new List<string>();
        foreach (var run in await stores.Runs.Page(work, DunningStatus.Suspended, null, MostReasons, ct))
        {
            if (run.Start.SubscriptionId == subscriptionId && !await stores.Accounts.IsPaid(work, run.Start.InvoiceId, ct))
            {
                unpaid.Add(run.Start.InvoiceId);
            }
        }

        return unpaid;
    }
}
