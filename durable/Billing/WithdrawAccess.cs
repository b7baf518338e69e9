using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using ToolboxAI.Shared.Billing;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Http;
using ToolboxAI.Shared.Tenants;

namespace ToolboxAI.Durable.Billing;

/// <summary>A tenant whose invoice was given up.</summary>
/// <param name="Tenant">The tenant.</param>
/// <param name="InvoiceId">The invoice.</param>
/// <param name="CorrelationId">The correlation id of the call that moved the run last.</param>
public sealed record WithdrawAccessInput(TenantId Tenant, string InvoiceId, string? CorrelationId = null);

/// <summary>Withdraws a tenant's access, unless the invoice was paid in the meantime.</summary>
public sealed class WithdrawAccess(IUnitOfWorkFactory units, IBillingAccounts accounts, TimeProvider clock, ILogger<WithdrawAccess> log)
{
    /// <summary>Withdraws; doing so twice changes nothing.</summary>
    [Function(nameof(WithdrawAccess))]
    public async Task Run([ActivityTrigger] WithdrawAccessInput input, CancellationToken ct)
    {
        using var cause = Correlation.GoOn(log, input.CorrelationId);
        await using var work = await units.Begin(input.Tenant, ct);
        await accounts.Lock(work, ct);                  // events of the invoice are applied under it too
        if (!await accounts.IsPaid(work, input.InvoiceId, ct))
        {
            await accounts.WithdrawAccess(work, input.InvoiceId, clock.GetUtcNow(), ct);
            await work.Commit(ct);
        }
    }
}
