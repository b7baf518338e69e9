using System.Text.Json.Serialization;

namespace Stripe;

/// <summary>Somebody who pays. A deleted one is answered with <see cref="Deleted"/> true and no other field.</summary>
public class Customer : StripeEntity<Customer>, IHasId, IHasMetadata, IHasObject
{
    public string Id { get; set; }

    public string Object { get; set; }

    public DateTime Created { get; set; }

    public bool Livemode { get; set; }

    public bool? Deleted { get; set; }

    public long Balance { get; set; }

    public string Currency { get; set; }

    public bool? Delinquent { get; set; }

    public string Description { get; set; }

    public string Email { get; set; }

    public string Name { get; set; }

    public string Phone { get; set; }

    public string InvoicePrefix { get; set; }

    public CustomerInvoiceSettings InvoiceSettings { get; set; }

    public Dictionary<string, string> Metadata { get; set; }
}

/// <summary>What a customer's invoices are paid with by default.</summary>
public class CustomerInvoiceSettings : StripeEntity<CustomerInvoiceSettings>
{
    public string Footer { get; set; }

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

/// <summary>Sets what a customer's invoices are paid with by default.</summary>
public class CustomerInvoiceSettingsOptions
{
    public string DefaultPaymentMethod { get; set; }

    public string Footer { get; set; }
}

/// <summary>A new customer.</summary>
public class CustomerCreateOptions : BaseOptions, IHasMetadata
{
    public string Description { get; set; }

    public string Email { get; set; }

    public CustomerInvoiceSettingsOptions InvoiceSettings { get; set; }

    public Dictionary<string, string> Metadata { get; set; }

    public string Name { get; set; }

    public string PaymentMethod { get; set; }

    public string Phone { get; set; }
}

/// <summary>What to change of a customer.</summary>
public class CustomerUpdateOptions : BaseOptions, IHasMetadata
{
    public string Description { get; set; }

    public string Email { get; set; }

    public CustomerInvoiceSettingsOptions InvoiceSettings { get; set; }

    public Dictionary<string, string> Metadata { get; set; }

    public string Name { get; set; }

    public string Phone { get; set; }
}

/// <summary>How to read a customer.</summary>
public class CustomerGetOptions : BaseOptions;

/// <summary>How to delete a customer.</summary>
public class CustomerDeleteOptions : BaseOptions;

/// <summary>Which customers to list.</summary>
public class CustomerListOptions : ListOptions
{
    public string Email { get; set; }
}

/// <summary>Customers, <c>/v1/customers</c>.</summary>
public class CustomerService : Service
{
    /// <summary>Uses the client of <see cref="StripeConfiguration"/>.</summary>
    public CustomerService()
    {
    }

    /// <summary>Uses this client.</summary>
    public CustomerService(IStripeClient client)
        : base(client)
    {
    }

    /// <summary>Creates one.</summary>
    public virtual Task<Customer> CreateAsync(
        CustomerCreateOptions options, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        RequestAsync<Customer>(HttpMethod.Post, "/v1/customers", options, requestOptions, cancellationToken);

    /// <summary>Reads one by its id.</summary>
    public virtual Task<Customer> GetAsync(
        string id, CustomerGetOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        RequestAsync<Customer>(HttpMethod.Get, $"/v1/customers/{Escape(id)}", options, requestOptions, cancellationToken);

    /// <summary>Changes one.</summary>
    public virtual Task<Customer> UpdateAsync(
        string id, CustomerUpdateOptions options, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        RequestAsync<Customer>(HttpMethod.Post, $"/v1/customers/{Escape(id)}", options, requestOptions, cancellationToken);

    /// <summary>Reads one page, the newest first.</summary>
    public virtual Task<StripeList<Customer>> ListAsync(
        CustomerListOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        RequestAsync<StripeList<Customer>>(HttpMethod.Get, "/v1/customers", options, requestOptions, cancellationToken);

    /// <summary>Reads all, page by page.</summary>
    public virtual IAsyncEnumerable<Customer> ListAutoPagingAsync(
        CustomerListOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        ListAllAsync<Customer>("/v1/customers", options, requestOptions, cancellationToken);

    /// <summary>Deletes one for good.</summary>
    public virtual Task<Customer> DeleteAsync(
        string id, CustomerDeleteOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        RequestAsync<Customer>(HttpMethod.Delete, $"/v1/customers/{Escape(id)}", options, requestOptions, cancellationToken);
}
