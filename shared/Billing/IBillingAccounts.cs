using ToolboxAI.Shared.Billing.Payments;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Tenants;

namespace ToolboxAI.Shared.Billing;

/// <summary>The stores that billing decides over.</summary>
public sealed record BillingStores(IBillingAccounts Accounts, IDunningRuns Runs, IDunningPolicies Policies);

/// <summary>What we keep of a tenant's billing. The truth about it is at Stripe; this is the last reading of it.</summary>
public sealed record BillingAccount
{
    /// <summary>The tenant's customer at Stripe; it belongs to this tenant only.</summary>
    public string? CustomerId { get; init; }

    /// <summary>The payment method that invoices are paid with.</summary>
    public string? Card { get; init; }

    /// <summary>The tenant's subscription as last read.</summary>
    public SubscriptionReading? Subscription { get; init; }

    /// <summary>Counts the subscriptions that were tried; names the idempotency key of the next.</summary>
    public int Attempt { get; init; }

    /// <summary>Rises with every save: a reading made before is older than what is stored.</summary>
    public long Version { get; init; }
}

/// <summary>Whom a tenant's bills and mails go to.</summary>
/// <param name="Name">The tenant's name.</param>
/// <param name="BillingEmail">Where mails about payments go.</param>
public sealed record BillingContact(string Name, string BillingEmail);

/// <summary>What somebody wants to know of a tenant's billing.</summary>
/// <param name="Tenant">Whose.</param>
/// <param name="Invoices">The invoices that it is about.</param>
/// <param name="Unsettled">Whether it is about all runs that have not ended or whose invoice is still owed, too.</param>
public sealed record AccountWanted(TenantId Tenant, IReadOnlyList<string> Invoices, bool Unsettled);

/// <summary>An account that is locked, with what was wanted.</summary>
/// <param name="Account">The account.</param>
/// <param name="Runs">The runs of the invoices, and the unsettled ones if they were asked for; some perhaps twice.</param>
/// <param name="Paid">Those of the invoices that are known to be paid.</param>
public sealed record LockedAccount(BillingAccount Account, IReadOnlyList<DunningRun> Runs, IReadOnlyList<string> Paid);

/// <summary>An invoice of a tenant's.</summary>
public sealed record TenantInvoice(TenantId Tenant, string InvoiceId);

/// <summary>The tenants' billing accounts.</summary>
public interface IBillingAccounts
{
    /// <summary>Whose customers they are; those that are nobody's are left out. Control plane.</summary>
    Task<IReadOnlyDictionary<string, TenantId>> TenantsOf(IUnitOfWork work, IReadOnlyCollection<string> customerIds, CancellationToken ct);

    /// <summary>The tenant's contact.</summary>
    Task<BillingContact> Contact(IUnitOfWork work, CancellationToken ct);

    /// <summary>Reads the tenant's account without locking it.</summary>
    Task<BillingAccount> Read(IUnitOfWork work, CancellationToken ct);

    /// <summary>Reads the tenant's account and locks it until the unit of work ends.</summary>
    Task<BillingAccount> Lock(IUnitOfWork work, CancellationToken ct);

    /// <summary>
    /// Locks tenants' accounts until the unit of work ends and reads what is wanted of each under its lock, without waiting for anybody: null
    /// for one that another holds, or that was never written.
    /// </summary>
    Task<IReadOnlyList<LockedAccount?>> TryLock(ITenantTurns work, IReadOnlyList<AccountWanted> wanted, CancellationToken ct);

    /// <summary>Writes the account back, which must be locked. A customer id, once given, stays.</summary>
    /// <exception cref="InvalidOperationException">The customer is another tenant's.</exception>
    Task Save(IUnitOfWork work, BillingAccount account, CancellationToken ct);

    /// <summary>Remembers that an invoice is paid; false when that was known. It is never forgotten.</summary>
    Task<bool> TryMarkPaid(IUnitOfWork work, string invoiceId, DateTimeOffset at, CancellationToken ct);

    /// <summary>Whether an invoice is known to be paid.</summary>
    Task<bool> IsPaid(IUnitOfWork work, string invoiceId, CancellationToken ct);

    /// <summary>Withdraws the tenant's access because an invoice was given up; its keys open billing only. Twice changes nothing.</summary>
    Task WithdrawAccess(IUnitOfWork work, string invoiceId, DateTimeOffset at, CancellationToken ct);

    /// <summary>The invoices are no reason any more; a tenant has access again once none is left. In either kind of session.</summary>
    Task RestoreAccess(IUnitOfWork work, IReadOnlyList<TenantInvoice> settled, CancellationToken ct);
}
