namespace ToolboxAI.Shared.Billing.StripeEvents;

/// <summary>The message of the queue <c>stripe-events</c>: this happened at Stripe; look at the object there.</summary>
/// <param name="EventId">The event's id.</param>
/// <param name="Type">Its type.</param>
/// <param name="ObjectId">What it is about; null when the event came in another release's form: then Stripe is asked.</param>
/// <param name="CustomerId">Whose it is, where the event says so; null as before.</param>
/// <param name="CreatedAt">When it happened, by Stripe; null as before.</param>
/// <param name="Key">The idempotency key of the call that caused it, when a call did.</param>
public sealed record StripeEventMessage(string EventId, string Type, string? ObjectId, string? CustomerId, DateTimeOffset? CreatedAt, string? Key)
{
    /// <summary>The queue's name.</summary>
    public const string Queue = "stripe-events";
}

/// <summary>What became of an event, as the inbox keeps it.</summary>
public static class StripeEventOutcome
{
    /// <summary>On its way to the queue.</summary>
    public const string Queued = "queued";

    /// <summary>Of a type that nothing here depends on.</summary>
    public const string Ignored = "ignored";

    /// <summary>From the other mode (test or live) than our key's.</summary>
    public const string ForeignLivemode = "foreign_livemode";

    /// <summary>Stripe does not know the object, or not any more.</summary>
    public const string NotFound = "not_found";

    /// <summary>The customer is none of our tenants'.</summary>
    public const string UnknownCustomer = "unknown_customer";

    /// <summary>The customer was deleted.</summary>
    public const string DeletedCustomer = "deleted_customer";

    /// <summary>What it tells is known already, or changes nothing.</summary>
    public const string NoChange = "no_change";

    /// <summary>The account was brought up to date.</summary>
    public const string Updated = "updated";

    /// <summary>The invoice is paid.</summary>
    public const string Paid = "paid";

    /// <summary>A failure of an invoice that is paid: paid is final.</summary>
    public const string AlreadyPaid = "already_paid";

    /// <summary>The invoice is not open: there is nothing to collect.</summary>
    public const string NotOpen = "not_open";

    /// <summary>The first payment of a subscription: whoever subscribed was told.</summary>
    public const string FirstPayment = "first_payment";

    /// <summary>An invoice that belongs to no subscription.</summary>
    public const string NoSubscription = "no_subscription";

    /// <summary>Caused by a try of ours.</summary>
    public const string OwnTry = "own_try";

    /// <summary>A dunning run started.</summary>
    public const string DunningStarted = "dunning_started";

    /// <summary>The running run was told.</summary>
    public const string DunningTold = "dunning_told";

    /// <summary>The invoice's run has ended; it stays so.</summary>
    public const string DunningEnded = "dunning_ended";
}
