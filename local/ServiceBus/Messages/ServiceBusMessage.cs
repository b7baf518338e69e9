using Azure.Core.Amqp;
using ToolboxAI.Local.ServiceBus;

namespace Azure.Messaging.ServiceBus;

/// <summary>A message to send. Not thread-safe, like the original.</summary>
public class ServiceBusMessage
{
    private const int MaxIdLength = 128;

    private readonly AmqpAnnotatedMessage amqp;

    /// <summary>A message with an empty body.</summary>
    public ServiceBusMessage() : this(default(ReadOnlyMemory<byte>))
    {
    }

    /// <summary>A message whose body is the text in UTF-8.</summary>
    public ServiceBusMessage(string body) : this(BinaryData.FromString(body))
    {
    }

    /// <summary>A message with these bytes.</summary>
    public ServiceBusMessage(ReadOnlyMemory<byte> body) : this(BinaryData.FromBytes(body))
    {
    }

    /// <summary>A message with this body.</summary>
    public ServiceBusMessage(BinaryData body)
    {
        ArgumentNullException.ThrowIfNull(body);
        amqp = new(AmqpMessageBody.FromData([body.ToMemory()]));
    }

    /// <summary>A message in its AMQP form; the two stay one.</summary>
    public ServiceBusMessage(AmqpAnnotatedMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        amqp = message;
    }

    /// <summary>A copy to send again: body and properties, without what the broker wrote on the received one.</summary>
    public ServiceBusMessage(ServiceBusReceivedMessage receivedMessage)
    {
        ArgumentNullException.ThrowIfNull(receivedMessage);
        var content = receivedMessage.Content.Copy();
        content.Properties.Remove(BusMessage.DeadLetterReason);
        content.Properties.Remove(BusMessage.DeadLetterErrorDescription);
        amqp = AmqpForm.Write(content);
    }

    internal ServiceBusMessage(BusMessage content) => amqp = AmqpForm.Write(content);

    /// <summary>What the message says now; a change of the result changes nothing here.</summary>
    internal BusMessage Content => AmqpForm.Read(amqp);

    /// <summary>The body, when it is bytes.</summary>
    /// <exception cref="NotSupportedException">It is an AMQP value or sequence, which only the AMQP form has.</exception>
    public BinaryData Body
    {
        get => amqp.Body.TryGetData(out var data)
            ? AmqpParts.Joined(data!)
            : throw new NotSupportedException("The message's body is an AMQP value or sequence: read it by GetRawAmqpMessage().");
        set => amqp.Body = AmqpMessageBody.FromData([value.ToMemory()]);
    }

    /// <summary>The sender's id, at most 128 characters; the key of duplicate detection. The broker gives one when it is null.</summary>
    public string? MessageId
    {
        get => amqp.Properties.MessageId?.ToString();
        set => amqp.Properties.MessageId = NotTooLong(NotEmpty(value)) is { } id ? new AmqpMessageId(id) : null;
    }

    /// <summary>For partitioned entities, at most 128 characters; equal to <see cref="SessionId"/> where both are set.</summary>
    public string? PartitionKey
    {
        get => AmqpForm.Annotation(amqp, AmqpForm.PartitionKey) as string;
        set
        {
            NotTooLong(value);
            if (value != null && SessionId != null && SessionId != value)
            {
                throw new ArgumentOutOfRangeException(nameof(value), $"{nameof(PartitionKey)} '{value}' must equal {nameof(SessionId)} '{SessionId}'.");
            }

            AmqpForm.Set(amqp, AmqpForm.PartitionKey, value);
        }
    }

    /// <summary>Partition key of a transfer queue, at most 128 characters. Kept, without effect here.</summary>
    public string? TransactionPartitionKey
    {
        get => AmqpForm.Annotation(amqp, AmqpForm.TransactionPartitionKey) as string;
        set => AmqpForm.Set(amqp, AmqpForm.TransactionPartitionKey, NotTooLong(value));
    }

    /// <summary>The session, at most 128 characters. It replaces a different <see cref="PartitionKey"/>.</summary>
    public string? SessionId
    {
        get => amqp.Properties.GroupId;
        set
        {
            amqp.Properties.GroupId = NotTooLong(value);
            if (PartitionKey != null)
            {
                AmqpForm.Set(amqp, AmqpForm.PartitionKey, value);
            }
        }
    }

    /// <summary>The session that a reply shall go to, at most 128 characters.</summary>
    public string? ReplyToSessionId
    {
        get => amqp.Properties.ReplyToGroupId;
        set => amqp.Properties.ReplyToGroupId = NotTooLong(value);
    }

    /// <summary>How long the message lives after it is enqueued; positive. The entity's default is the upper bound.</summary>
    public TimeSpan TimeToLive
    {
        get => amqp.Header.TimeToLive ?? TimeSpan.MaxValue;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero);
            amqp.Header.TimeToLive = value;
        }
    }

    /// <summary>The sender's correlation id.</summary>
    public string? CorrelationId
    {
        get => amqp.Properties.CorrelationId?.ToString();
        set => amqp.Properties.CorrelationId = value is null ? null : new AmqpMessageId(value);
    }

    /// <summary>What the message is about.</summary>
    public string? Subject { get => amqp.Properties.Subject; set => amqp.Properties.Subject = value; }

    /// <summary>Address of the recipient; kept for the application, without effect.</summary>
    public string? To
    {
        get => amqp.Properties.To?.ToString();
        set => amqp.Properties.To = value is null ? null : new AmqpAddress(value);
    }

    /// <summary>Media type of the body.</summary>
    public string? ContentType { get => amqp.Properties.ContentType; set => amqp.Properties.ContentType = value; }

    /// <summary>Address that a reply shall go to.</summary>
    public string? ReplyTo
    {
        get => amqp.Properties.ReplyTo?.ToString();
        set => amqp.Properties.ReplyTo = value is null ? null : new AmqpAddress(value);
    }

    /// <summary>The earliest moment at which the message is enqueued; default: at once.</summary>
    public DateTimeOffset ScheduledEnqueueTime
    {
        get => AmqpForm.Moment(AmqpForm.Annotation(amqp, AmqpForm.ScheduledEnqueueTime)) ?? default;
        set => AmqpForm.Set(amqp, AmqpForm.ScheduledEnqueueTime, value == default ? null : value.UtcDateTime);
    }

    /// <summary>The application's own properties: simple values only.</summary>
    public IDictionary<string, object> ApplicationProperties => amqp.ApplicationProperties!;

    /// <summary>The message in its AMQP form; a change there is a change here.</summary>
    public AmqpAnnotatedMessage GetRawAmqpMessage() => amqp;

    /// <inheritdoc/>
    public override string ToString() => $"{{MessageId:{MessageId}}}";

    private static string? NotEmpty(string? value) =>
        value is { Length: 0 } ? throw new ArgumentException("The value must not be empty.", nameof(value)) : value;

    private static string? NotTooLong(string? value) =>
        value is { Length: > MaxIdLength }
            ? throw new ArgumentOutOfRangeException(nameof(value), $"The value has {value.Length} characters; {MaxIdLength} are allowed.")
            : value;
}
