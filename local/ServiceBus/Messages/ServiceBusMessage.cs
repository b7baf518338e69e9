using ToolboxAI.Local.ServiceBus;

namespace Azure.Messaging.ServiceBus;

/// <summary>A message to send. Not thread-safe, like the original.</summary>
public class ServiceBusMessage
{
    private const int MaxIdLength = 128;

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
        Content = new BusMessage { Body = body };
    }

    /// <summary>A copy to send again: body and properties, without what the broker wrote on the received one.</summary>
    public ServiceBusMessage(ServiceBusReceivedMessage receivedMessage)
    {
        ArgumentNullException.ThrowIfNull(receivedMessage);
        Content = receivedMessage.Content.Copy();
        Content.ScheduledEnqueueTime = null;
        Content.Properties.Remove(BusMessage.DeadLetterReason);
        Content.Properties.Remove(BusMessage.DeadLetterErrorDescription);
    }

    internal ServiceBusMessage(BusMessage content) => Content = content;

    internal BusMessage Content { get; }

    /// <summary>The body.</summary>
    public BinaryData Body
    {
        get => Content.Body;
        set => Content.Body = value;
    }

    /// <summary>The sender's id, at most 128 characters; the key of duplicate detection. The broker gives one when it is null.</summary>
    public string? MessageId
    {
        get => Content.MessageId;
        set => Content.MessageId = NotTooLong(NotEmpty(value));
    }

    /// <summary>For partitioned entities, at most 128 characters; equal to <see cref="SessionId"/> where both are set.</summary>
    public string? PartitionKey
    {
        get => Content.PartitionKey;
        set
        {
            NotTooLong(value);
            if (value != null && Content.SessionId != null && Content.SessionId != value)
            {
                throw new ArgumentOutOfRangeException(nameof(value), $"{nameof(PartitionKey)} '{value}' must equal {nameof(SessionId)} '{Content.SessionId}'.");
            }

            Content.PartitionKey = value;
        }
    }

    /// <summary>Partition key of a transfer queue, at most 128 characters. Kept, without effect here.</summary>
    public string? TransactionPartitionKey
    {
        get => Content.TransactionPartitionKey;
        set => Content.TransactionPartitionKey = NotTooLong(value);
    }

    /// <summary>The session, at most 128 characters. It replaces a different <see cref="PartitionKey"/>.</summary>
    public string? SessionId
    {
        get => Content.SessionId;
        set
        {
            Content.SessionId = NotTooLong(value);
            if (Content.PartitionKey != null)
            {
                Content.PartitionKey = value;
            }
        }
    }

    /// <summary>The session that a reply shall go to, at most 128 characters.</summary>
    public string? ReplyToSessionId
    {
        get => Content.ReplyToSessionId;
        set => Content.ReplyToSessionId = NotTooLong(value);
    }

    /// <summary>How long the message lives after it is enqueued; positive. The entity's default is the upper bound.</summary>
    public TimeSpan TimeToLive
    {
        get => Content.TimeToLive ?? TimeSpan.MaxValue;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero);
            Content.TimeToLive = value == TimeSpan.MaxValue ? null : value;
        }
    }

    /// <summary>The sender's correlation id.</summary>
    public string? CorrelationId { get => Content.CorrelationId; set => Content.CorrelationId = value; }

    /// <summary>What the message is about.</summary>
    public string? Subject { get => Content.Subject; set => Content.Subject = value; }

    /// <summary>Address of the recipient; kept for the application, without effect.</summary>
    public string? To { get => Content.To; set => Content.To = value; }

    /// <summary>Media type of the body.</summary>
    public string? ContentType { get => Content.ContentType; set => Content.ContentType = value; }

    /// <summary>Address that a reply shall go to.</summary>
    public string? ReplyTo { get => Content.ReplyTo; set => Content.ReplyTo = value; }

    /// <summary>The earliest moment at which the message is enqueued; default: at once.</summary>
    public DateTimeOffset ScheduledEnqueueTime
    {
        get => Content.ScheduledEnqueueTime ?? default;
        set => Content.ScheduledEnqueueTime = value == default ? null : value;
    }

    /// <summary>The application's own properties: simple values only.</summary>
    public IDictionary<string, object> ApplicationProperties => Content.Properties;

    /// <inheritdoc/>
    public override string ToString() => $"{{MessageId:{MessageId}}}";

    private static string? NotEmpty(string? value) =>
        value is { Length: 0 } ? throw new ArgumentException("The value must not be empty.", nameof(value)) : value;

    private static string? NotTooLong(string? value) =>
        value is { Length: > MaxIdLength }
            ? throw new ArgumentOutOfRangeException(nameof(value), $"The value has {value.Length} characters; {MaxIdLength} are allowed.")
            : value;
}
