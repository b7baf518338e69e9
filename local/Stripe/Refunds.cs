using System.Text.Json.Serialization;

namespace Stripe;

/// <summary>Money given back.</summary>
public class Refund : StripeEntity<Refund>, IBalanceTransactionSource, IHasMetadata
{
    public string Id { get; set; }

    public string Object { get; set; }

    public long Amount { get; set; }

    public DateTime Created { get; set; }

    public string Currency { get; set; }

    public string Description { get; set; }

    public string FailureReason { get; set; }

    public Dictionary<string, string> Metadata { get; set; }

    public string Reason { get; set; }

    public string Status { get; set; }

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

/// <summary>A new refund, of a whole payment or of part of it.</summary>
public class RefundCreateOptions : BaseOptions, IHasMetadata
{
    public long? Amount { get; set; }

    public string Charge { get; set; }

    public Dictionary<string, string> Metadata { get; set; }

    public string PaymentIntent { get; set; }

    public string Reason { get; set; }
}

/// <summary>How to read a refund.</summary>
public class RefundGetOptions : BaseOptions;

/// <summary>Which refunds to list.</summary>
public class RefundListOptions : ListOptions
{
    public string Charge { get; set; }

    public string PaymentIntent { get; set; }
}

/// <summary>Refunds, <c>/v1/refunds</c>.</summary>
public class RefundService : Service
{
    /// <summary>Uses the client of <see cref="StripeConfiguration"/>.</summary>
    public RefundService()
    {
    }

    /// <summary>Uses this client.</summary>
    public RefundService(IStripeClient client)
        : base(client)
    {
    }

    /// <summary>Creates one.</summary>
    public virtual Task<Refund> CreateAsync(
        RefundCreateOptions options, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        RequestAsync<Refund>(HttpMethod.Post, "/v1/refunds", options, requestOptions, cancellationToken);

    /// <summary>Reads one by its id.</summary>
    public virtual Task<Refund> GetAsync(
        string id, RefundGetOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        RequestAsync<Refund>(HttpMethod.Get, $"/v1/refunds/{Escape(id)}", options, requestOptions, cancellationToken);

    /// <summary>Reads one page, the newest first.</summary>
    public virtual Task<StripeList<Refund>> ListAsync(
        RefundListOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        RequestAsync<StripeList<Refund>>(HttpMethod.Get, "/v1/refunds", options, requestOptions, cancellationToken);

    /// <summary>Reads all, page by page.</summary>
    public virtual IAsyncEnumerable<Refund> ListAutoPagingAsync(
        RefundListOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        ListAllAsync<Refund>("/v1/refunds", options, requestOptions, cancellationToken);
}
