using System.Text.Json.Serialization;

namespace Stripe;

/// <summary>A customer's subscription. The current period stands on each of its <see cref="Items"/>.</summary>
public class Subscription : StripeEntity<Subscription>, IHasId, IHasMetadata, IHasObject
{
    public string Id { get; set; }

    public string Object { get; set; }

    public DateTime BillingCycleAnchor { get; set; }

    public DateTime? CancelAt { get; set; }

    public bool CancelAtPeriodEnd { get; set; }

    public DateTime? CanceledAt { get; set; }

    public SubscriptionCancellationDetails CancellationDetails { get; set; }

    public string CollectionMethod { get; set; }

    public DateTime Created { get; set; }

    public string Currency { get; set; }

    public string Description { get; set; }

    public DateTime? EndedAt { get; set; }

    public StripeList<SubscriptionItem> Items { get; set; }

    public bool Livemode { get; set; }

    public Dictionary<string, string> Metadata { get; set; }

    public SubscriptionPauseCollection PauseCollection { get; set; }

    public DateTime StartDate { get; set; }

    public string Status { get; set; }

    public DateTime? TrialEnd { get; set; }

    public DateTime? TrialStart { get; set; }

    [JsonIgnore]
    public string CustomerId
    {
        get => InternalCustomer?.Id;
        set => InternalCustomer = ExpandableField<Customer>.WithId(value, InternalCustomer);
    }

    /// <summary>The object itself, when the request expanded it; else null.</summary>
    [JsonIgnore]
    public Customer Customer
    {
        get => InternalCustomer?.ExpandedObject;
        set => InternalCustomer = ExpandableField<Customer>.With(value);
    }

    [JsonInclude, JsonPropertyName("customer")]
    internal ExpandableField<Customer> InternalCustomer { get; set; }

    [JsonIgnore]
    public string DefaultPaymentMethodId
    {
        get => InternalDefaultPaymentMethod?.Id;
        set => InternalDefaultPaymentMethod = ExpandableField<PaymentMethod>.WithId(value, InternalDefaultPaymentMethod);
    }

    /// <summary>The object itself, when the request expanded it; else null.</summary>
    [JsonIgnore]
    public PaymentMethod DefaultPaymentMethod
    {
        get => InternalDefaultPaymentMethod?.ExpandedObject;
        set => InternalDefaultPaymentMethod = ExpandableField<PaymentMethod>.With(value);
    }

    [JsonInclude, JsonPropertyName("default_payment_method")]
    internal ExpandableField<PaymentMethod> InternalDefaultPaymentMethod { get; set; }

    [JsonIgnore]
    public string LatestInvoiceId
    {
        get => InternalLatestInvoice?.Id;
        set => InternalLatestInvoice = ExpandableField<Invoice>.WithId(value, InternalLatestInvoice);
    }

    /// <summary>The object itself, when the request expanded it; else null.</summary>
    [JsonIgnore]
    public Invoice LatestInvoice
    {
        get => InternalLatestInvoice?.ExpandedObject;
        set => InternalLatestInvoice = ExpandableField<Invoice>.With(value);
    }

    [JsonInclude, JsonPropertyName("latest_invoice")]
    internal ExpandableField<Invoice> InternalLatestInvoice { get; set; }
}

/// <summary>Why a subscription was cancelled.</summary>
public class SubscriptionCancellationDetails : StripeEntity<SubscriptionCancellationDetails>
{
    public string Comment { get; set; }

    public string Feedback { get; set; }

    public string Reason { get; set; }
}

/// <summary>A subscription whose invoices are not collected: <c>keep_as_draft</c>, <c>mark_uncollectible</c> or <c>void</c>.</summary>
public class SubscriptionPauseCollection : StripeEntity<SubscriptionPauseCollection>
{
    public string Behavior { get; set; }

    public DateTime? ResumesAt { get; set; }
}

/// <summary>One price of a subscription.</summary>
public class SubscriptionItem : StripeEntity<SubscriptionItem>, IHasId, IHasMetadata, IHasObject
{
    public string Id { get; set; }

    public string Object { get; set; }

    public DateTime Created { get; set; }

    public DateTime CurrentPeriodEnd { get; set; }

    public DateTime CurrentPeriodStart { get; set; }

    public bool? Deleted { get; set; }

    public Dictionary<string, string> Metadata { get; set; }

    public Price Price { get; set; }

    public long Quantity { get; set; }

    public string Subscription { get; set; }
}
