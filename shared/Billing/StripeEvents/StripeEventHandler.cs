using Microsoft.Extensions.Logging;
using ToolboxAI.Shared.Billing.Payments;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Tenants;

namespace ToolboxAI.Shared.Billing.StripeEvents;

/// <summary>
/// Applies an event: reads the object at Stripe, then decides under the lock on the customer's row. Events may come in any order
/// and more than once; what is read is newer than what they tell.
/// </summary>
public sealed partial class StripeEventHandler(
    IPayments payments, BillingStores stores, IUnitOfWorkFactory units, IHandledMessages handled, TimeProvider clock, ILogger<StripeEventHandler> log)
{
    /// <summary>The consumer's name in the inbox.</summary>
    public const string Consumer = "stripe-events";

    private const int MostReadings = 10;
    private readonly CollectionPause pause = new(payments, stores, units);

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
            await StoreOutcome(message, applied.Outcome, ct);
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

        if (await TenantOf(invoice.CustomerId, ct) is not { } tenant)
        {
            return new(StripeEventOutcome.UnknownCustomer, []);
        }

        var policy = await PolicyFor(tenant, ct);
        await using var work = await units.Begin(tenant, ct);
        var account = await stores.Accounts.Lock(work, ct);
        var run = await stores.Runs.Find(work, invoice.Id, ct);
        var decision = StripeEventRules.Decide(message, invoice, await stores.Accounts.IsPaid(work, invoice.Id, ct), run);
        if (decision.Start)
        {
            run = DunningRun.Begin(StartOf(tenant, message, invoice, account, policy), clock.GetUtcNow());
        }

        if (await handled.TryAdd(work, Consumer, message.EventId, decision.Outcome, clock.GetUtcNow(), ct))
        {
            await Write(work, invoice, decision, run, ct);
            await work.Commit(ct);
        }

        if (decision.Lift)
        {
            await pause.Settle(tenant, run!.Start.SubscriptionId, ct);
        }

        // A run that is told something is started too, if whoever added its row died before starting it.
        return new(decision.Outcome, run is { Ended: false } ? [new(run.Start, ToSignal(decision.Signal))] : [], Stored: true);
    }

    private async Task Write(IUnitOfWork work, InvoiceReading invoice, InvoiceDecision decision, DunningRun? run, CancellationToken ct)
    {
        if (invoice.Status == InvoiceStatus.Paid)
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
        var tenant = message.CustomerId is { } known ? await TenantOf(known, ct) : null;
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

            tenant ??= await TenantOf(reading.CustomerId, ct);
            if (tenant is not { } owner)
            {
                return new(StripeEventOutcome.UnknownCustomer, []);
            }

            if (await TryApply(owner, message, reading, before, ct) is { } applied)
            {
                return applied;
            }
        }

        throw new InvalidOperationException($"Event {message.EventId}: the account changed at each of {MostReadings} readings.");
    }

    private async Task<Applied?> TryApply(
        TenantId tenant, StripeEventMessage message, AccountReading reading, long before, CancellationToken ct)
    {
        await using var work = await units.Begin(tenant, ct);
        var account = await stores.Accounts.Lock(work, ct);
        var updated = StripeEventRules.Update(account, reading.Customer, reading.Subscription);
        if (updated != account && account.Version != before)
        {
            return null;
        }

        var outcome = updated == account ? StripeEventOutcome.NoChange : StripeEventOutcome.Updated;
        if (await handled.TryAdd(work, Consumer, message.EventId, outcome, clock.GetUtcNow(), ct) && updated != account)
        {
            await stores.Accounts.Save(work, updated, ct);
        }

        var unended = await stores.Runs.Unended(work, ct);
        await work.Commit(ct);
        return new(outcome, StripeEventRules.Calls(message, reading.Customer, reading.Subscription, unended), Stored: true);
    }

    private async Task<TenantId?> TenantOf(string customerId, CancellationToken ct)
    {
        await using var work = await units.Begin(ct);
        return await stores.Accounts.TenantOf(work, customerId, ct);
    }

    private async Task<long> ReadVersion(TenantId tenant, CancellationToken ct)
    {
        await using var work = await units.Begin(tenant, ct);
        return (await stores.Accounts.Read(work, ct)).Version;
    }

    private async Task<Sold> PolicyFor(TenantId tenant, CancellationToken ct)
    {
        string plan;
        await using (var work = await units.Begin(tenant, ct))
        {
            plan = (await stores.Accounts.Read(work, ct)).Subscription?.Plan ?? "";
        }

        await using var control = await units.Begin(ct);
        return new(plan, await stores.Policies.Find(control, plan, ct) ?? DunningPolicy.Default);
    }

    private async Task StoreOutcome(StripeEventMessage message, string outcome, CancellationToken ct)
    {
        await using var work = await units.Begin(ct);
        await handled.TryAdd(work, Consumer, message.EventId, outcome, clock.GetUtcNow(), ct);
        await work.Commit(ct);
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

    private sealed record Applied(string Outcome, IReadOnlyList<DunningCall> Calls, bool Stored = false);

    [LoggerMessage(2000, LogLevel.Information, "Stripe event {EventId} ({Type}): {Outcome}")]
    private partial void EventApplied(string eventId, string type, string outcome);
}
