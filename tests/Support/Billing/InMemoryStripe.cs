using ToolboxAI.Shared.Billing;
using ToolboxAI.Shared.Billing.Payments;

namespace ToolboxAI.Tests.Support.Billing;

/// <summary>What goes wrong with a call.</summary>
public enum StripeFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Stripe refuses for the moment; nothing happens.</summary>
    Refused,

    /// <summary>The request never arrives; the caller can't tell.</summary>
    RequestLost,

    /// <summary>It happens, and the answer is lost.</summary>
    AnswerLost,

    /// <summary>It goes on at Stripe while the caller has given up waiting; it happens a little later.</summary>
    StillRunning,

    /// <summary>Stripe fails with a 500 before it happens, and keeps that answer for the key.</summary>
    FaultStoredBefore,

    /// <summary>Stripe fails with a 500 after it happened, and keeps that answer for the key.</summary>
    FaultStoredAfter,
}

/// <summary>An event that Stripe would deliver.</summary>
public sealed record StripeHappening(string Id, string Type, string ObjectKind, string ObjectId, string CustomerId, DateTimeOffset At, string? Key);

/// <summary>A charge of a card. Money moved when it succeeded.</summary>
public sealed record StripeCharge(string InvoiceId, string? Key, bool Succeeded, DateTimeOffset At);

/// <summary>
/// Stripe in memory, for simulation and for tests that need no HTTP: as much of its behaviour as billing relies on, on a clock of
/// the test's. Unlike Stripe it does not stop a second payment that is begun while the first still runs: a caller that relies on
/// that would pay twice, and a test sees it in <see cref="Charges"/>.
/// </summary>
public sealed partial class InMemoryStripe(TimeProvider clock) : IPayments
{
    private static readonly TimeSpan KeyLifetime = TimeSpan.FromHours(24);
    private readonly Dictionary<string, Customer> customers = [];
    private readonly Dictionary<string, string> cards = [];
    private readonly Dictionary<string, Price> prices = [];
    private readonly Dictionary<string, Subscription> subscriptions = [];
    private readonly Dictionary<string, Invoice> invoices = [];
    private readonly Dictionary<string, StoredAnswer> answers = [];
    private readonly List<(DateTimeOffset At, Action Act)> schedule = [];
    private readonly List<StripeHappening> happened = [];
    private int lastId;

    /// <summary>Asked before each call, by its name: what goes wrong with it. May wait, to let others go first.</summary>
    public Func<string, ValueTask<StripeFault>> Faults { get; set; } = _ => ValueTask.FromResult(StripeFault.None);

    /// <summary>Hears of every event.</summary>
    public Action<StripeHappening> OnHappening { get; set; } = _ => { };

    /// <inheritdoc/>
    public Task<bool> IsLivemode(CancellationToken ct) => Task.FromResult(false);

    /// <summary>Whether subscriptions are invoiced when their period ends.</summary>
    public bool Renews { get; set; } = true;

    /// <summary>All charges, in their order.</summary>
    public List<StripeCharge> Charges { get; } = [];

    /// <summary>All events, in their order.</summary>
    public IReadOnlyList<StripeHappening> Happenings => happened;

    /// <summary>The next moment at which something happens by itself.</summary>
    public DateTimeOffset? NextDue => schedule.Count == 0 ? null : schedule.Min(entry => entry.At);

    /// <summary>The status that a subscription has, and whether its collection is paused.</summary>
    public (string Status, bool Paused) StateOf(string subscriptionId) =>
        (subscriptions[subscriptionId].Status, subscriptions[subscriptionId].CollectionPaused);

    /// <summary>The status that an invoice has.</summary>
    public InvoiceStatus StatusOf(string invoiceId) => invoices[invoiceId].Status;

    /// <summary>The ids of all invoices.</summary>
    public IReadOnlyCollection<string> Invoices => invoices.Keys;

    /// <summary>Lets happen what is due.</summary>
    public void RunDue()
    {
        while (schedule.Where(entry => entry.At <= clock.GetUtcNow()).OrderBy(entry => entry.At).FirstOrDefault() is { Act: { } act } due)
        {
            schedule.Remove(due);
            act();
        }
    }

    /// <summary>The customer pays an open invoice on Stripe's page with a good card; false when it is not open.</summary>
    public bool PayOnPage(string invoiceId)
    {
        var invoice = invoices[invoiceId];
        if (invoice.Status is not (InvoiceStatus.Open or InvoiceStatus.Uncollectible))
        {
            return false;
        }

        Settle(invoice, key: null);
        return true;
    }

    /// <inheritdoc/>
    public Task<string> EnsurePlan(string lookupKey, Plan plan, CancellationToken ct) => Call("ensure-plan", null, lookupKey, () =>
    {
        if (!prices.TryGetValue(lookupKey, out var price) || price.Amount != plan.Amount || price.Currency != plan.Currency)
        {
            prices[lookupKey] = price = new(NewId("price"), lookupKey, plan.Amount, plan.Currency, plan.Interval);
        }

        return price.Id;
    });

    /// <inheritdoc/>
    public Task<string> CreateCustomer(NewCustomer customer, string key, CancellationToken ct) => Call("create-customer", key, customer.ToString(), () =>
    {
        var id = NewId("cus");
        customers[id] = new(id);
        return id;
    });

    /// <inheritdoc/>
    public Task<CustomerReading?> ReadCustomer(string id, CancellationToken ct) => Read("read-customer", () =>
        customers.TryGetValue(id, out var customer) ? new CustomerReading(id, customer.Deleted, customer.Card) : null);

    /// <inheritdoc/>
    public Task<CardAnswer> SetCard(string customerId, string paymentMethod, string? subscriptionId, CancellationToken ct) =>
        Call("set-card", null, paymentMethod, () =>
        {
            if (!StripeTestCards.IsKnown(paymentMethod))
            {
                return new CardAnswer(null);
            }

            if (StripeTestCards.RefusedWhenGiven(paymentMethod) is { } refused)
            {
                return new CardAnswer(null, refused);
            }

            var card = NewId("pm");
            cards[card] = paymentMethod;
            customers[customerId].Card = card;
            Happen("customer.updated", "customer", customerId, customerId, null);
            return new CardAnswer(card);
        });

    /// <inheritdoc/>
    public Task<SubscriptionReading?> FindSubscription(string customerId, CancellationToken ct) => Read("find-subscription", () =>
        subscriptions.Values.Where(subscription => subscription.CustomerId == customerId).Select(Reading).LastOrDefault(reading => !reading.Ended));

    /// <inheritdoc/>
    public Task<SubscriptionReading?> ReadSubscription(string id, CancellationToken ct) => Read("read-subscription", () =>
        subscriptions.TryGetValue(id, out var subscription) ? Reading(subscription) : null);

    /// <inheritdoc/>
    public Task<InvoiceReading?> ReadInvoice(string id, CancellationToken ct) => Read("read-invoice", () =>
    {
        if (!invoices.TryGetValue(id, out var invoice))
        {
            return null;
        }

        return new InvoiceReading
        {
            Id = id,
            Status = invoice.Status,
            CustomerId = invoice.CustomerId,
            CustomerDeleted = customers[invoice.CustomerId].Deleted,
            SubscriptionId = invoice.SubscriptionId,
            BillingReason = invoice.BillingReason,
            AmountRemaining = invoice.Status == InvoiceStatus.Paid ? 0 : invoice.Amount,
            Currency = invoice.Currency,
            PaymentPage = $"https://invoice.example/{id}",
            LastDecline = invoice.LastDecline,
            Card = invoice.LastCard ?? customers[invoice.CustomerId].Card,
            CustomerCard = customers[invoice.CustomerId].Card,
        };
    });

    /// <summary>Which events were delivered; the others can be fetched.</summary>
    public Func<StripeHappening, bool> IsDelivered { get; set; } = _ => true;

    /// <inheritdoc/>
    public Task<IReadOnlyList<EventReading>> UndeliveredEvents(DateTimeOffset since, IReadOnlyList<string> types, CancellationToken ct) =>
        Read<IReadOnlyList<EventReading>>("undelivered-events", () =>
            [.. happened.Where(entry => entry.At >= since && types.Contains(entry.Type) && !IsDelivered(entry)).Reverse()
                .Select(entry => new EventReading(entry.Id, entry.Type, entry.ObjectId, entry.CustomerId, entry.At))])!;

    /// <inheritdoc/>
    public Task<EventReading?> ReadEvent(string id, CancellationToken ct) => Read("read-event", () =>
        happened.Find(entry => entry.Id == id) is { } found
            ? new EventReading(found.Id, found.Type, found.ObjectId, found.CustomerId, found.At)
            : null);

    /// <summary>Deletes a customer, as an operator may at Stripe.</summary>
    public void DeleteCustomer(string id)
    {
        customers[id].Deleted = true;
        Happen("customer.deleted", "customer", id, id, null);
    }

    private void Happen(string type, string kind, string id, string customerId, string? key)
    {
        var entry = new StripeHappening(NewId("evt"), type, kind, id, customerId, Seconds(clock.GetUtcNow()), key);
        happened.Add(entry);
        OnHappening(entry);
    }

    private string NewId(string prefix) => $"{prefix}_{++lastId}";

    /// <summary>Stripe's times are whole seconds.</summary>
    private static DateTimeOffset Seconds(DateTimeOffset time) => DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds());
}
