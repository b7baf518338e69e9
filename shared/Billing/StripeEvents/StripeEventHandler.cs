using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using ToolboxAI.Shared.Billing.Payments;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Tenants;

namespace ToolboxAI.Shared.Billing.StripeEvents;

/// <summary>
/// Applies an event: reads the object at Stripe, then decides under the lock on the customer's row. Events may come in any order
/// and more than once; what is read is newer than what they tell. Those that come at the same time share readings and transactions.
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
    private readonly LatePayments latePayments;
    private readonly AccountEvents accounts;
    private readonly ReadsByKey<string, InvoiceReading?> invoices;
    private readonly ReadsByKey<string, CustomerReading?> customers;
    private readonly ReadsByKey<string, SubscriptionReading?> subscriptions;
    private readonly SharedTransactions<string, TenantId?> tenants;
    private readonly ConcurrentDictionary<string, TenantId> knownTenants = new(StringComparer.Ordinal);       // a customer's tenant never changes
    private readonly SharedTransactions<AppliedMessage, bool> outcomes;
    private readonly SharedTransactions<string, bool> finished;

    /// <summary>Applies events with what Stripe tells, to these stores.</summary>
    public StripeEventHandler(
        IPayments payments, BillingStores stores, IUnitOfWorkFactory units, IHandledMessages handled, TimeProvider clock, ILogger<StripeEventHandler> log)
    {
        (this.payments, this.stores, this.units, this.handled, this.clock, this.log) = (payments, stores, units, handled, clock, log);
        pause = new(payments, stores, units);
        latePayments = new(payments, clock, log);
        accounts = new(units, stores, handled, clock);
        invoices = new(id => payments.ReadInvoice(id, CancellationToken.None), clock);
        customers = new(id => payments.ReadCustomer(id, CancellationToken.None), clock);
        subscriptions = new(id => payments.ReadSubscription(id, CancellationToken.None), clock);
        tenants = new(FindTenants, clock);
        outcomes = new(StoreOutcomes, clock);
        finished = new(StoreFinished, clock);
    }

    /// <summary>
    /// Applies an event once, and has its runs told. What is told after the change is committed is lost when the process dies or the engine is
    /// away; the event is marked until it is done, so that its message, or the sweep's, does it: nothing is applied twice, the same is told.
    /// </summary>
    public async Task Apply(StripeEventMessage message, Func<IReadOnlyList<DunningCall>, Task> tell, CancellationToken ct)
    {
        var complete = message.ObjectId is null ? await Complete(message, ct) : message;
        var applied = complete is null
            ? new AppliedEvent(StripeEventOutcome.NotFound, [])
            : StripeEventRules.ObjectOf(message.Type) switch
            {
                StripeObject.Invoice => await ApplyInvoice(complete, ct),
                StripeObject.Subscription => await ApplyToAccount(complete, ReadSubscription, ct),
                StripeObject.Customer or StripeObject.PaymentMethod => await ApplyToAccount(complete, ReadCustomer, ct),
                _ => new AppliedEvent(StripeEventOutcome.Ignored, []),
            };
        if (!applied.Stored)
        {
            applied = applied with { Again = !await outcomes.Run(new(message.EventId, applied.Outcome), ct) };
        }

        BillingMetrics.EventApplied(message.Type, applied.Outcome);
        EventApplied(message.EventId, message.Type, applied.Outcome);
        await Follow(complete ?? message, applied, tell, ct);
    }

    private async Task Follow(StripeEventMessage message, AppliedEvent applied, Func<IReadOnlyList<DunningCall>, Task> tell, CancellationToken ct)
    {
        if (applied.Lift is { } run)
        {
            await pause.Settle(run.Tenant, run.SubscriptionId, ct);
        }

        if (applied.Calls.Count > 0)
        {
            await tell(applied.Calls);
        }

        foreach (var late in applied.Late)
        {
            await latePayments.Try(late, message.CreatedAt, ct);
        }

        // One that comes again may have been followed by something that no longer is due.
        if (applied.IsFollowed || applied.Again)
        {
            await finished.Run(message.EventId, ct);
        }
    }

    private async Task<StripeEventMessage?> Complete(StripeEventMessage message, CancellationToken ct) =>
        await payments.ReadEvent(message.EventId, ct) is { ObjectId: { } id } happened
            ? message with { ObjectId = id, CustomerId = happened.CustomerId, CreatedAt = happened.CreatedAt }
            : null;

    private async Task<AppliedEvent> ApplyInvoice(StripeEventMessage message, CancellationToken ct)
    {
        if (await invoices.Get(message.ObjectId!, ct) is not { } invoice)
        {
            return new(StripeEventOutcome.NotFound, []);
        }

        if (invoice.CustomerDeleted)
        {
            return new(StripeEventOutcome.DeletedCustomer, []);
        }

        if (await TenantOf(invoice.CustomerId, ct) is not { } tenant)
        {
            return new(StripeEventOutcome.UnknownCustomer, []);
        }

        // What a run starts from is read only when one starts, which is seldom: the event is then applied again with it.
        var happened = new ReadEvent(message) { Invoice = invoice };
        return (await accounts.Apply(tenant, happened, ct)
            ?? await accounts.Apply(tenant, happened with { Sold = await ReadSold(tenant, ct) }, ct))!;
    }

    /// <summary>
    /// Brings the account up to a reading. A reading made before another one was stored may be older than that: then it is
    /// made again.
    /// </summary>
    private async Task<AppliedEvent> ApplyToAccount(
        StripeEventMessage message, Func<StripeEventMessage, CancellationToken, Task<(ReadEvent Happened, string CustomerId)?>> read, CancellationToken ct)
    {
        var tenant = message.CustomerId is { } known ? await TenantOf(known, ct) : null;
        for (var count = 0; count < MostReadings; count++)
        {
            var before = tenant is { } its ? accounts.LastVersion(its) : AccountEvents.Unknown;
            if (await read(message, ct) is not { } reading)
            {
                return new(StripeEventOutcome.NotFound, []);
            }

            if (reading.Happened.Customer is { Deleted: true })
            {
                return new(StripeEventOutcome.DeletedCustomer, []);
            }

            tenant ??= await TenantOf(reading.CustomerId, ct);
            if (tenant is not { } owner)
            {
                return new(StripeEventOutcome.UnknownCustomer, []);
            }

            if (await accounts.Apply(owner, reading.Happened with { Before = before }, ct) is { } applied)
            {
                return applied;
            }
        }

        throw new InvalidOperationException($"Event {message.EventId}: the account changed at each of {MostReadings} readings.");
    }

    private async Task<(ReadEvent Happened, string CustomerId)?> ReadSubscription(StripeEventMessage message, CancellationToken ct) =>
        await subscriptions.Get(message.ObjectId!, ct) is { } read ? (new(message) { Subscription = read }, read.CustomerId) : null;

    private async Task<(ReadEvent Happened, string CustomerId)?> ReadCustomer(StripeEventMessage message, CancellationToken ct) =>
        message.CustomerId is { } id && await customers.Get(id, ct) is { } read ? (new(message) { Customer = read }, read.Id) : null;

    private async ValueTask<TenantId?> TenantOf(string customer, CancellationToken ct)
    {
        if (knownTenants.TryGetValue(customer, out var known))
        {
            return known;
        }

        var found = await tenants.Run(customer, ct);
        if (found is { } its)
        {
            knownTenants[customer] = its;
        }

        return found;
    }

    private async Task<IReadOnlyList<TenantId?>> FindTenants(IReadOnlyList<string> wanted)
    {
        await using var work = await units.BeginReads(CancellationToken.None);
        var found = await stores.Accounts.TenantsOf(work, [.. wanted.Distinct(StringComparer.Ordinal)], CancellationToken.None);
        return [.. wanted.Select(customer => found.TryGetValue(customer, out var tenant) ? tenant : (TenantId?)null)];
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

    private async Task<IReadOnlyList<bool>> StoreFinished(IReadOnlyList<string> events)
    {
        await using var work = await units.Begin(CancellationToken.None);
        await handled.Finish(work, Consumer, events, CancellationToken.None);
        await work.Commit(CancellationToken.None);
        return [.. events.Select(_ => true)];
    }

    [LoggerMessage(2000, LogLevel.Information, "Stripe event {EventId} ({Type}): {Outcome}")]
    private partial void EventApplied(string eventId, string type, string outcome);
}
