using System.Text.Json;
using Npgsql;
using ToolboxAI.Shared.Billing.Payments;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Http;
using ToolboxAI.Shared.Tenants;

namespace ToolboxAI.Shared.Billing;

/// <inheritdoc cref="IBillingAccounts"/>
public sealed class PostgresBillingAccounts : IBillingAccounts
{
    private const string Columns = "customer_id, card, subscription::text, attempt, version";

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<string, TenantId>> TenantsOf(IUnitOfWork work, IReadOnlyCollection<string> customerIds, CancellationToken ct)
    {
        const string Sql = "SELECT customer_id, tenant FROM toolbox.stripe_customers WHERE customer_id = ANY(@ids)";
        var found = await work.Query<(string Customer, string Slug)>(Sql, new { ids = customerIds.ToArray() }, ct);
        return found.ToDictionary(one => one.Customer, one => new TenantId(one.Slug), StringComparer.Ordinal);
    }

    /// <inheritdoc/>
    public async Task<BillingContact> Contact(IUnitOfWork work, CancellationToken ct)
    {
        const string Sql = "SELECT name, billing_email FROM toolbox.tenants WHERE tenant = @tenant";
        return (await work.QuerySingle<BillingContact>(Sql, new { tenant = work.Tenant!.Value.Slug }, ct))!;
    }

    /// <inheritdoc/>
    public async Task<BillingAccount> Read(IUnitOfWork work, CancellationToken ct) =>
        await work.QuerySingle<Row>($"SELECT {Columns} FROM billing_account", null, ct) is { } row ? row.ToAccount() : new();

    /// <inheritdoc/>
    public async Task<BillingAccount> Lock(IUnitOfWork work, CancellationToken ct)
    {
        const string Sql = $"SELECT {Columns} FROM billing_account FOR UPDATE";
        if (await work.QuerySingle<Row>(Sql, null, ct) is { } row)
        {
            return row.ToAccount();
        }

        await work.Execute("INSERT INTO billing_account DEFAULT VALUES ON CONFLICT DO NOTHING", null, ct);
        return (await work.QuerySingle<Row>(Sql, null, ct))!.ToAccount();
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<LockedAccount?>> TryLock(ITenantTurns work, IReadOnlyList<AccountWanted> wanted, CancellationToken ct)
    {
        await using var turns = new TenantBatch(work.Session<NpgsqlConnection>());
        foreach (var one in wanted)
        {
            turns.Enter(one.Tenant);
            turns.Query($"SELECT {Columns} FROM billing_account FOR UPDATE SKIP LOCKED");       // what follows is read under the lock: it sees what the last holder wrote
            PostgresDunningRuns.AddTo(turns, one);
            if (one.Invoices.Count > 0)
            {
                turns.Query("SELECT invoice_id FROM paid_invoices WHERE invoice_id = ANY($1)", one.Invoices.ToArray());
            }
        }

        turns.Enter(null);
        var locked = new List<LockedAccount?>();
        foreach (var one in wanted)
        {
            var account = await turns.Next<Row>(ct);
            var runs = await PostgresDunningRuns.Next(turns, one, ct);
            var paid = one.Invoices.Count > 0 ? await turns.Next<PaidInvoice>(ct) : [];
            locked.Add(account is [var row] ? new(row.ToAccount(), runs, [.. paid.Select(invoice => invoice.InvoiceId)]) : null);
        }

        return locked;
    }

    /// <inheritdoc/>
    public async Task Save(IUnitOfWork work, BillingAccount account, CancellationToken ct)
    {
        await ClaimCustomer(work, account.CustomerId, ct);
        const string Sql = """
            UPDATE billing_account SET customer_id = coalesce(customer_id, @CustomerId), card = @Card, attempt = @Attempt,
                subscription = CAST(@Subscription AS jsonb), version = version + 1
            """;
        var subscription = account.Subscription is { } last ? JsonSerializer.Serialize(last, ApiJson.Options) : null;
        await work.Execute(Sql, new { account.CustomerId, account.Card, account.Attempt, Subscription = subscription }, ct);
    }

    /// <inheritdoc/>
    public async Task<bool> TryMarkPaid(IUnitOfWork work, string invoiceId, DateTimeOffset at, CancellationToken ct)
    {
        const string Sql = "INSERT INTO paid_invoices (invoice_id, paid_at) VALUES (@invoiceId, @at) ON CONFLICT DO NOTHING";
        return await work.Execute(Sql, new { invoiceId, at }, ct) == 1;
    }

    /// <inheritdoc/>
    public async Task<bool> IsPaid(IUnitOfWork work, string invoiceId, CancellationToken ct) =>
        await work.QuerySingle<bool>("SELECT exists (SELECT FROM paid_invoices WHERE invoice_id = @invoiceId)", new { invoiceId }, ct);

    /// <inheritdoc/>
    public Task WithdrawAccess(IUnitOfWork work, string invoiceId, DateTimeOffset at, CancellationToken ct)
    {
        const string Sql = """
            INSERT INTO toolbox.withdrawn_access (tenant, invoice_id, withdrawn_at) VALUES (@tenant, @invoiceId, @at)
            ON CONFLICT DO NOTHING
            """;
        return work.Execute(Sql, new { tenant = work.Tenant!.Value.Slug, invoiceId, at }, ct);
    }

    /// <inheritdoc/>
    public Task RestoreAccess(IUnitOfWork work, IReadOnlyList<TenantInvoice> settled, CancellationToken ct)
    {
        const string Sql = """
            DELETE FROM toolbox.withdrawn_access withdrawn USING unnest(@tenants, @invoices) AS settled (tenant, invoice_id)
            WHERE withdrawn.tenant = settled.tenant AND withdrawn.invoice_id = settled.invoice_id
            """;
        var args = new { tenants = settled.Select(one => one.Tenant.Slug).ToArray(), invoices = settled.Select(one => one.InvoiceId).ToArray() };
        return work.Execute(Sql, args, ct);
    }

    private static async Task ClaimCustomer(IUnitOfWork work, string? customerId, CancellationToken ct)
    {
        if (customerId is null)
        {
            return;
        }

        // A tenant's session sees its own rows only: what it can't see and can't insert is another's.
        const string Sql = """
            INSERT INTO toolbox.stripe_customers (customer_id, tenant)
            SELECT @customerId, @tenant
            WHERE NOT EXISTS (SELECT FROM toolbox.stripe_customers WHERE customer_id = @customerId AND tenant = @tenant)
            """;
        try
        {
            await work.Execute(Sql, new { customerId, tenant = work.Tenant!.Value.Slug }, ct);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            throw new InvalidOperationException($"Customer {customerId} is not this tenant's.", e);
        }
    }

    private sealed record PaidInvoice(string InvoiceId);

    private sealed record Row(string? CustomerId, string? Card, string? Subscription, int Attempt, long Version)
    {
        public BillingAccount ToAccount() => new()
        {
            CustomerId = CustomerId,
            Card = Card,
            Subscription = Subscription is null ? null : JsonSerializer.Deserialize<SubscriptionReading>(Subscription, ApiJson.Options),
            Attempt = Attempt,
            Version = Version,
        };
    }
}
