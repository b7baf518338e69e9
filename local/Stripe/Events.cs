namespace Stripe;

/// <summary>Something that happened, as webhooks and <c>/v1/events</c> tell it.</summary>
public class Event : StripeEntity<Event>, IHasId, IHasObject
{
    public string Id { get; set; }

    public string Object { get; set; }

    public string Account { get; set; }

    public string ApiVersion { get; set; }

    public DateTime Created { get; set; }

    public EventData Data { get; set; }

    public bool Livemode { get; set; }

    public long PendingWebhooks { get; set; }

    public EventRequest Request { get; set; }

    public string Type { get; set; }
}

/// <summary>The object as it was at the event; null when it is of a type that this library does not know.</summary>
public class EventData : StripeEntity<EventData>
{
    public IHasObject Object { get; set; }
}

/// <summary>The request that caused an event; null fields when nobody asked.</summary>
public class EventRequest : StripeEntity<EventRequest>, IHasId
{
    public string Id { get; set; }

    public string IdempotencyKey { get; set; }
}
