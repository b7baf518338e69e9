using System.Text.Json.Serialization;

namespace Stripe;

/// <summary>One payment, from its first try to its end.</summary>
public class PaymentIntent : StripeEntity<PaymentIntent>, IHasId, IHasMetadata, IHasObject
{
    public string Id { get; set; }

    public string Object { get; set; }

    public long Amount { get; set; }

    public long AmountReceived { get; set; }

    public DateTime? CanceledAt { get; set; }

    public string CancellationReason { get; set; }

    public string ClientSecret { get; set; }

    public DateTime Created { get; set; }

    public string Currency { get; set; }

    public string Description { get; set; }

    public StripeError LastPaymentError { get; set; }

    public bool Livemode { get; set; }

    public Dictionary<string, string> Metadata { get; set; }

    public string Status { get; set; }

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
    public string LatestChargeId
    {
        get => InternalLatestCharge?.Id;
        set => InternalLatestCharge = ExpandableField<Charge>.WithId(value, InternalLatestCharge);
    }

    /// <summary>The object itself, when the request expanded it; else null.</summary>
    [JsonIgnore]
    public Charge LatestCharge
    {
        get => InternalLatestCharge?.ExpandedObject;
        set => InternalLatestCharge = ExpandableField<Charge>.With(value);
    }

    [JsonInclude, JsonPropertyName("latest_charge")]
    internal ExpandableField<Charge> InternalLatestCharge { get; set; }

    [JsonIgnore]
    public string PaymentMethodId
    {
        get => InternalPaymentMethod?.Id;
        set => InternalPaymentMethod = ExpandableField<PaymentMethod>.WithId(value, InternalPaymentMethod);
    }

    /// <summary>The object itself, when the request expanded it; else null.</summary>
    [JsonIgnore]
    public PaymentMethod PaymentMethod
    {
        get => InternalPaymentMethod?.ExpandedObject;
        set => InternalPaymentMethod = ExpandableField<PaymentMethod>.With(value);
    }

    [JsonInclude, JsonPropertyName("payment_method")]
    internal ExpandableField<PaymentMethod> InternalPaymentMethod { get; set; }
}

/// <summary>How to read a payment.</summary>
public class PaymentIntentGetOptions : BaseOptions;

/// <summary>Which payments to list.</summary>
public class PaymentIntentListOptions : ListOptions
{
    public string Customer { get; set; }
}

/// <summary>Payments, <c>/v1/payment_intents</c>.</summary>
public class PaymentIntentService : Service
{
    /// <summary>Uses the client of <see cref="StripeConfiguration"/>.</summary>
    public PaymentIntentService()
    {
    }

    /// <summary>Uses this client.</summary>
    public PaymentIntentService(IStripeClient client)
        : base(client)
    {
    }

    /// <summary>Reads one by its id.</summary>
    public virtual Task<PaymentIntent> GetAsync(
        string id, PaymentIntentGetOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        RequestAsync<PaymentIntent>(HttpMethod.Get, $"/v1/payment_intents/{Escape(id)}", options, requestOptions, cancellationToken);

    /// <summary>Reads one page, the newest first.</summary>
    public virtual Task<StripeList<PaymentIntent>> ListAsync(
        PaymentIntentListOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        RequestAsync<StripeList<PaymentIntent>>(HttpMethod.Get, "/v1/payment_intents", options, requestOptions, cancellationToken);

    /// <summary>Reads all, page by page.</summary>
    public virtual IAsyncEnumerable<PaymentIntent> ListAutoPagingAsync(
        PaymentIntentListOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        ListAllAsync<PaymentIntent>("/v1/payment_intents", options, requestOptions, cancellationToken);
}

/// <summary>One try to move money.</summary>
public class Charge : StripeEntity<Charge>, IBalanceTransactionSource, IHasMetadata
{
    public string Id { get; set; }

    public string Object { get; set; }

    public long Amount { get; set; }

    public long AmountCaptured { get; set; }

    public long AmountRefunded { get; set; }

    public bool Captured { get; set; }

    public DateTime Created { get; set; }

    public string Currency { get; set; }

    public string Description { get; set; }

    public bool Disputed { get; set; }

    public string FailureCode { get; set; }

    public string FailureMessage { get; set; }

    public bool Livemode { get; set; }

    public Dictionary<string, string> Metadata { get; set; }

    public bool Paid { get; set; }

    public string PaymentMethod { get; set; }

    public bool Refunded { get; set; }

    public string Status { get; set; }

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
