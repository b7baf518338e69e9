namespace Azure.Core.Amqp;

/// <summary>A message as AMQP 1.0 carries it. Sections come into being when they are first asked for.</summary>
public class AmqpAnnotatedMessage
{
    private AmqpMessageHeader? header;
    private AmqpMessageProperties? properties;
    private Dictionary<string, object?>? footer;
    private Dictionary<string, object?>? deliveryAnnotations;
    private Dictionary<string, object?>? messageAnnotations;
    private Dictionary<string, object?>? applicationProperties;

    /// <summary>A message of this body alone.</summary>
    public AmqpAnnotatedMessage(AmqpMessageBody body)
    {
        ArgumentNullException.ThrowIfNull(body);
        Body = body;
    }

    /// <summary>The body.</summary>
    public AmqpMessageBody Body { get; set; }

    /// <summary>Delivery: durability, priority, time to live.</summary>
    public AmqpMessageHeader Header => header ??= new();

    /// <summary>The standard properties.</summary>
    public AmqpMessageProperties Properties => properties ??= new();

    /// <summary>What follows the body.</summary>
    public IDictionary<string, object?> Footer => footer ??= [];

    /// <summary>For the next hop only.</summary>
    public IDictionary<string, object?> DeliveryAnnotations => deliveryAnnotations ??= [];

    /// <summary>For the infrastructure; the broker's own begin with <c>x-opt-</c>.</summary>
    public IDictionary<string, object?> MessageAnnotations => messageAnnotations ??= [];

    /// <summary>The application's own properties.</summary>
    public IDictionary<string, object?> ApplicationProperties => applicationProperties ??= [];

    /// <summary>Whether a section has come into being.</summary>
    /// <exception cref="ArgumentException">There is no such section.</exception>
    public bool HasSection(AmqpMessageSection section) => section switch
    {
        AmqpMessageSection.Header => header is not null,
        AmqpMessageSection.DeliveryAnnotations => deliveryAnnotations is not null,
        AmqpMessageSection.MessageAnnotations => messageAnnotations is not null,
        AmqpMessageSection.Properties => properties is not null,
        AmqpMessageSection.ApplicationProperties => applicationProperties is not null,
        AmqpMessageSection.Body => Body is not null,
        AmqpMessageSection.Footer => footer is not null,
        _ => throw new ArgumentException($"There is no section {section}.", nameof(section)),
    };
}

/// <summary>The sections of a message.</summary>
public enum AmqpMessageSection
{
    /// <summary>Delivery: durability, priority, time to live.</summary>
    Header = 0,

    /// <summary>For the next hop only.</summary>
    DeliveryAnnotations = 1,

    /// <summary>For the infrastructure.</summary>
    MessageAnnotations = 2,

    /// <summary>The standard properties.</summary>
    Properties = 3,

    /// <summary>The application's own properties.</summary>
    ApplicationProperties = 4,

    /// <summary>The body.</summary>
    Body = 5,

    /// <summary>What follows the body.</summary>
    Footer = 6,
}

/// <summary>How a message is delivered.</summary>
public class AmqpMessageHeader
{
    internal AmqpMessageHeader()
    {
    }

    /// <summary>How many deliveries before this one failed.</summary>
    public uint? DeliveryCount { get; set; }

    /// <summary>Whether the message outlives the broker's restart; kept, without effect.</summary>
    public bool? Durable { get; set; }

    /// <summary>Whether nobody had the message before; kept, without effect.</summary>
    public bool? FirstAcquirer { get; set; }

    /// <summary>0 to 9; kept, without effect.</summary>
    public byte? Priority { get; set; }

    /// <summary>How long the message lives.</summary>
    public TimeSpan? TimeToLive { get; set; }
}

/// <summary>The standard properties of a message.</summary>
public class AmqpMessageProperties
{
    internal AmqpMessageProperties()
    {
    }

    /// <summary>When the message expires; kept, without effect.</summary>
    public DateTimeOffset? AbsoluteExpiryTime { get; set; }

    /// <summary>Encodings of the body beside its media type.</summary>
    public string? ContentEncoding { get; set; }

    /// <summary>Media type of the body.</summary>
    public string? ContentType { get; set; }

    /// <summary>The sender's correlation id.</summary>
    public AmqpMessageId? CorrelationId { get; set; }

    /// <summary>When the message was made.</summary>
    public DateTimeOffset? CreationTime { get; set; }

    /// <summary>The group, which is Service Bus's session.</summary>
    public string? GroupId { get; set; }

    /// <summary>The message's place in its group.</summary>
    public uint? GroupSequence { get; set; }

    /// <summary>The sender's id of the message.</summary>
    public AmqpMessageId? MessageId { get; set; }

    /// <summary>Address that a reply shall go to.</summary>
    public AmqpAddress? ReplyTo { get; set; }

    /// <summary>The group that a reply shall go to.</summary>
    public string? ReplyToGroupId { get; set; }

    /// <summary>What the message is about.</summary>
    public string? Subject { get; set; }

    /// <summary>Address of the recipient.</summary>
    public AmqpAddress? To { get; set; }

    /// <summary>Who made the message.</summary>
    public ReadOnlyMemory<byte>? UserId { get; set; }
}
