using System.Text.Json.Serialization;

namespace Stripe;

/// <summary>A card or another way to pay.</summary>
public class PaymentMethod : StripeEntity<PaymentMethod>, IHasId, IHasMetadata, IHasObject
{
    public string Id { get; set; }

    public string Object { get; set; }

    public string AllowRedisplay { get; set; }

    public PaymentMethodCard Card { get; set; }

    public DateTime Created { get; set; }

    public bool Livemode { get; set; }

    public Dictionary<string, string> Metadata { get; set; }

    public string Type { get; set; }

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
}

/// <summary>What may be shown of a card.</summary>
public class PaymentMethodCard : StripeEntity<PaymentMethodCard>
{
    public string Brand { get; set; }

    public string Country { get; set; }

    public long ExpMonth { get; set; }

    public long ExpYear { get; set; }

    public string Fingerprint { get; set; }

    public string Funding { get; set; }

    public string Last4 { get; set; }
}

/// <summary>Whom to attach a payment method to.</summary>
public class PaymentMethodAttachOptions : BaseOptions
{
    public string Customer { get; set; }
}

/// <summary>How to detach a payment method.</summary>
public class PaymentMethodDetachOptions : BaseOptions;

/// <summary>How to read a payment method.</summary>
public class PaymentMethodGetOptions : BaseOptions;

/// <summary>Which payment methods to list.</summary>
public class PaymentMethodListOptions : ListOptions
{
    public string Customer { get; set; }

    public string Type { get; set; }
}

/// <summary>Payment methods, <c>/v1/payment_methods</c>.</summary>
public class PaymentMethodService : Service
{
    /// <summary>Uses the client of <see cref="StripeConfiguration"/>.</summary>
    public PaymentMethodService()
    {
    }

    /// <summary>Uses this client.</summary>
    public PaymentMethodService(IStripeClient client)
        : base(client)
    {
    }

    /// <summary>Reads one by its id.</summary>
    public virtual Task<PaymentMethod> GetAsync(
        string id, PaymentMethodGetOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        RequestAsync<PaymentMethod>(HttpMethod.Get, $"/v1/payment_methods/{Escape(id)}", options, requestOptions, cancellationToken);

    /// <summary>Reads one page, the newest first.</summary>
    public virtual Task<StripeList<PaymentMethod>> ListAsync(
        PaymentMethodListOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        RequestAsync<StripeList<PaymentMethod>>(HttpMethod.Get, "/v1/payment_methods", options, requestOptions, cancellationToken);

    /// <summary>Reads all, page by page.</summary>
    public virtual IAsyncEnumerable<PaymentMethod> ListAutoPagingAsync(
        PaymentMethodListOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        ListAllAsync<PaymentMethod>("/v1/payment_methods", options, requestOptions, cancellationToken);

    /// <summary>Attaches it to a customer.</summary>
    public virtual Task<PaymentMethod> AttachAsync(
        string id, PaymentMethodAttachOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        RequestAsync<PaymentMethod>(HttpMethod.Post, $"/v1/payment_methods/{Escape(id)}/attach", options, requestOptions, cancellationToken);

    /// <summary>Detaches it from its customer.</summary>
    public virtual Task<PaymentMethod> DetachAsync(
        string id, PaymentMethodDetachOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        RequestAsync<PaymentMethod>(HttpMethod.Post, $"/v1/payment_methods/{Escape(id)}/detach", options, requestOptions, cancellationToken);
}
