using System.Text.Json.Serialization;

namespace Stripe;

/// <summary>An invoice: <c>draft</c>, <c>open</c>, <c>paid</c>, <c>void</c> or <c>uncollectible</c>.</summary>
public class Invoice : StripeEntity<Invoice>, IHasId, IHasMetadata, IHasObject
{
    public string Id { get; set; }

    public string Object { get; set; }

    public long AmountDue { get; set; }

    public long AmountPaid { get; set; }

    public long AmountRemaining { get; set; }

    public long AttemptCount { get; set; }

    public bool Attempted { get; set; }

    public bool AutoAdvance { get; set; }

    public DateTime? AutomaticallyFinalizesAt { get; set; }

    public string BillingReason { get; set; }

    public string CollectionMethod { get; set; }

    public InvoiceConfirmationSecret ConfirmationSecret { get; set; }

    public DateTime Created { get; set; }

    public string Currency { get; set; }

    public string CustomerEmail { get; set; }

    public bool? Deleted { get; set; }

    public string Description { get; set; }

    public DateTime? DueDate { get; set; }

    public DateTime? EffectiveAt { get; set; }

    public string HostedInvoiceUrl { get; set; }

    public string InvoicePdf { get; set; }

    public bool Livemode { get; set; }

    public Dictionary<string, string> Metadata { get; set; }

    public DateTime? NextPaymentAttempt { get; set; }

    public string Number { get; set; }

    public InvoiceParent Parent { get; set; }

    public StripeList<InvoicePayment> Payments { get; set; }

    public DateTime PeriodEnd { get; set; }

    public DateTime PeriodStart { get; set; }

    public string Status { get; set; }

    public InvoiceStatusTransitions StatusTransitions { get; set; }

    public long Subtotal { get; set; }

    public long Total { get; set; }

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
}

/// <summary>What a client needs to confirm the invoice's payment; only there when expanded.</summary>
public class InvoiceConfirmationSecret : StripeEntity<InvoiceConfirmationSecret>
{
    public string ClientSecret { get; set; }

    public string Type { get; set; }
}

/// <summary>What an invoice came from.</summary>
public class InvoiceParent : StripeEntity<InvoiceParent>
{
    public InvoiceParentSubscriptionDetails SubscriptionDetails { get; set; }

    public string Type { get; set; }
}

/// <summary>The subscription that an invoice came from, with its metadata of that time.</summary>
public class InvoiceParentSubscriptionDetails : StripeEntity<InvoiceParentSubscriptionDetails>, IHasMetadata
{
    public Dictionary<string, string> Metadata { get; set; }

    [JsonIgnore]
    public string SubscriptionId
    {
        get => InternalSubscription?.Id;
        set => InternalSubscription = ExpandableField<Subscription>.WithId(value, InternalSubscription);
    }

    /// <summary>The object itself, when the request expanded it; else null.</summary>
    [JsonIgnore]
    public Subscription Subscription
    {
        get => InternalSubscription?.ExpandedObject;
        set => InternalSubscription = ExpandableField<Subscription>.With(value);
    }

    [JsonInclude, JsonPropertyName("subscription")]
    internal ExpandableField<Subscription> InternalSubscription { get; set; }
}

/// <summary>When an invoice changed its status.</summary>
public class InvoiceStatusTransitions : StripeEntity<InvoiceStatusTransitions>
{
    public DateTime? FinalizedAt { get; set; }

    public DateTime? MarkedUncollectibleAt { get; set; }

    public DateTime? PaidAt { get; set; }

    public DateTime? VoidedAt { get; set; }
}

/// <summary>A payment of an invoice, made or still open; <see cref="Invoice.Payments"/> must be expanded.</summary>
public class InvoicePayment : StripeEntity<InvoicePayment>, IHasId, IHasObject
{
    public string Id { get; set; }

    public string Object { get; set; }

    public long? AmountPaid { get; set; }

    public long AmountRequested { get; set; }

    public DateTime Created { get; set; }

    public string Currency { get; set; }

    public bool IsDefault { get; set; }

    public bool Livemode { get; set; }

    public InvoicePaymentPayment Payment { get; set; }

    public string Status { get; set; }

    [JsonIgnore]
    public string InvoiceId
    {
        get => InternalInvoice?.Id;
        set => InternalInvoice = ExpandableField<Invoice>.WithId(value, InternalInvoice);
    }

    /// <summary>The object itself, when the request expanded it; else null.</summary>
    [JsonIgnore]
    public Invoice Invoice
    {
        get => InternalInvoice?.ExpandedObject;
        set => InternalInvoice = ExpandableField<Invoice>.With(value);
    }

    [JsonInclude, JsonPropertyName("invoice")]
    internal ExpandableField<Invoice> InternalInvoice { get; set; }
}

/// <summary>What an invoice was, or is to be, paid with.</summary>
public class InvoicePaymentPayment : StripeEntity<InvoicePaymentPayment>
{
    public string Type { get; set; }

    [JsonIgnore]
    public string ChargeId
    {
        get => InternalCharge?.Id;
        set => InternalCharge = ExpandableField<Charge>.WithId(value, InternalCharge);
    }

    /// <summary>The object itself, when the request expanded it; else null.</summary>
    [JsonIgnore]
    public Charge Charge
    {
        get => InternalCharge?.ExpandedObject;
        set => InternalCharge = ExpandableField<Charge>.With(value);
    }

    [JsonInclude, JsonPropertyName("charge")]
    internal ExpandableField<Charge> InternalCharge { get; set; }

    [JsonIgnore]
    public string PaymentIntentId
    {
        get => InternalPaymentIntent?.Id;
        set => InternalPaymentIntent = ExpandableField<PaymentIntent>.WithId(value, InternalPaymentIntent);
    }

    /// <summary>The object itself, when the request expanded it; else null.</summary>
    [JsonIgnore]
    public PaymentIntent PaymentIntent
    {
        get => InternalPaymentIntent?.ExpandedObject;
        set => InternalPaymentIntent = ExpandableField<PaymentIntent>.With(value);
    }

    [JsonInclude, JsonPropertyName("payment_intent")]
    internal ExpandableField<PaymentIntent> InternalPaymentIntent { get; set; }
}
