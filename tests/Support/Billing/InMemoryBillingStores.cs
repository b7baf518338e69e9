using ToolboxAI.Shared.Billing;
using ToolboxAI.Shared.Billing.StripeEvents;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Tenants;
using ToolboxAI.Tests.Support.Data;

namespace ToolboxAI.Tests.Support.Billing;

/// <inheritdoc cref="IBillingAccounts"/>
public sealed class InMemoryBillingAccounts : IBillingAccounts
{
    /// <summary>The table of withdrawn access.</summary>
    public const string WithdrawnAccess = "toolbox.withdrawn_access";

    private const string Customers = "toolbox.stripe_customers";
    private const string Key = "account";

    /// <inheritdoc/>
    public Task<IReadOnlyDictionary<string, TenantId>> TenantsOf(IUnitOfWork work, IReadOnlyCollection<string> customerIds, CancellationToken ct)
    {
        var found = new Dictionary<string, TenantId>(StringComparer.Ordinal);
        foreach (var id in customerIds)
        {
            if (work.Session<InMemoryUnitOfWork>().Find<Owner>(Customers, id) is { } owner)
            {
                found[id] = owner.Tenant;
            }
        }

        return Task.FromResult<IReadOnlyDictionary<string, TenantId>>(found);
    }

    /// <inheritdoc/>
    public Task<BillingContact> Contact(IUnitOfWork work, CancellationToken ct)
    {
        var slug = work.Tenant!.Value.Slug;
        return Task.FromResult(new BillingContact(char.ToUpperInvariant(slug[0]) + slug[1..], $"billing@{slug}.example"));
    }

    /// <inheritdoc/>
    public Task<BillingAccount> Read(IUnitOfWork work, CancellationToken ct)
    {
        var session = work.Session<InMemoryUnitOfWork>();
        return Task.FromResult(session.Find<BillingAccount>(Table(session), Key) ?? new());
    }

    /// <inheritdoc/>
    public async Task<BillingAccount> Lock(IUnitOfWork work, CancellationToken ct)
    {
        var session = work.Session<InMemoryUnitOfWork>();
        return await session.FindForUpdate<BillingAccount>(Table(session), Key, ct) ?? new();
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<LockedAccount?>> TryLock(ITenantTurns work, IReadOnlyList<AccountWanted> wanted, CancellationToken ct)
    {
        var session = work.Session<InMemoryUnitOfWork>();
        var locked = new List<LockedAccount?>();
        foreach (var one in wanted)
        {
            await work.Enter(one.Tenant, ct);
            var account = session.TryLock(Table(session), Key) ? session.Find<BillingAccount>(Table(session), Key) : null;
            var runs = InMemoryDunningRuns.Wanted(session, one);
            locked.Add(account is null ? null : new(account, runs, [.. one.Invoices.Where(invoice => session.Find<object>(session.OfTenant("paid_invoices"), invoice) is not null)]));
        }

        await work.Enter(null, ct);
        return locked;
    }

    /// <inheritdoc/>
    public async Task Save(IUnitOfWork work, BillingAccount account, CancellationToken ct)
    {
        var session = work.Session<InMemoryUnitOfWork>();
        var before = session.Find<BillingAccount>(Table(session), Key) ?? new();
        if (account.CustomerId is { } customer
            && !await session.TryInsert(Customers, customer, new Owner(work.Tenant!.Value), ct)
            && session.Find<Owner>(Customers, customer)!.Tenant != work.Tenant)
        {
            throw new InvalidOperationException($"Customer {customer} is not this tenant's.");
        }

        var saved = account with { CustomerId = before.CustomerId ?? account.CustomerId, Version = before.Version + 1 };
        await session.Put(Table(session), Key, saved, ct);
    }

    /// <inheritdoc/>
    public Task<bool> TryMarkPaid(IUnitOfWork work, string invoiceId, DateTimeOffset at, CancellationToken ct)
    {
        var session = work.Session<InMemoryUnitOfWork>();
        return session.TryInsert(session.OfTenant("paid_invoices"), invoiceId, at, ct);
    }

    /// <inheritdoc/>
    public Task<bool> IsPaid(IUnitOfWork work, string invoiceId, CancellationToken ct)
    {
        var session = work.Session<InMemoryUnitOfWork>();
        return Task.FromResult(session.Find<object>(session.OfTenant("paid_invoices"), invoiceId) is not null);
    }

    /// <inheritdoc/>
    public Task WithdrawAccess(IUnitOfWork work, string invoiceId, DateTimeOffset at, CancellationToken ct)
    {
        var tenant = work.Tenant!.Value;
        return work.Session<InMemoryUnitOfWork>().TryInsert(WithdrawnAccess, (tenant, invoiceId), new Withdrawn(tenant), ct);
    }

    /// <inheritdoc/>
    public async Task RestoreAccess(IUnitOfWork work, IReadOnlyList<TenantInvoice> settled, CancellationToken ct)
    {
        foreach (var one in settled.Where(one => work.Tenant is null || one.Tenant == work.Tenant))
        {
            await work.Session<InMemoryUnitOfWork>().Remove(WithdrawnAccess, (one.Tenant, one.InvoiceId), ct);
        }
    }

    private static string Table(InMemoryUnitOfWork session) => session.OfTenant("billing_account");

    /// <summary>A tenant whose access is withdrawn, once for each invoice.</summary>
    public sealed record Withdrawn(TenantId Tenant);

    private sealed record Owner(TenantId Tenant);
}

/// <inheritdoc cref="IDunningRuns"/>
public sealed class InMemoryDunningRuns : IDunningRuns
{
    /// <inheritdoc/>
    public Task<bool> TryAdd(IUnitOfWork work, DunningRun run, CancellationToken ct)
    {
        var session = work.Session<InMemoryUnitOfWork>();
        return session.TryInsert(Table(session), run.Start.InvoiceId, run, ct);
    }

    /// <inheritdoc/>
    public Task<DunningRun?> Find(IUnitOfWork work, string invoiceId, CancellationToken ct)
    {
        var session = work.Session<InMemoryUnitOfWork>();
        return Task.FromResult(session.Find<DunningRun>(Table(session), invoiceId));
    }

    /// <inheritdoc/>
    public Task<DunningRun?> Lock(IUnitOfWork work, string invoiceId, CancellationToken ct)
    {
        var session = work.Session<InMemoryUnitOfWork>();
        return session.FindForUpdate<DunningRun>(Table(session), invoiceId, ct);
    }

    /// <inheritdoc/>
    public Task Save(IUnitOfWork work, DunningRun run, CancellationToken ct)
    {
        var session = work.Session<InMemoryUnitOfWork>();
        return session.Put(Table(session), run.Start.InvoiceId, run, ct);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<DunningRun>> Unended(IUnitOfWork work, CancellationToken ct)
    {
        var session = work.Session<InMemoryUnitOfWork>();
        return Task.FromResult<IReadOnlyList<DunningRun>>(
            [.. session.All<DunningRun>(Table(session)).Where(run => !run.Ended).OrderBy(run => run.Start.InvoiceId, StringComparer.Ordinal)]);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<DunningRun>> Unsettled(IUnitOfWork work, CancellationToken ct)
    {
        var session = work.Session<InMemoryUnitOfWork>();
        return Task.FromResult<IReadOnlyList<DunningRun>>(
            [.. session.All<DunningRun>(Table(session)).Where(run => IsUnsettled(session, run)).OrderBy(run => run.Start.InvoiceId, StringComparer.Ordinal)]);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<DunningRun>> Page(IUnitOfWork work, DunningStatus? status, DunningPosition? after, int limit, CancellationToken ct)
    {
        var session = work.Session<InMemoryUnitOfWork>();
        var page = session.All<DunningRun>(Table(session))
            .Where(run => status is null || run.Status == status)
            .Where(run => after is null || run.StartedAt < after.StartedAt
                || (run.StartedAt == after.StartedAt && string.CompareOrdinal(run.Start.InvoiceId, after.InvoiceId) < 0))
            .OrderByDescending(run => run.StartedAt)
            .ThenByDescending(run => run.Start.InvoiceId, StringComparer.Ordinal)
            .Take(limit);
        return Task.FromResult<IReadOnlyList<DunningRun>>([.. page]);
    }

    internal static IReadOnlyList<DunningRun> Wanted(InMemoryUnitOfWork session, AccountWanted wanted) =>
        [.. session.All<DunningRun>(Table(session)).Where(run => wanted.Invoices.Contains(run.Start.InvoiceId) || (wanted.Unsettled && IsUnsettled(session, run)))];

    private static bool IsUnsettled(InMemoryUnitOfWork session, DunningRun run) =>
        !run.Ended || (run.IsGivenUp && session.Find<object>(session.OfTenant("paid_invoices"), run.Start.InvoiceId) is null);

    private static string Table(InMemoryUnitOfWork session) => session.OfTenant("dunning_runs");
}

/// <inheritdoc cref="IStripeEventLog"/>
public sealed class InMemoryStripeEventLog : IStripeEventLog
{
    private const string Again = "toolbox.inbox.sent_again_at";

    /// <inheritdoc/>
    public Task<IReadOnlyList<TakenEvent>> Unfinished(IUnitOfWork work, DateTimeOffset sentBefore, int limit, CancellationToken ct)
    {
        var session = work.Session<InMemoryUnitOfWork>();
        var finished = session.All<HandledMessage>(InMemoryHandledMessages.Table)
            .Where(message => message is { Consumer: StripeEventHandler.Consumer, Unfinished: false }).Select(message => message.MessageId).ToHashSet();
        var waiting = session.All<InboxEvent>(InMemoryInbox.Table)
            .Where(stored => stored is { Sender: StripeEventIntake.Sender, Outcome: StripeEventOutcome.Queued } && Sent(stored) < sentBefore)
            .Where(stored => !finished.Contains(stored.MessageId!))
            .OrderBy(Sent).ThenBy(stored => stored.EventId, StringComparer.Ordinal);
        return Task.FromResult<IReadOnlyList<TakenEvent>>([.. waiting.Take(limit).Select(stored => new TakenEvent(stored.EventId, stored.Type))]);

        DateTimeOffset Sent(InboxEvent stored) => session.Find<object>(Again, stored.EventId) as DateTimeOffset? ?? stored.ReceivedAt;
    }

    /// <inheritdoc/>
    public async Task SentAgain(IUnitOfWork work, IReadOnlyList<TakenEvent> events, DateTimeOffset now, CancellationToken ct)
    {
        foreach (var sent in events)
        {
            await work.Session<InMemoryUnitOfWork>().Put(Again, sent.EventId, now, ct);
        }
    }
}

/// <inheritdoc cref="IDunningPolicies"/>
public sealed class InMemoryDunningPolicies : IDunningPolicies
{
    private const string Table = "toolbox.dunning_policies";

    /// <inheritdoc/>
    public Task<DunningPolicy?> Find(IUnitOfWork work, string plan, CancellationToken ct) =>
        Task.FromResult(work.Session<InMemoryUnitOfWork>().Find<DunningPolicy>(Table, plan));

    /// <inheritdoc/>
    public Task Put(IUnitOfWork work, string plan, DunningPolicy policy, DateTimeOffset at, CancellationToken ct) =>
        work.Session<InMemoryUnitOfWork>().Put(Table, plan, policy, ct);
}
