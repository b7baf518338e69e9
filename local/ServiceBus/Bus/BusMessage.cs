namespace ToolboxAI.Local.ServiceBus;

/// <summary>What the sender wrote: the part of a message that sent and received messages share.</summary>
internal sealed class BusMessage
{
    public const string DeadLetterReason = "DeadLetterReason";
    public const string DeadLetterErrorDescription = "DeadLetterErrorDescription";

    public BinaryData Body { get; set; } = BinaryData.Empty;

    public string? MessageId { get; set; }

    public string? SessionId { get; set; }

    public string? PartitionKey { get; set; }

    public string? TransactionPartitionKey { get; set; }

    public string? ReplyToSessionId { get; set; }

    public string? CorrelationId { get; set; }

    public string? Subject { get; set; }

    public string? To { get; set; }

    public string? ContentType { get; set; }

    public string? ReplyTo { get; set; }

    /// <summary>Null: for ever.</summary>
    public TimeSpan? TimeToLive { get; set; }

    public DateTimeOffset? ScheduledEnqueueTime { get; set; }

    public Dictionary<string, object> Properties { get; init; } = [];

    /// <summary>Parts of its AMQP form that have no place above, by the names of <see cref="AmqpParts"/>.</summary>
    public Dictionary<string, object?> Amqp { get; init; } = [];

    public BusMessage Copy() => new()
    {
        Body = Body,
        MessageId = MessageId,
        SessionId = SessionId,
        PartitionKey = PartitionKey,
        TransactionPartitionKey = TransactionPartitionKey,
        ReplyToSessionId = ReplyToSessionId,
        CorrelationId = CorrelationId,
        Subject = Subject,
        To = To,
        ContentType = ContentType,
        ReplyTo = ReplyTo,
        TimeToLive = TimeToLive,
        ScheduledEnqueueTime = ScheduledEnqueueTime,
        Properties = new(Properties),
        Amqp = new(Amqp),
    };
}
