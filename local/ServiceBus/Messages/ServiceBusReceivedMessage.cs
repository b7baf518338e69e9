using Azure.Core.Amqp;
using ToolboxAI.Local.ServiceBus;

namespace Azure.Messaging.ServiceBus;

/// <summary>A message as the broker delivered it.</summary>
public class ServiceBusReceivedMessage
{
    private AmqpAnnotatedMessage? amqp;

    internal ServiceBusReceivedMessage(Delivery delivery) => Delivery = delivery;

    internal Delivery Delivery { get; }

    internal BusMessage Content => Delivery.Content;

    /// <summary>True once the application settled it through the receiver that took it; a processor then leaves it alone.</summary>
    internal bool IsSettled { get; set; }

    /// <summary>The body, when it is bytes.</summary>
    /// <exception cref="NotSupportedException">It is an AMQP value or sequence, which only the AMQP form has.</exception>
    public BinaryData Body => AmqpParts.NotBytes(Content.Amqp) is { } refusal ? throw refusal : Content.Body;

    /// <summary>The message's id.</summary>
    public string? MessageId => Content.MessageId;

    /// <summary>The partition key.</summary>
    public string? PartitionKey => Content.PartitionKey;

    /// <summary>The transfer queue's partition key.</summary>
    public string? TransactionPartitionKey => Content.TransactionPartitionKey;

    /// <summary>The session.</summary>
    public string? SessionId => Content.SessionId;

    /// <summary>The session that a reply shall go to.</summary>
    public string? ReplyToSessionId => Content.ReplyToSessionId;

    /// <summary>How long the message lives after it was enqueued.</summary>
    public TimeSpan TimeToLive => Content.TimeToLive ?? TimeSpan.MaxValue;

    /// <summary>The sender's correlation id.</summary>
    public string? CorrelationId => Content.CorrelationId;

    /// <summary>What the message is about.</summary>
    public string? Subject => Content.Subject;

    /// <summary>Address of the recipient.</summary>
    public string? To => Content.To;

    /// <summary>Media type of the body.</summary>
    public string? ContentType => Content.ContentType;

    /// <summary>Address that a reply shall go to.</summary>
    public string? ReplyTo => Content.ReplyTo;

    /// <summary>When the message was scheduled to be enqueued; default when it was not.</summary>
    public DateTimeOffset ScheduledEnqueueTime => Content.ScheduledEnqueueTime ?? default;

    /// <summary>The application's own properties.</summary>
    public IReadOnlyDictionary<string, object> ApplicationProperties => Content.Properties;

    /// <summary>Identifies this lock; an empty id when the message is not locked.</summary>
    public string LockToken => Delivery.LockToken.ToString();

    /// <summary>How often the message was delivered, this time included.</summary>
    public int DeliveryCount => Delivery.DeliveryCount;

    /// <summary>When the lock runs out, on the machine's clock. Renewing moves it.</summary>
    public DateTimeOffset LockedUntil => Delivery.LockedUntil;

    /// <summary>The message's number in its entity, rising.</summary>
    public long SequenceNumber => Delivery.Sequence;

    /// <summary>The entity where the message was dead-lettered, when it was then forwarded from there.</summary>
    public string? DeadLetterSource => Delivery.DeadLetterSource;

    /// <summary>The number that the message got where it was first sent (the topic, the forwarding queue).</summary>
    public long EnqueuedSequenceNumber => Delivery.EnqueuedSequence;

    /// <summary>When the message was enqueued, on the moved clock.</summary>
    public DateTimeOffset EnqueuedTime => Delivery.EnqueuedAt;

    /// <summary>When the message expires: <see cref="EnqueuedTime"/> plus <see cref="TimeToLive"/>.</summary>
    public DateTimeOffset ExpiresAt =>
        TimeToLive >= DateTimeOffset.MaxValue - EnqueuedTime ? DateTimeOffset.MaxValue : EnqueuedTime + TimeToLive;

    /// <summary>Why the message was dead-lettered.</summary>
    public string? DeadLetterReason => Text(BusMessage.DeadLetterReason);

    /// <summary>Why the message was dead-lettered, in more words.</summary>
    public string? DeadLetterErrorDescription => Text(BusMessage.DeadLetterErrorDescription);

    /// <summary>Where the message stands in its entity.</summary>
    public ServiceBusMessageState State => Delivery.State;

    /// <summary>A message as if it had been received.</summary>
    /// <param name="message">Its AMQP form, with the broker's annotations.</param>
    /// <param name="lockTokenBytes">The lock's token, 16 bytes; null when the message isn't locked.</param>
    public static ServiceBusReceivedMessage FromAmqpMessage(AmqpAnnotatedMessage message, BinaryData? lockTokenBytes)
    {
        ArgumentNullException.ThrowIfNull(message);
        return new(AmqpForm.ReadDelivery(message, lockTokenBytes is null ? Guid.Empty : new Guid(lockTokenBytes.ToMemory().Span))) { amqp = message };
    }

    /// <summary>The message in its AMQP form, the broker's annotations included.</summary>
    public AmqpAnnotatedMessage GetRawAmqpMessage() => amqp ??= AmqpForm.Write(Delivery);

    /// <inheritdoc/>
    public override string ToString() => $"{{MessageId:{MessageId}}}";

    private string? Text(string property) => Content.Properties.TryGetValue(property, out var value) ? value as string : null;
}
