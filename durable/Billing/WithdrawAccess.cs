using Microsoft.Azure.Functions.Worker;
using ToolboxAI.Shared.Billing;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Tenants;

namespace ToolboxAI.Durable.Billing;

/// <summary>A tenant whose invoice was given up.</summary>
public sealed record WithdrawAccessInput(TenantId Tenant, string InvoiceId);

/// <summary>Withdraws a tenant's access, unless the invoice was paid in the meantime.</summary>
public sealed class WithdrawAccess(IUnitOfWorkFactory units, IBillingAccounts accounts)
{
    /// <summary>Withdraws; doing so twice changes nothing.</summary>
    [Function(nameof(WithdrawAccess))]
    public async Task Run([ActivityTrigger] WithdrawAccessInput input, CancellationToken ct)
    {
        await using var work = await units.Begin(input.Tenant, ct);
        var account = await accounts.Lock(work, ct);
        if (account.AccessWithdrawnFor is null && !await accounts.IsPaid(work, input.InvoiceId, ct))
        {
            await accounts.Save(work, account with { AccessWithdrawnFor = input.InvoiceId }, ct);
            await work.Commit(ct);
        }
    }
}
