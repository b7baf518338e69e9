using Azure.Core.Amqp;

namespace ToolboxAI.Local.ServiceBus;

/// <summary>
/// A message in its AMQP form and back. What has a place among the message's own properties goes there; of the rest all sections
/// are kept but the delivery annotations, which concern one hop only.
/// </summary>
internal static class AmqpForm
{
    public const string PartitionKey = "x-opt-partition-key";
    public const string TransactionPartitionKey = "x-opt-via-partition-key";
    public const string ScheduledEnqueueTime = "x-opt-scheduled-enqueue-time";
    private const string EnqueuedTime = "x-opt-enqueued-time";
    private const string SequenceNumber = "x-opt-sequence-number";
    private const string EnqueuedSequenceNumber = "x-opt-enqueue-sequence-number";
    private const string LockedUntil = "x-opt-locked-until";
    private const string DeadLetterSource = "x-opt-deadletter-source";
    private const string State = "x-opt-message-state";

    private static readonly HashSet<string> Own =
    [
        PartitionKey, TransactionPartitionKey, ScheduledEnqueueTime, EnqueuedTime, SequenceNumber, EnqueuedSequenceNumber, LockedUntil, DeadLetterSource, State,
    ];

    public static BusMessage Read(AmqpAnnotatedMessage amqp) => new()
    {
        Body = amqp.Body.TryGetData(out var data) ? AmqpParts.Joined(data!) : BinaryData.Empty,
        MessageId = amqp.Properties.MessageId?.ToString(),
        SessionId = amqp.Properties.GroupId,
        PartitionKey = Annotation(amqp, PartitionKey) as string,
        TransactionPartitionKey = Annotation(amqp, TransactionPartitionKey) as string,
        ReplyToSessionId = amqp.Properties.ReplyToGroupId,
        CorrelationId = amqp.Properties.CorrelationId?.ToString(),
        Subject = amqp.Properties.Subject,
        To = amqp.Properties.To?.ToString(),
        ContentType = amqp.Properties.ContentType,
        ReplyTo = amqp.Properties.ReplyTo?.ToString(),
        TimeToLive = amqp.Header.TimeToLive is { } ttl && ttl != TimeSpan.MaxValue ? ttl : null,
        ScheduledEnqueueTime = Moment(Annotation(amqp, ScheduledEnqueueTime)),
        Properties = new(amqp.ApplicationProperties!),
        Amqp = AmqpParts.Read(amqp, Own),
    };

    public static AmqpAnnotatedMessage Write(BusMessage content)
    {
        var amqp = new AmqpAnnotatedMessage(AmqpParts.Body(content));
        amqp.Properties.MessageId = content.MessageId is { } id ? new AmqpMessageId(id) : null;
        amqp.Properties.GroupId = content.SessionId;
        amqp.Properties.ReplyToGroupId = content.ReplyToSessionId;
        amqp.Properties.CorrelationId = content.CorrelationId is { } correlation ? new AmqpMessageId(correlation) : null;
        amqp.Properties.Subject = content.Subject;
        amqp.Properties.To = content.To is { } to ? new AmqpAddress(to) : null;
        amqp.Properties.ContentType = content.ContentType;
        amqp.Properties.ReplyTo = content.ReplyTo is { } replyTo ? new AmqpAddress(replyTo) : null;
        amqp.Header.TimeToLive = content.TimeToLive;
        AmqpParts.Write(content.Amqp, amqp);
        Set(amqp, PartitionKey, content.PartitionKey);
        Set(amqp, TransactionPartitionKey, content.TransactionPartitionKey);
        Set(amqp, ScheduledEnqueueTime, content.ScheduledEnqueueTime?.UtcDateTime);
        foreach (var (name, value) in content.Properties)
        {
            amqp.ApplicationProperties[name] = value;
        }

        return amqp;
    }

    /// <summary>A delivery: the message, and what the broker tells of it.</summary>
    public static AmqpAnnotatedMessage Write(Delivery delivery)
    {
        var amqp = Write(delivery.Content);
        amqp.Header.DeliveryCount = (uint)Math.Max(0, delivery.DeliveryCount - 1);
        Set(amqp, SequenceNumber, delivery.Sequence);
        Set(amqp, EnqueuedSequenceNumber, delivery.EnqueuedSequence);
        Set(amqp, EnqueuedTime, delivery.EnqueuedAt.UtcDateTime);
        Set(amqp, LockedUntil, delivery.LockToken == Guid.Empty ? null : delivery.LockedUntil.UtcDateTime);
        Set(amqp, DeadLetterSource, delivery.DeadLetterSource);
        Set(amqp, State, (int)delivery.State);
        return amqp;
    }

    /// <summary>A message as if it had been received; the lock's token as the protocol carries it.</summary>
    public static Delivery ReadDelivery(AmqpAnnotatedMessage amqp, Guid lockToken) => new()
    {
        Content = Read(amqp),
        Sequence = Annotation(amqp, SequenceNumber) as long? ?? -1,
        EnqueuedSequence = Annotation(amqp, EnqueuedSequenceNumber) as long? ?? 0,
        EnqueuedAt = Moment(Annotation(amqp, EnqueuedTime)) ?? default,
        DeliveryCount = (int)(amqp.Header.DeliveryCount ?? 0) + 1,
        LockToken = lockToken,
        LockedUntil = Moment(Annotation(amqp, LockedUntil)) ?? default,
        State = (Azure.Messaging.ServiceBus.ServiceBusMessageState)(Annotation(amqp, State) as int? ?? 0),
        DeadLetterSource = Annotation(amqp, DeadLetterSource) as string,
    };

    public static object? Annotation(AmqpAnnotatedMessage amqp, string name) =>
        amqp.HasSection(AmqpMessageSection.MessageAnnotations) && amqp.MessageAnnotations.TryGetValue(name, out var value) ? value : null;

    public static void Set(AmqpAnnotatedMessage amqp, string name, object? value)
    {
        if (value is not null)
        {
            amqp.MessageAnnotations[name] = value;
        }
        else if (amqp.HasSection(AmqpMessageSection.MessageAnnotations))
        {
            amqp.MessageAnnotations.Remove(name);
        }
    }

    public static DateTimeOffset? Moment(object? value) => value switch
    {
        DateTimeOffset moment => moment,
        DateTime time => new(time.Kind == DateTimeKind.Unspecified ? DateTime.SpecifyKind(time, DateTimeKind.Utc) : time),
        _ => null,
    };
}
