namespace ToolboxAI.Shared.Billing.Payments;

/// <summary>A customer to create.</summary>
/// <param name="Tenant">The slug of the tenant that it belongs to, kept in its metadata.</param>
/// <param name="Name">The tenant's name.</param>
/// <param name="Email">Where Stripe's own receipts go.</param>
public sealed record NewCustomer(string Tenant, string Name, string Email);

/// <summary>A customer as it is at Stripe.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Deleted">Only the id is left of it.</param>
/// <param name="Card">The payment method that invoices are paid with.</param>
public sealed record CustomerReading(string Id, bool Deleted, string? Card);

/// <summary>A subscription as it is at Stripe.</summary>
/// <param name="Id">Its id.</param>
/// <param name="CustomerId">Whose.</param>
/// <param name="Plan">The lookup key of its price.</param>
/// <param name="Status">Stripe's word: <c>active</c>, <c>past_due</c>, <c>canceled</c>, …</param>
/// <param name="CurrentPeriodEnd">Until when it is paid, or would be.</param>
/// <param name="LatestInvoiceId">Its newest invoice.</param>
public sealed record SubscriptionReading(
    string Id, string CustomerId, string? Plan, string Status, DateTimeOffset CurrentPeriodEnd, string? LatestInvoiceId)
{
    /// <summary>True when it will never be invoiced again.</summary>
    public bool Ended => Status is "canceled" or "incomplete_expired";
}

/// <summary>Where an invoice stands.</summary>
public enum InvoiceStatus
{
    /// <summary>Not final yet.</summary>
    Draft,

    /// <summary>To be paid.</summary>
    Open,

    /// <summary>Paid. Final.</summary>
    Paid,

    /// <summary>Never to be paid.</summary>
    Void,

    /// <summary>Given up; it may still be paid.</summary>
    Uncollectible,
}

/// <summary>An invoice as it is at Stripe.</summary>
public sealed record InvoiceReading
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>Where it stands.</summary>
    public required InvoiceStatus Status { get; init; }

    /// <summary>Paid or forgiven: nothing is owed any more. One that is uncollectible still is.</summary>
    public bool Settled => Status is InvoiceStatus.Paid or InvoiceStatus.Void;

    /// <summary>Whose; never null at Stripe for the invoices that we cause.</summary>
    public required string CustomerId { get; init; }

    /// <summary>Whether the customer was deleted.</summary>
    public bool CustomerDeleted { get; init; }

    /// <summary>The subscription that it is for; null for a one-off invoice.</summary>
    public string? SubscriptionId { get; init; }

    /// <summary>Stripe's word for why it exists: <c>subscription_cycle</c>, <c>subscription_create</c>, …</summary>
    public string? BillingReason { get; init; }

    /// <summary>What is still to be paid, in minor units.</summary>
    public long AmountRemaining { get; init; }

    /// <summary>ISO 4217, lower case.</summary>
    public string Currency { get; init; } = "usd";

    /// <summary>Stripe's page on which the customer can pay and authenticate.</summary>
    public string? PaymentPage { get; init; }

    /// <summary>The last refusal of its payment.</summary>
    public Decline? LastDecline { get; init; }

    /// <summary>The card that was refused, or else the customer's.</summary>
    public string? Card { get; init; }

    /// <summary>The card that the customer has now.</summary>
    public string? CustomerCard { get; init; }
}

/// <summary>What an event is about.</summary>
/// <param name="Id">The event's id.</param>
/// <param name="Type">Its type.</param>
/// <param name="ObjectId">The object's id.</param>
/// <param name="CustomerId">The customer that the object belongs to, or is.</param>
/// <param name="CreatedAt">When it happened.</param>
public sealed record EventReading(string Id, string Type, string? ObjectId, string? CustomerId, DateTimeOffset CreatedAt);

/// <summary>The answer to a new card.</summary>
/// <param name="Card">Its id at the customer; null when it was refused or Stripe does not know it.</param>
/// <param name="Decline">There when it was refused.</param>
public sealed record CardAnswer(string? Card, Decline? Decline = null);

/// <summary>The answer to a subscription: it, or the refusal of the first payment.</summary>
/// <param name="Subscription">There when the first payment was made.</param>
/// <param name="Decline">There when it was refused.</param>
/// <param name="KeyUsed">The key was used before, with other parameters or by a call that failed at Stripe; whatever that call did, this one did nothing.</param>
public sealed record SubscribeAnswer(SubscriptionReading? Subscription, Decline? Decline, bool KeyUsed = false);

/// <summary>How a payment ended.</summary>
public enum PayResult
{
    /// <summary>The invoice is paid.</summary>
    Paid,

    /// <summary>The card was refused.</summary>
    Declined,

    /// <summary>No answer, or one that leaves it open whether the card was charged.</summary>
    Unclear,

    /// <summary>The stored answer of an earlier call with this key, which left it open; asking again changes nothing.</summary>
    UnclearForGood,

    /// <summary>The invoice can't be paid as it is (paid, void, …): read it.</summary>
    NotPayable,
}

/// <summary>The answer to a payment.</summary>
public sealed record PayAnswer(PayResult Result, Decline? Decline = null);
