using Microsoft.Extensions.Logging;
using ToolboxAI.Shared.Billing.Payments;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Tenants;

namespace ToolboxAI.Shared.Billing.StripeEvents;

/// <summary>
/// Applies an event: reads the object at Stripe, then decides under the lock on the customer's row. Events may come in any order
/// and more than once; what is read is newer than what they tell. Those that come at the same time share transactions.
/// </summary>
public sealed partial class StripeEventHandler
{
    /// <summary>The consumer's name in the inbox.</summary>
    public const string Consumer = "stripe-events";

    private const int MostReadings = 10;
    private readonly IPayments payments;
    private readonly BillingStores stores;
    private readonly IUnitOfWorkFactory units;
    private readonly IHandledMessages handled;
    private readonly TimeProvider clock;
    private readonly ILogger<StripeEventHandler> log;
    private readonly CollectionPause pause;
    private readonly AccountSteps<Applied?> accounts;
    private readonly SharedTransactions<string, TenantId?> tenants;
    private readonly SharedTransactions<AppliedMessage, bool> outcomes;

    /// <summary>Applies events with what Stripe tells, to these stores.</summary>
    public StripeEventHandler(
        IPayments payments, BillingStores stores, IUnitOfWorkFactory units, IHandledMessages handled, TimeProvider clock, ILogger<StripeEventHandler> log)
    {
        (this.payments, this.stores, this.units, this.handled, this.clock, this.log) = (payments, stores, units, handled, clock, log);
        pause = new(payments, stores, units);
        accounts = new(units, stores.Accounts);
        tenants = new(FindTenants);
        outcomes = new(StoreOutcomes);
    }

    /// <summary>
    /// Applies an event once, and returns what its runs must be told. The caller tells them before the message is completed;
    /// after a crash the message comes again, nothing is applied twice, and the same is returned.
    /// </summary>
    public async Task<IReadOnlyList<DunningCall>> Apply(StripeEventMessage message, CancellationToken ct)
    {
        var complete = message.ObjectId is null ? await Complete(message, ct) : message;
        var applied = complete is null
            ? new Applied(StripeEventOutcome.NotFound, [])
            : StripeEventRules.ObjectOf(message.Type) switch
            {
                StripeObject.Invoice => await ApplyInvoice(complete, ct),
                StripeObject.Subscription => await ApplySubscription(complete, ct),
                StripeObject.Customer or StripeObject.PaymentMethod => await ApplyCustomer(complete, ct),
                _ => new Applied(StripeEventOutcome.Ignored, []),
            };
        if (!applied.Stored)
        {
            await outcomes.Run(new(message.EventId, applied.Outcome), ct);
        }

        BillingMetrics.EventApplied(message.Type, applied.Outcome);
        EventApplied(message.EventId, message.Type, applied.Outcome);
        return applied.Calls;
    }

    private async Task<StripeEventMessage?> Complete(StripeEventMessage message, CancellationToken ct) =>
        await payments.ReadEvent(message.EventId, ct) is { ObjectId: { } id } happened
            ? message with { ObjectId = id, CustomerId = happened.CustomerId, CreatedAt = happened.CreatedAt }
            : null;

    private async Task<Applied> ApplyInvoice(StripeEventMessage message, CancellationToken ct)
    {
        if (await payments.ReadInvoice(message.ObjectId!, ct) is not { } invoice)
        {
            return new(StripeEventOutcome.NotFound, []);
        }

        if (invoice.CustomerDeleted)
        {
            return new(StripeEventOutcome.DeletedCustomer, []);
        }

        if (await tenants.Run(invoice.CustomerId, ct) is not { } tenant)
        {
            return new(StripeEventOutcome.UnknownCustomer, []);
        }

        // What a run starts from is read only when one starts, which is seldom: the step is made again with it.
        var applied = await accounts.Make(tenant, account => TryApply(account, message, invoice, sold: null), ct);
        if (applied is null)
        {
            var sold = await ReadSold(tenant, ct);
            applied = (await accounts.Make(tenant, account => TryApply(account, message, invoice, sold), ct))!;
        }

        if (applied.Lift is { } run)
        {
            await pause.Settle(tenant, run.SubscriptionId, ct);
        }

        return applied;
    }

    /// <summary>Null when a run is to start, and nobody said from what.</summary>
    private async Task<Applied?> TryApply(LockedAccount account, StripeEventMessage message, InvoiceReading invoice, Sold? sold)
    {
        var (work, ct) = (account.Work, CancellationToken.None);
        var run = await stores.Runs.Find(work, invoice.Id, ct);
        var knownPaid = await stores.Accounts.IsPaid(work, invoice.Id, ct);
        var decision = StripeEventRules.Decide(message, invoice, knownPaid, run);
        if (decision.Start)
        {
            if (sold is null)
            {
                return null;
            }

            run = DunningRun.Begin(StartOf(work.Tenant!.Value, message, invoice, account.Account, sold), clock.GetUtcNow());
        }

        if (await handled.TryAdd(work, Consumer, message.EventId, decision.Outcome, clock.GetUtcNow(), ct))
        {
            await Write(work, invoice, knownPaid, decision, run, ct);
        }

        // A run that is told something is started too, if whoever added its row died before starting it.
        return new(decision.Outcome, run is { Ended: false } ? [new(run.Start, ToSignal(decision.Signal))] : [])
        {
            Stored = true,
            Lift = decision.Lift ? run!.Start : null,
        };
    }

    private async Task Write(IUnitOfWork work, InvoiceReading invoice, bool knownPaid, InvoiceDecision decision, DunningRun? run, CancellationToken ct)
    {
        if (invoice.Status == InvoiceStatus.Paid && !knownPaid)
        {
            await stores.Accounts.TryMarkPaid(work, invoice.Id, clock.GetUtcNow(), ct);
        }

        if (invoice.Status is InvoiceStatus.Paid or InvoiceStatus.Void)
        {
            await stores.Accounts.RestoreAccess(work, invoice.Id, ct);
        }

        if (decision.Start)
        {
            await stores.Runs.TryAdd(work, run!, ct);
        }
    }

    private Task<Applied> ApplySubscription(StripeEventMessage message, CancellationToken ct) => ApplyToAccount(
        message,
        async () => await payments.ReadSubscription(message.ObjectId!, ct) is { } read ? new(read.CustomerId, null, read) : null,
        ct);

    private Task<Applied> ApplyCustomer(StripeEventMessage message, CancellationToken ct) => ApplyToAccount(
        message,
        async () => message.CustomerId is { } id && await payments.ReadCustomer(id, ct) is { } read ? new(read.Id, read, null) : null,
        ct);

    /// <summary>
    /// Brings the account up to a reading. A reading made before another one was stored may be older than that: then it is
    /// made again.
    /// </summary>
    private async Task<Applied> ApplyToAccount(StripeEventMessage message, Func<Task<AccountReading?>> read, CancellationToken ct)
    {
        var tenant = message.CustomerId is { } known ? await tenants.Run(known, ct) : null;
        for (var count = 0; count < MostReadings; count++)
        {
            var before = tenant is { } its ? await ReadVersion(its, ct) : -1;
            if (await read() is not { } reading)
            {
                return new(StripeEventOutcome.NotFound, []);
            }

            if (reading.Customer is { Deleted: true })
            {
                return new(StripeEventOutcome.DeletedCustomer, []);
            }

            tenant ??= await tenants.Run(reading.CustomerId, ct);
            if (tenant is not { } owner)
            {
                return new(StripeEventOutcome.UnknownCustomer, []);
            }

            if (await accounts.Make(owner, account => TryApply(account, message, reading, before), ct) is { } applied)
            {
                return applied;
            }
        }

        throw new InvalidOperationException($"Event {message.EventId}: the account changed at each of {MostReadings} readings.");
    }

    private async Task<Applied?> TryApply(LockedAccount account, StripeEventMessage message, AccountReading reading, long before)
    {
        var (work, known, ct) = (account.Work, account.Account, CancellationToken.None);
        var updated = StripeEventRules.Update(known, reading.Customer, reading.Subscription);
        if (updated != known && known.Version != before)
        {
            return null;
        }

        var outcome = updated == known ? StripeEventOutcome.NoChange : StripeEventOutcome.Updated;
        if (await handled.TryAdd(work, Consumer, message.EventId, outcome, clock.GetUtcNow(), ct) && updated != known)
        {
            await account.Save(stores.Accounts, updated);
        }

        var unended = await stores.Runs.Unended(work, ct);
        return new(outcome, StripeEventRules.Calls(message, reading.Customer, reading.Subscription, unended)) { Stored = true };
    }

    private async Task<IReadOnlyList<TenantId?>> FindTenants(IReadOnlyList<string> customers)
    {
        await using var work = await units.Begin(CancellationToken.None);
        var found = await stores.Accounts.TenantsOf(work, [.. customers.Distinct(StringComparer.Ordinal)], CancellationToken.None);
        return [.. customers.Select(customer => found.TryGetValue(customer, out var tenant) ? tenant : (TenantId?)null)];
    }

    private async Task<long> ReadVersion(TenantId tenant, CancellationToken ct)
    {
        await using var work = await units.Begin(tenant, ct);
        return (await stores.Accounts.Read(work, ct)).Version;
    }

    private async Task<Sold> ReadSold(TenantId tenant, CancellationToken ct)
    {
        string plan;
        await using (var work = await units.Begin(tenant, ct))
        {
            plan = (await stores.Accounts.Read(work, ct)).Subscription?.Plan ?? "";
        }

        await using var control = await units.Begin(ct);
        return new(plan, await stores.Policies.Find(control, plan, ct) ?? DunningPolicy.Default);
    }

    private async Task<IReadOnlyList<bool>> StoreOutcomes(IReadOnlyList<AppliedMessage> applied)
    {
        await using var work = await units.Begin(CancellationToken.None);
        var areNew = await handled.Add(work, Consumer, applied, clock.GetUtcNow(), CancellationToken.None);
        await work.Commit(CancellationToken.None);
        return areNew;
    }

    private DunningStart StartOf(TenantId tenant, StripeEventMessage message, InvoiceReading invoice, BillingAccount account, Sold sold) => new()
    {
        Tenant = tenant,
        InvoiceId = invoice.Id,
        CustomerId = invoice.CustomerId,
        SubscriptionId = invoice.SubscriptionId!,
        Plan = sold.Plan,
        Policy = sold.Policy,
        FirstFailureAt = message.CreatedAt ?? clock.GetUtcNow(),
        Decline = invoice.LastDecline,
        Card = invoice.Card ?? account.Card,
        Amount = invoice.AmountRemaining,
        Currency = invoice.Currency,
        PaymentPage = invoice.PaymentPage,
    };

    private static DunningSignal? ToSignal(SignalKind? kind) => kind is { } told ? new(told) : null;

    private sealed record AccountReading(string CustomerId, CustomerReading? Customer, SubscriptionReading? Subscription);

    private sealed record Sold(string Plan, DunningPolicy Policy);

    private sealed record Applied(string Outcome, IReadOnlyList<DunningCall> Calls)
    {
        /// <summary>The outcome is stored already, with the change.</summary>
        public bool Stored { get; init; }

        /// <summary>The run whose pause of collection has lost its reason.</summary>
        public DunningStart? Lift { get; init; }
    }

    [LoggerMessage(2000, LogLevel.Information, "Stripe event {EventId} ({Type}): {Outcome}")]
    private partial void EventApplied(string eventId, string type, string outcome);
}
