using ToolboxAI.Shared.Billing.Payments;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Tenants;

namespace ToolboxAI.Shared.Billing.StripeEvents;

/// <summary>What some events of one tenant are decided over, read under the lock on its account, and what they change of it.</summary>
internal sealed class AccountBooks
{
    private readonly TenantId tenant;
    private readonly Dictionary<string, DunningRun> runs = new(StringComparer.Ordinal);       // of the events' invoices, and all that are unsettled
    private readonly HashSet<string> paid = new(StringComparer.Ordinal);
    private readonly List<string> newlyPaid = [];
    private readonly HashSet<string> settled = new(StringComparer.Ordinal);
    private readonly List<DunningRun> started = [];
    private readonly List<AppliedMessage> applied = [];
    private BillingAccount account;
    private bool isChanged;

    private AccountBooks(TenantId tenant, BillingAccount account) => (this.tenant, this.account) = (tenant, account);

    /// <summary>The messages that were applied, each once.</summary>
    public IReadOnlyList<AppliedMessage> Handled => applied;

    /// <summary>The invoices that are no reason any more to withhold the tenant's access.</summary>
    public IEnumerable<TenantInvoice> Settled => settled.Select(invoice => new TenantInvoice(tenant, invoice));

    /// <summary>Whether there is something to <see cref="Write"/>.</summary>
    public bool HasChanges => isChanged || newlyPaid.Count > 0 || started.Count > 0;

    /// <summary>The account's version, with what was changed.</summary>
    public long Version => account.Version;

    /// <summary>The books of an account that is locked.</summary>
    public static AccountBooks Of(TenantId tenant, LockedAccount locked)
    {
        var books = new AccountBooks(tenant, locked.Account);
        foreach (var run in locked.Runs)
        {
            books.runs[run.Start.InvoiceId] = run;
        }

        books.paid.UnionWith(locked.Paid);
        return books;
    }

    /// <summary>What events need of their tenant's account.</summary>
    public static AccountWanted Wanted(TenantId tenant, IReadOnlyList<ReadEvent> events) => new(
        tenant,
        [.. events.Select(one => one.Invoice?.Id).OfType<string>().Distinct(StringComparer.Ordinal)],
        Unsettled: events.Any(one => one.Invoice is null));

    /// <summary>Locks the tenant's account, once nobody else holds it, and reads what events need of it.</summary>
    public static async Task<AccountBooks> Open(IUnitOfWork work, BillingStores stores, IReadOnlyList<ReadEvent> events)
    {
        var ct = CancellationToken.None;
        var wanted = Wanted(work.Tenant!.Value, events);
        var books = new AccountBooks(wanted.Tenant, await stores.Accounts.Lock(work, ct));
        if (wanted.Unsettled)
        {
            foreach (var run in await stores.Runs.Unsettled(work, ct))
            {
                books.runs[run.Start.InvoiceId] = run;
            }
        }

        foreach (var invoice in wanted.Invoices)
        {
            if (!books.runs.ContainsKey(invoice) && await stores.Runs.Find(work, invoice, ct) is { } run)
            {
                books.runs[invoice] = run;
            }

            if (await stores.Accounts.IsPaid(work, invoice, ct))
            {
                books.paid.Add(invoice);
            }
        }

        return books;
    }

    /// <summary>Decides one event after the other; null for one that must be read again, or that nobody said what its run starts from.</summary>
    /// <param name="events">The events.</param>
    /// <param name="done">Those that were applied before: they are answered as they were, and change nothing.</param>
    /// <param name="now">The time.</param>
    public IReadOnlyList<AppliedEvent?> Decide(IReadOnlyList<ReadEvent> events, IReadOnlySet<string> done, DateTimeOffset now)
    {
        var known = done.ToHashSet(StringComparer.Ordinal);
        var results = new List<AppliedEvent?>();
        foreach (var one in events)
        {
            var isNew = !known.Contains(one.Message.EventId);
            var result = one.Invoice is { } invoice ? Decide(one, invoice, isNew, now) : Decide(one, isNew);
            if (result is not null && known.Add(one.Message.EventId))
            {
                applied.Add(new(one.Message.EventId, result.Outcome, tenant, result.IsFollowed));
            }

            results.Add(isNew || result is null ? result : result with { Again = true });
        }

        return results;
    }

    /// <summary>Writes what was decided into the tenant's schema, in its session.</summary>
    public async Task Write(IUnitOfWork work, BillingStores stores, DateTimeOffset now)
    {
        var ct = CancellationToken.None;
        if (isChanged)
        {
            await stores.Accounts.Save(work, account, ct);
        }

        foreach (var invoice in newlyPaid)
        {
            await stores.Accounts.TryMarkPaid(work, invoice, now, ct);
        }

        foreach (var run in started)
        {
            await stores.Runs.TryAdd(work, run, ct);
        }
    }

    private AppliedEvent? Decide(ReadEvent happened, InvoiceReading invoice, bool isNew, DateTimeOffset now)
    {
        var run = runs.GetValueOrDefault(invoice.Id);
        var decision = StripeEventRules.Decide(happened.Message, invoice, paid.Contains(invoice.Id), run);
        if (decision.Start)
        {
            if (happened.Sold is not { } sold)
            {
                return null;
            }

            run = DunningRun.Begin(StartOf(happened.Message, invoice, sold, now), now);
        }

        if (isNew)
        {
            Note(invoice, decision.Start ? run : null);
        }

        // A run that is told something is started too, if whoever added its row died before starting it.
        return new(decision.Outcome, run is { Ended: false } ? [new(run.Start, decision.Signal is { } told ? new(told) : null)] : [])
        {
            Stored = true,
            Lift = decision.Lift ? run!.Start : null,
        };
    }

    private AppliedEvent? Decide(ReadEvent happened, bool isNew)
    {
        var updated = StripeEventRules.Update(account, happened.Customer, happened.Subscription);
        var changes = updated != account;
        if (changes && account.Version != happened.Before)
        {
            return null;
        }

        if (changes && isNew)
        {
            (account, isChanged) = (updated with { Version = account.Version + 1 }, true);
        }

        var unended = runs.Values.Where(run => !run.Ended).OrderBy(run => run.Start.InvoiceId, StringComparer.Ordinal);
        var calls = StripeEventRules.Calls(happened.Message, happened.Customer, happened.Subscription, unended);
        return new(changes ? StripeEventOutcome.Updated : StripeEventOutcome.NoChange, calls) { Stored = true, Late = LateTries(happened) };
    }

    private IReadOnlyList<LateTry> LateTries(ReadEvent happened)
    {
        if (StripeEventRules.CardOf(happened.Message, happened.Customer) is not { } card)
        {
            return [];
        }

        var owed = runs.Values.Where(run => run.IsGivenUp && !paid.Contains(run.Start.InvoiceId)).OrderBy(run => run.Start.InvoiceId, StringComparer.Ordinal);
        return [.. owed.Select(run => new LateTry(run.Start.InvoiceId, run.Start.LateKey(card.Name), card.Renewed))];
    }

    private void Note(InvoiceReading invoice, DunningRun? begun)
    {
        if (invoice.Status == InvoiceStatus.Paid && paid.Add(invoice.Id))
        {
            newlyPaid.Add(invoice.Id);
        }

        if (invoice.Settled)
        {
            settled.Add(invoice.Id);
        }

        if (begun is not null)
        {
            runs[invoice.Id] = begun;
            started.Add(begun);
        }
    }

    private DunningStart StartOf(StripeEventMessage message, InvoiceReading invoice, Sold sold, DateTimeOffset now) => new()
    {
        Tenant = tenant,
        InvoiceId = invoice.Id,
        CustomerId = invoice.CustomerId,
        SubscriptionId = invoice.SubscriptionId!,
        Plan = sold.Plan,
        Policy = sold.Policy,
        FirstFailureAt = message.CreatedAt ?? now,
        Decline = invoice.LastDecline,
        Card = invoice.Card ?? account.Card,
        NewCard = invoice.CustomerCard is { } card && card != (invoice.Card ?? account.Card) ? card : null,
        Amount = invoice.AmountRemaining,
        Currency = invoice.Currency,
        PaymentPage = invoice.PaymentPage,
    };
}
