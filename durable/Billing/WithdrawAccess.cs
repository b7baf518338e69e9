using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using ToolboxAI.Shared.Billing;
using ToolboxAI.Shared.Billing.Payments;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Http;
using ToolboxAI.Shared.Identity;
using ToolboxAI.Shared.Tenants;

namespace ToolboxAI.Durable.Billing;

/// <summary>A tenant whose invoice was given up.</summary>
/// <param name="Tenant">The tenant.</param>
/// <param name="InvoiceId">The invoice.</param>
/// <param name="CorrelationId">The correlation id of the call that moved the run last.</param>
public sealed record WithdrawAccessInput(TenantId Tenant, string InvoiceId, string? CorrelationId = null);

/// <summary>Withdraws a tenant's access, unless the invoice was paid or forgiven in the meantime. Once that is done, its keys open nothing but billing.</summary>
public sealed class WithdrawAccess(
    IPayments payments, IUnitOfWorkFactory units, IBillingAccounts accounts, KeyLease lease, TimeProvider clock, ILogger<WithdrawAccess> log)
{
    /// <summary>Withdraws; false, and nothing is done, when nothing is owed any more. Doing so twice changes nothing.</summary>
    [Function(nameof(WithdrawAccess))]
    public async Task<bool> Run([ActivityTrigger] WithdrawAccessInput input, CancellationToken ct)
    {
        using var cause = Correlation.GoOn(log, input.CorrelationId);
        if (!await TryWithdraw(input, ct))
        {
            return false;
        }

        await lease.Lapse(ct);
        return true;
    }

    private async Task<bool> TryWithdraw(WithdrawAccessInput input, CancellationToken ct)
    {
        await using var work = await units.Begin(input.Tenant, ct);
        await accounts.Lock(work, ct);                  // events of the invoice are applied under it too
        if (await accounts.IsPaid(work, input.InvoiceId, ct) || await payments.ReadInvoice(input.InvoiceId, ct) is { Settled: true })
        {
            return false;
        }

        await accounts.WithdrawAccess(work, input.InvoiceId, clock.GetUtcNow(), ct);
        await work.Commit(ct);
        return true;
    }
}
