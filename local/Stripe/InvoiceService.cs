namespace Stripe;

/// <summary>How to read an invoice.</summary>
public class InvoiceGetOptions : BaseOptions;

/// <summary>Which invoices to list.</summary>
public class InvoiceListOptions : ListOptions
{
    public string CollectionMethod { get; set; }

    public string Customer { get; set; }

    public string Status { get; set; }

    public string Subscription { get; set; }
}

/// <summary>How to pay an invoice.</summary>
public class InvoicePayOptions : BaseOptions
{
    public bool? Forgive { get; set; }

    public bool? OffSession { get; set; }

    public bool? PaidOutOfBand { get; set; }

    public string PaymentMethod { get; set; }
}

/// <summary>How to finalise a draft.</summary>
public class InvoiceFinalizeOptions : BaseOptions
{
    public bool? AutoAdvance { get; set; }
}

/// <summary>How to void an invoice.</summary>
public class InvoiceVoidOptions : BaseOptions;

/// <summary>How to give an invoice up.</summary>
public class InvoiceMarkUncollectibleOptions : BaseOptions;

/// <summary>What to change of an invoice.</summary>
public class InvoiceUpdateOptions : BaseOptions, IHasMetadata
{
    public bool? AutoAdvance { get; set; }

    public string DefaultPaymentMethod { get; set; }

    public string Description { get; set; }

    public Dictionary<string, string> Metadata { get; set; }
}

/// <summary>Invoices, <c>/v1/invoices</c>.</summary>
public class InvoiceService : Service
{
    /// <summary>Uses the client of <see cref="StripeConfiguration"/>.</summary>
    public InvoiceService()
    {
    }

    /// <summary>Uses this client.</summary>
    public InvoiceService(IStripeClient client)
        : base(client)
    {
    }

    /// <summary>Reads one by its id.</summary>
    public virtual Task<Invoice> GetAsync(
        string id, InvoiceGetOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        RequestAsync<Invoice>(HttpMethod.Get, $"/v1/invoices/{Escape(id)}", options, requestOptions, cancellationToken);

    /// <summary>Changes one.</summary>
    public virtual Task<Invoice> UpdateAsync(
        string id, InvoiceUpdateOptions options, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        RequestAsync<Invoice>(HttpMethod.Post, $"/v1/invoices/{Escape(id)}", options, requestOptions, cancellationToken);

    /// <summary>Reads one page, the newest first.</summary>
    public virtual Task<StripeList<Invoice>> ListAsync(
        InvoiceListOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        RequestAsync<StripeList<Invoice>>(HttpMethod.Get, "/v1/invoices", options, requestOptions, cancellationToken);

    /// <summary>Reads all, page by page.</summary>
    public virtual IAsyncEnumerable<Invoice> ListAutoPagingAsync(
        InvoiceListOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        ListAllAsync<Invoice>("/v1/invoices", options, requestOptions, cancellationToken);

    /// <summary>Makes a draft final.</summary>
    public virtual Task<Invoice> FinalizeInvoiceAsync(
        string id, InvoiceFinalizeOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        RequestAsync<Invoice>(HttpMethod.Post, $"/v1/invoices/{Escape(id)}/finalize", options, requestOptions, cancellationToken);

    /// <summary>Gives an open invoice up as a bad debt; it can still be paid.</summary>
    public virtual Task<Invoice> MarkUncollectibleAsync(
        string id, InvoiceMarkUncollectibleOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        RequestAsync<Invoice>(HttpMethod.Post, $"/v1/invoices/{Escape(id)}/mark_uncollectible", options, requestOptions, cancellationToken);

    /// <summary>Pays an invoice now. A refused card is a <see cref="StripeException"/> with status 402.</summary>
    public virtual Task<Invoice> PayAsync(
        string id, InvoicePayOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        RequestAsync<Invoice>(HttpMethod.Post, $"/v1/invoices/{Escape(id)}/pay", options, requestOptions, cancellationToken);

    /// <summary>Voids an invoice for good.</summary>
    public virtual Task<Invoice> VoidInvoiceAsync(
        string id, InvoiceVoidOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        RequestAsync<Invoice>(HttpMethod.Post, $"/v1/invoices/{Escape(id)}/void", options, requestOptions, cancellationToken);
}
