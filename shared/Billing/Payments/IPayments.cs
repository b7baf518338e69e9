namespace ToolboxAI.Shared.Billing.Payments;

/// <summary>
/// The way to Stripe. One call each, no retries: who calls owns them. A call that changes something takes a key, under which
/// a repetition has no second effect for at least 24 h.
/// </summary>
/// <exception cref="PaymentsException">
/// Every method, when there is no answer, or another one than those described: transient, permanent or unclear.
/// </exception>
public interface IPayments
{
    /// <summary>Whether the account's key is for real money; events of the other mode are not ours.</summary>
    Task<bool> IsLivemode(CancellationToken ct);

    /// <summary>Brings a plan to Stripe by its lookup key: finds its price, or creates it. Returns the price's id.</summary>
    Task<string> EnsurePlan(string lookupKey, Plan plan, CancellationToken ct);

    /// <summary>Creates a customer and returns its id.</summary>
    Task<string> CreateCustomer(NewCustomer customer, string key, CancellationToken ct);

    /// <summary>Reads a customer; null when Stripe does not know it.</summary>
    Task<CustomerReading?> ReadCustomer(string id, CancellationToken ct);

    /// <summary>Makes a payment method the customer's card, and the subscription's where one is named.</summary>
    Task<CardAnswer> SetCard(string customerId, string paymentMethod, string? subscriptionId, CancellationToken ct);

    /// <summary>Subscribes a customer and takes the first payment; refused, nothing remains.</summary>
    Task<SubscribeAnswer> Subscribe(string customerId, string priceId, string key, CancellationToken ct);

    /// <summary>The customer's subscription that has not ended; null when there is none.</summary>
    Task<SubscriptionReading?> FindSubscription(string customerId, CancellationToken ct);

    /// <summary>Reads a subscription; null when Stripe does not know it.</summary>
    Task<SubscriptionReading?> ReadSubscription(string id, CancellationToken ct);

    /// <summary>Cancels a subscription at once. One that has ended already stays as it is.</summary>
    Task CancelSubscription(string id, CancellationToken ct);

    /// <summary>Pauses collection: later invoices are voided until it is lifted.</summary>
    Task PauseCollection(string id, CancellationToken ct);

    /// <summary>Lifts a pause of collection. One that is not paused stays as it is, and so does one that has ended.</summary>
    Task ResumeCollection(string id, CancellationToken ct);

    /// <summary>Reads an invoice; null when Stripe does not know it.</summary>
    Task<InvoiceReading?> ReadInvoice(string id, CancellationToken ct);

    /// <summary>Takes the invoice's payment from the customer's card. An unclear end is an answer here, not an exception.</summary>
    Task<PayAnswer> PayInvoice(string id, string key, CancellationToken ct);

    /// <summary>Voids an open invoice. An exception (permanent) when it is not open.</summary>
    Task VoidInvoice(string id, CancellationToken ct);

    /// <summary>Marks an open invoice uncollectible. An exception (permanent) when it is not open.</summary>
    Task MarkUncollectible(string id, CancellationToken ct);

    /// <summary>The events of some types since a time that Stripe could not deliver, or not yet; the newest first.</summary>
    Task<IReadOnlyList<EventReading>> UndeliveredEvents(DateTimeOffset since, IReadOnlyList<string> types, CancellationToken ct);

    /// <summary>Reads which object an event is about; null when Stripe does not know the event.</summary>
    Task<EventReading?> ReadEvent(string id, CancellationToken ct);
}
