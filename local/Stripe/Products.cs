using System.Text.Json.Serialization;

namespace Stripe;

/// <summary>Something that is sold.</summary>
public class Product : StripeEntity<Product>, IHasId, IHasMetadata, IHasObject
{
    public string Id { get; set; }

    public string Object { get; set; }

    public bool Active { get; set; }

    public DateTime Created { get; set; }

    public bool? Deleted { get; set; }

    public string Description { get; set; }

    public bool Livemode { get; set; }

    public Dictionary<string, string> Metadata { get; set; }

    public string Name { get; set; }

    public DateTime Updated { get; set; }

    [JsonIgnore]
    public string DefaultPriceId
    {
        get => InternalDefaultPrice?.Id;
        set => InternalDefaultPrice = ExpandableField<Price>.WithId(value, InternalDefaultPrice);
    }

    /// <summary>The object itself, when the request expanded it; else null.</summary>
    [JsonIgnore]
    public Price DefaultPrice
    {
        get => InternalDefaultPrice?.ExpandedObject;
        set => InternalDefaultPrice = ExpandableField<Price>.With(value);
    }

    [JsonInclude, JsonPropertyName("default_price")]
    internal ExpandableField<Price> InternalDefaultPrice { get; set; }
}

/// <summary>A new product; its id may be given.</summary>
public class ProductCreateOptions : BaseOptions, IHasId, IHasMetadata
{
    public bool? Active { get; set; }

    public string Description { get; set; }

    public string Id { get; set; }

    public Dictionary<string, string> Metadata { get; set; }

    public string Name { get; set; }
}

/// <summary>What to change of a product.</summary>
public class ProductUpdateOptions : BaseOptions, IHasMetadata
{
    public bool? Active { get; set; }

    public string DefaultPrice { get; set; }

    public string Description { get; set; }

    public Dictionary<string, string> Metadata { get; set; }

    public string Name { get; set; }
}

/// <summary>How to read a product.</summary>
public class ProductGetOptions : BaseOptions;

/// <summary>Which products to list.</summary>
public class ProductListOptions : ListOptions
{
    public bool? Active { get; set; }

    public List<string> Ids { get; set; }
}

/// <summary>Products, <c>/v1/products</c>.</summary>
public class ProductService : Service
{
    /// <summary>Uses the client of <see cref="StripeConfiguration"/>.</summary>
    public ProductService()
    {
    }

    /// <summary>Uses this client.</summary>
    public ProductService(IStripeClient client)
        : base(client)
    {
    }

    /// <summary>Creates one.</summary>
    public virtual Task<Product> CreateAsync(
        ProductCreateOptions options, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        RequestAsync<Product>(HttpMethod.Post, "/v1/products", options, requestOptions, cancellationToken);

    /// <summary>Reads one by its id.</summary>
    public virtual Task<Product> GetAsync(
        string id, ProductGetOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        RequestAsync<Product>(HttpMethod.Get, $"/v1/products/{Escape(id)}", options, requestOptions, cancellationToken);

    /// <summary>Changes one.</summary>
    public virtual Task<Product> UpdateAsync(
        string id, ProductUpdateOptions options, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        RequestAsync<Product>(HttpMethod.Post, $"/v1/products/{Escape(id)}", options, requestOptions, cancellationToken);

    /// <summary>Reads one page, the newest first.</summary>
    public virtual Task<StripeList<Product>> ListAsync(
        ProductListOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        RequestAsync<StripeList<Product>>(HttpMethod.Get, "/v1/products", options, requestOptions, cancellationToken);

    /// <summary>Reads all, page by page.</summary>
    public virtual IAsyncEnumerable<Product> ListAutoPagingAsync(
        ProductListOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        ListAllAsync<Product>("/v1/products", options, requestOptions, cancellationToken);
}
