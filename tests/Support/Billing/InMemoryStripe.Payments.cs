using ToolboxAI.Shared.Billing;
using ToolboxAI.Shared.Billing.Payments;

namespace ToolboxAI.Tests.Support.Billing;

/// <summary>What moves money, ends subscriptions, and what happens by itself.</summary>
public sealed partial class InMemoryStripe
{
    /// <inheritdoc/>
    public Task<SubscribeAnswer> Subscribe(string customerId, string priceId, string key, CancellationToken ct)
    {
        if (answers.TryGetValue(key, out var stored) && clock.GetUtcNow() < stored.At + KeyLifetime && (stored.Answer is Fault || stored.Parameters != priceId + customerId))
        {
            return Task.FromResult(new SubscribeAnswer(null, null, KeyUsed: true));
        }

        return Call("subscribe", key, priceId + customerId, () =>
        {
            var price = prices.Values.Single(known => known.Id == priceId);
            if (RefusalOf(customers[customerId].Card) is { } decline)
            {
                return new SubscribeAnswer(null, decline);
            }

            var subscription = new Subscription(NewId("sub"), customerId, price) { PeriodEnd = price.After(clock.GetUtcNow()) };
            subscriptions[subscription.Id] = subscription;
            var first = NewInvoice(subscription, "subscription_create");
            Happen("customer.subscription.created", "subscription", subscription.Id, customerId, key);
            Charges.Add(new(first.Id, key, true, clock.GetUtcNow()));
            Settle(first, key);
            schedule.Add((subscription.PeriodEnd, () => Renew(subscription)));
            return new SubscribeAnswer(Reading(subscription), null);
        });
    }

    /// <inheritdoc/>
    public async Task<PayAnswer> PayInvoice(string id, string key, CancellationToken ct)
    {
        try
        {
            var wasOpen = invoices[id].Status is InvoiceStatus.Open or InvoiceStatus.Uncollectible;
            return await Call("pay", key, id, () => Pay(invoices[id], key, wasOpen));
        }
        catch (UnclearPaymentsException e)
        {
            return new(e.Code == StoredFault ? PayResult.UnclearForGood : PayResult.Unclear);
        }
    }

    /// <inheritdoc/>
    public Task VoidInvoice(string id, CancellationToken ct) => Close("void", id, InvoiceStatus.Void, "invoice.voided");

    /// <inheritdoc/>
    public Task MarkUncollectible(string id, CancellationToken ct) =>
        Close("mark-uncollectible", id, InvoiceStatus.Uncollectible, "invoice.marked_uncollectible");

    /// <inheritdoc/>
    public Task CancelSubscription(string id, CancellationToken ct) => Call("cancel", null, id, () =>
    {
        if (subscriptions.TryGetValue(id, out var subscription) && subscription.Status != "canceled")
        {
            subscription.Status = "canceled";
            schedule.RemoveAll(entry => entry.At == subscription.PeriodEnd);
            Happen("customer.subscription.deleted", "subscription", id, subscription.CustomerId, null);
        }

        return true;
    });

    /// <inheritdoc/>
    public Task PauseCollection(string id, CancellationToken ct) => Call("pause", null, id, () =>
    {
        var subscription = subscriptions[id];
        subscription.CollectionPaused = true;
        Happen("customer.subscription.updated", "subscription", id, subscription.CustomerId, null);
        return true;
    });

    /// <inheritdoc/>
    public Task ResumeCollection(string id, CancellationToken ct) => Call("resume", null, id, () =>
    {
        if (subscriptions.TryGetValue(id, out var subscription) && subscription.Status != "canceled")
        {
            subscription.CollectionPaused = false;
            Happen("customer.subscription.updated", "subscription", id, subscription.CustomerId, null);
        }

        return true;
    });

    private Task Close(string name, string id, InvoiceStatus status, string type) => Call(name, null, id, () =>
    {
        var invoice = invoices[id];
        if (invoice.Status != InvoiceStatus.Open)
        {
            throw new PermanentPaymentsException("The invoice is not open.", "invoice_not_open", new InvalidOperationException());
        }

        invoice.Status = status;
        Happen(type, "invoice", id, invoice.CustomerId, null);
        return true;
    });

    private PayAnswer Pay(Invoice invoice, string key, bool wasOpen)
    {
        var overtaken = wasOpen && invoice.PaidByCall is { } other && other != key;
        if (invoice.Status is not (InvoiceStatus.Open or InvoiceStatus.Uncollectible) && !overtaken)
        {
            return new(PayResult.NotPayable);
        }

        invoice.LastCard = customers[invoice.CustomerId].Card;
        var decline = RefusalOf(invoice.LastCard);
        Charges.Add(new(invoice.Id, key, decline is null, clock.GetUtcNow()));
        if (decline is null)
        {
            Settle(invoice, key);
            return new(PayResult.Paid);
        }

        invoice.LastDecline = decline;
        Happen("invoice.payment_failed", "invoice", invoice.Id, invoice.CustomerId, key);
        return new(PayResult.Declined, decline);
    }

    private void Settle(Invoice invoice, string? key)
    {
        invoice.Status = InvoiceStatus.Paid;
        invoice.PaidByCall ??= key;
        Happen("invoice.paid", "invoice", invoice.Id, invoice.CustomerId, key);
        if (invoice.SubscriptionId is { } id && subscriptions[id] is { Status: "past_due" } subscription)
        {
            subscription.Status = "active";
            Happen("customer.subscription.updated", "subscription", id, invoice.CustomerId, key);
        }
    }

    private void Renew(Subscription subscription)
    {
        if (subscription.Status == "canceled" || !Renews)
        {
            return;
        }

        subscription.PeriodEnd = subscription.Price.After(subscription.PeriodEnd);
        schedule.Add((subscription.PeriodEnd, () => Renew(subscription)));
        var invoice = NewInvoice(subscription, "subscription_cycle");
        if (subscription.CollectionPaused)
        {
            invoice.Status = InvoiceStatus.Void;
            return;
        }

        invoice.LastCard = customers[subscription.CustomerId].Card;
        invoice.LastDecline = RefusalOf(invoice.LastCard);
        Charges.Add(new(invoice.Id, null, invoice.LastDecline is null, clock.GetUtcNow()));
        if (invoice.LastDecline is null)
        {
            Settle(invoice, null);
            return;
        }

        subscription.Status = "past_due";
        Happen("customer.subscription.updated", "subscription", subscription.Id, subscription.CustomerId, null);
        Happen("invoice.payment_failed", "invoice", invoice.Id, subscription.CustomerId, null);
    }

    private Invoice NewInvoice(Subscription subscription, string reason)
    {
        var invoice = new Invoice(NewId("in"), subscription.CustomerId, subscription.Id, reason, subscription.Price.Amount, subscription.Price.Currency);
        invoices[invoice.Id] = invoice;
        subscription.LatestInvoice = invoice.Id;
        return invoice;
    }

    private Decline? RefusalOf(string? card) =>
        card is null ? new(null, null, "resource_missing") : StripeTestCards.Charge(cards[card]);

    private static SubscriptionReading Reading(Subscription subscription) => new(
        subscription.Id, subscription.CustomerId, subscription.Price.LookupKey, subscription.Status, subscription.PeriodEnd, subscription.LatestInvoice);

    private sealed class Customer(string id)
    {
        public string Id { get; } = id;

        public string? Card { get; set; }

        public bool Deleted { get; set; }
    }

    private sealed record Price(string Id, string LookupKey, long Amount, string Currency, string Interval)
    {
        public DateTimeOffset After(DateTimeOffset start) => Interval == "year" ? start.AddYears(1) : start.AddMonths(1);
    }

    private sealed class Subscription(string id, string customerId, Price price)
    {
        public string Id { get; } = id;

        public string CustomerId { get; } = customerId;

        public Price Price { get; } = price;

        public string Status { get; set; } = "active";

        public bool CollectionPaused { get; set; }

        public DateTimeOffset PeriodEnd { get; set; }

        public string? LatestInvoice { get; set; }
    }

    private sealed class Invoice(string id, string customerId, string? subscriptionId, string billingReason, long amount, string currency)
    {
        public string Id { get; } = id;

        public string CustomerId { get; } = customerId;

        public string? SubscriptionId { get; } = subscriptionId;

        public string BillingReason { get; } = billingReason;

        public long Amount { get; } = amount;

        public string Currency { get; } = currency;

        public InvoiceStatus Status { get; set; } = InvoiceStatus.Open;

        public string? PaidByCall { get; set; }

        public Decline? LastDecline { get; set; }

        public string? LastCard { get; set; }
    }
}
