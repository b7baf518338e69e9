using Microsoft.Azure.Functions.Worker;
using ToolboxAI.Shared.Billing;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Tenants;

namespace ToolboxAI.Durable.Billing;

/// <summary>A tenant whose invoice was given up.</summary>
public sealed record WithdrawAccessInput(TenantId Tenant, string InvoiceId);

/// <summary>Withdraws a tenant's access, unless the invoice was paid in the meantime.</summary>
public sealed class WithdrawAccess(IUnitOfWorkFactory units, IBillingAccounts accounts, TimeProvider clock)
{
    /// <summary>Withdraws; doing so twice changes nothing.</summary>
    [Function(nameof(WithdrawAccess))]
    public async Task Run([ActivityTrigger] WithdrawAccessInput input, CancellationToken ct)
    {
        await using var work = await units.Begin(input.Tenant, ct);
        await accounts.Lock(work, ct);                  // events of the invoice are applied under it too
        if (!await accounts.IsPaid(work, input.InvoiceId, ct))
        {
            await accounts.WithdrawAccess(work, input.InvoiceId, clock.GetUtcNow(), ct);
            await work.Commit(ct);
        }
    }
}
