using System.Text.Json.Serialization;

namespace Stripe;

/// <summary>What a product costs. Amounts are minor units and never change; another amount is another price.</summary>
public class Price : StripeEntity<Price>, IHasId, IHasMetadata, IHasObject
{
    public string Id { get; set; }

    public string Object { get; set; }

    public bool Active { get; set; }

    public string BillingScheme { get; set; }

    public DateTime Created { get; set; }

    public string Currency { get; set; }

    public bool? Deleted { get; set; }

    public bool Livemode { get; set; }

    public string LookupKey { get; set; }

    public Dictionary<string, string> Metadata { get; set; }

    public string Nickname { get; set; }

    public PriceRecurring Recurring { get; set; }

    public string Type { get; set; }

    public long? UnitAmount { get; set; }

    [JsonIgnore]
    public string ProductId
    {
        get => InternalProduct?.Id;
        set => InternalProduct = ExpandableField<Product>.WithId(value, InternalProduct);
    }

    /// <summary>The object itself, when the request expanded it; else null.</summary>
    [JsonIgnore]
    public Product Product
    {
        get => InternalProduct?.ExpandedObject;
        set => InternalProduct = ExpandableField<Product>.With(value);
    }

    [JsonInclude, JsonPropertyName("product")]
    internal ExpandableField<Product> InternalProduct { get; set; }
}

/// <summary>How often a price recurs.</summary>
public class PriceRecurring : StripeEntity<PriceRecurring>
{
    public string Interval { get; set; }

    public long IntervalCount { get; set; }

    public string UsageType { get; set; }
}

/// <summary>How often a price recurs: <c>day</c>, <c>week</c>, <c>month</c> or <c>year</c>.</summary>
public class PriceRecurringOptions
{
    public string Interval { get; set; }

    public long? IntervalCount { get; set; }

    public string UsageType { get; set; }
}

/// <summary>A new price. <see cref="TransferLookupKey"/> takes the key from the price that has it.</summary>
public class PriceCreateOptions : BaseOptions, IHasMetadata
{
    public bool? Active { get; set; }

    public string Currency { get; set; }

    public string LookupKey { get; set; }

    public Dictionary<string, string> Metadata { get; set; }

    public string Nickname { get; set; }

    public string Product { get; set; }

    public PriceRecurringOptions Recurring { get; set; }

    public bool? TransferLookupKey { get; set; }

    public long? UnitAmount { get; set; }
}

/// <summary>What to change of a price.</summary>
public class PriceUpdateOptions : BaseOptions, IHasMetadata
{
    public bool? Active { get; set; }

    public string LookupKey { get; set; }

    public Dictionary<string, string> Metadata { get; set; }

    public string Nickname { get; set; }

    public bool? TransferLookupKey { get; set; }
}

/// <summary>How to read a price.</summary>
public class PriceGetOptions : BaseOptions;

/// <summary>Which prices to list; at most ten <see cref="LookupKeys"/>.</summary>
public class PriceListOptions : ListOptions
{
    public bool? Active { get; set; }

    public string Currency { get; set; }

    public List<string> LookupKeys { get; set; }

    public string Product { get; set; }

    public string Type { get; set; }
}

/// <summary>Prices, <c>/v1/prices</c>.</summary>
public class PriceService : Service
{
    /// <summary>Uses the client of <see cref="StripeConfiguration"/>.</summary>
    public PriceService()
    {
    }

    /// <summary>Uses this client.</summary>
    public PriceService(IStripeClient client)
        : base(client)
    {
    }

    /// <summary>Creates one.</summary>
    public virtual Task<Price> CreateAsync(
        PriceCreateOptions options, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        RequestAsync<Price>(HttpMethod.Post, "/v1/prices", options, requestOptions, cancellationToken);

    /// <summary>Reads one by its id.</summary>
    public virtual Task<Price> GetAsync(
        string id, PriceGetOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        RequestAsync<Price>(HttpMethod.Get, $"/v1/prices/{Escape(id)}", options, requestOptions, cancellationToken);

    /// <summary>Changes one.</summary>
    public virtual Task<Price> UpdateAsync(
        string id, PriceUpdateOptions options, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        RequestAsync<Price>(HttpMethod.Post, $"/v1/prices/{Escape(id)}", options, requestOptions, cancellationToken);

    /// <summary>Reads one page, the newest first.</summary>
    public virtual Task<StripeList<Price>> ListAsync(
        PriceListOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        RequestAsync<StripeList<Price>>(HttpMethod.Get, "/v1/prices", options, requestOptions, cancellationToken);

    /// <summary>Reads all, page by page.</summary>
    public virtual IAsyncEnumerable<Price> ListAutoPagingAsync(
        PriceListOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        ListAllAsync<Price>("/v1/prices", options, requestOptions, cancellationToken);
}
