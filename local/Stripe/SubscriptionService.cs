namespace Stripe;

/// <summary>A new subscription.</summary>
public class SubscriptionCreateOptions : BaseOptions, IHasMetadata
{
    public bool? CancelAtPeriodEnd { get; set; }

    public string CollectionMethod { get; set; }

    public string Customer { get; set; }

    public string DefaultPaymentMethod { get; set; }

    public string Description { get; set; }

    public List<SubscriptionItemOptions> Items { get; set; }

    public Dictionary<string, string> Metadata { get; set; }

    public bool? OffSession { get; set; }

    public string PaymentBehavior { get; set; }

    public string ProrationBehavior { get; set; }

    public long? TrialPeriodDays { get; set; }
}

/// <summary>What to change of a subscription. An empty <c>pause_collection</c> in <see cref="BaseOptions.ExtraParams"/> lifts a pause.</summary>
public class SubscriptionUpdateOptions : BaseOptions, IHasMetadata
{
    public bool? CancelAtPeriodEnd { get; set; }

    public SubscriptionCancellationDetailsOptions CancellationDetails { get; set; }

    public string CollectionMethod { get; set; }

    public string DefaultPaymentMethod { get; set; }

    public string Description { get; set; }

    public List<SubscriptionItemOptions> Items { get; set; }

    public Dictionary<string, string> Metadata { get; set; }

    public bool? OffSession { get; set; }

    public SubscriptionPauseCollectionOptions PauseCollection { get; set; }

    public string PaymentBehavior { get; set; }

    public string ProrationBehavior { get; set; }
}

/// <summary>One price of a subscription: a new one, or a change of the item with <see cref="Id"/>.</summary>
public class SubscriptionItemOptions : IHasId, IHasMetadata
{
    public bool? Deleted { get; set; }

    public string Id { get; set; }

    public Dictionary<string, string> Metadata { get; set; }

    public string Plan { get; set; }

    public string Price { get; set; }

    public long? Quantity { get; set; }
}

/// <summary>Stops collecting a subscription's invoices.</summary>
public class SubscriptionPauseCollectionOptions
{
    public string Behavior { get; set; }

    public DateTime? ResumesAt { get; set; }
}

/// <summary>Why a subscription is cancelled.</summary>
public class SubscriptionCancellationDetailsOptions
{
    public string Comment { get; set; }

    public string Feedback { get; set; }
}

/// <summary>How to read a subscription.</summary>
public class SubscriptionGetOptions : BaseOptions;

/// <summary>How to cancel a subscription.</summary>
public class SubscriptionCancelOptions : BaseOptions
{
    public SubscriptionCancellationDetailsOptions CancellationDetails { get; set; }

    public bool? InvoiceNow { get; set; }

    public bool? Prorate { get; set; }
}

/// <summary>Which subscriptions to list; <see cref="Status"/> <c>all</c> includes those that ended.</summary>
public class SubscriptionListOptions : ListOptions
{
    public string CollectionMethod { get; set; }

    public string Customer { get; set; }

    public string Price { get; set; }

    public string Status { get; set; }
}

/// <summary>Subscriptions, <c>/v1/subscriptions</c>.</summary>
public class SubscriptionService : Service
{
    /// <summary>Uses the client of <see cref="StripeConfiguration"/>.</summary>
    public SubscriptionService()
    {
    }

    /// <summary>Uses this client.</summary>
    public SubscriptionService(IStripeClient client)
        : base(client)
    {
    }

    /// <summary>Creates one.</summary>
    public virtual Task<Subscription> CreateAsync(
        SubscriptionCreateOptions options, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        RequestAsync<Subscription>(HttpMethod.Post, "/v1/subscriptions", options, requestOptions, cancellationToken);

    /// <summary>Reads one by its id.</summary>
    public virtual Task<Subscription> GetAsync(
        string id, SubscriptionGetOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        RequestAsync<Subscription>(HttpMethod.Get, $"/v1/subscriptions/{Escape(id)}", options, requestOptions, cancellationToken);

    /// <summary>Changes one.</summary>
    public virtual Task<Subscription> UpdateAsync(
        string id, SubscriptionUpdateOptions options, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        RequestAsync<Subscription>(HttpMethod.Post, $"/v1/subscriptions/{Escape(id)}", options, requestOptions, cancellationToken);

    /// <summary>Reads one page, the newest first.</summary>
    public virtual Task<StripeList<Subscription>> ListAsync(
        SubscriptionListOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        RequestAsync<StripeList<Subscription>>(HttpMethod.Get, "/v1/subscriptions", options, requestOptions, cancellationToken);

    /// <summary>Reads all, page by page.</summary>
    public virtual IAsyncEnumerable<Subscription> ListAutoPagingAsync(
        SubscriptionListOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        ListAllAsync<Subscription>("/v1/subscriptions", options, requestOptions, cancellationToken);

    /// <summary>Ends a subscription at once.</summary>
    public virtual Task<Subscription> CancelAsync(
        string id, SubscriptionCancelOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        RequestAsync<Subscription>(HttpMethod.Delete, $"/v1/subscriptions/{Escape(id)}", options, requestOptions, cancellationToken);
}
