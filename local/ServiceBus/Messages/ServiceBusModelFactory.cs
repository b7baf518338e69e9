using Azure.Messaging.ServiceBus.Administration;
using ToolboxAI.Local.ServiceBus;

namespace Azure.Messaging.ServiceBus;

/// <summary>Makes received messages and batches for tests.</summary>
public static class ServiceBusModelFactory
{
    /// <summary>A received message.</summary>
    public static ServiceBusReceivedMessage ServiceBusReceivedMessage(
        BinaryData body,
        string? messageId,
        string? partitionKey,
        string? viaPartitionKey,
        string? sessionId,
        string? replyToSessionId,
        TimeSpan timeToLive,
        string? correlationId,
        string? subject,
        string? to,
        string? contentType,
        string? replyTo,
        DateTimeOffset scheduledEnqueueTime,
        IDictionary<string, object>? properties,
        Guid lockTokenGuid,
        int deliveryCount,
        DateTimeOffset lockedUntil,
        long sequenceNumber,
        string? deadLetterSource,
        long enqueuedSequenceNumber,
        DateTimeOffset enqueuedTime) =>
        ServiceBusReceivedMessage(
            body,
            messageId,
            partitionKey,
            viaPartitionKey,
            sessionId,
            replyToSessionId,
            timeToLive,
            correlationId,
            subject,
            to,
            contentType,
            replyTo,
            scheduledEnqueueTime,
            properties,
            lockTokenGuid,
            deliveryCount,
            lockedUntil,
            sequenceNumber,
            deadLetterSource,
            enqueuedSequenceNumber,
            enqueuedTime,
            ServiceBusMessageState.Active);

    /// <summary>A received message.</summary>
    public static ServiceBusReceivedMessage ServiceBusReceivedMessage(
        BinaryData? body = null,
        string? messageId = null,
        string? partitionKey = null,
        string? viaPartitionKey = null,
        string? sessionId = null,
        string? replyToSessionId = null,
        TimeSpan timeToLive = default,
        string? correlationId = null,
        string? subject = null,
        string? to = null,
        string? contentType = null,
        string? replyTo = null,
        DateTimeOffset scheduledEnqueueTime = default,
        IDictionary<string, object>? properties = null,
        Guid lockTokenGuid = default,
        int deliveryCount = 0,
        DateTimeOffset lockedUntil = default,
        long sequenceNumber = -1,
        string? deadLetterSource = null,
        long enqueuedSequenceNumber = 0,
        DateTimeOffset enqueuedTime = default,
        ServiceBusMessageState serviceBusMessageState = ServiceBusMessageState.Active) => new(new Delivery
        {
            Content = new BusMessage
            {
                Body = body ?? BinaryData.Empty,
                MessageId = messageId,
                PartitionKey = partitionKey,
                TransactionPartitionKey = viaPartitionKey,
                SessionId = sessionId,
                ReplyToSessionId = replyToSessionId,
                TimeToLive = timeToLive == default || timeToLive == TimeSpan.MaxValue ? null : timeToLive,
                CorrelationId = correlationId,
                Subject = subject,
                To = to,
                ContentType = contentType,
                ReplyTo = replyTo,
                ScheduledEnqueueTime = scheduledEnqueueTime == default ? null : scheduledEnqueueTime,
                Properties = properties is null ? [] : new(properties),
            },
            Sequence = sequenceNumber,
            EnqueuedSequence = enqueuedSequenceNumber,
            EnqueuedAt = enqueuedTime,
            DeliveryCount = deliveryCount,
            LockToken = lockTokenGuid,
            LockedUntil = lockedUntil,
            State = serviceBusMessageState,
            DeadLetterSource = deadLetterSource,
        });

    /// <summary>A batch over a list of one's own; the callback says whether a message is added.</summary>
    public static ServiceBusMessageBatch ServiceBusMessageBatch(
        long batchSizeBytes,
        IList<ServiceBusMessage> batchMessageStore,
        CreateMessageBatchOptions? batchOptions = null,
        Func<ServiceBusMessage, bool>? tryAddCallback = null) =>
        new(batchOptions?.MaxSizeInBytes ?? long.MaxValue, batchMessageStore, batchSizeBytes, tryAddCallback ?? (_ => true));

    /// <summary>A queue's counts.</summary>
    public static QueueRuntimeProperties QueueRuntimeProperties(
        string name,
        long activeMessageCount = 0,
        long scheduledMessageCount = 0,
        long deadLetterMessageCount = 0,
        long transferDeadLetterMessageCount = 0,
        long transferMessageCount = 0,
        long totalMessageCount = 0,
        long sizeInBytes = 0,
        DateTimeOffset createdAt = default,
        DateTimeOffset updatedAt = default,
        DateTimeOffset accessedAt = default) => new(name, new EntityStatistics
        {
            Active = activeMessageCount,
            Scheduled = scheduledMessageCount,
            DeadLettered = deadLetterMessageCount,
            TransferDeadLettered = transferDeadLetterMessageCount,
            Transfer = transferMessageCount,
            Total = totalMessageCount,
            Bytes = sizeInBytes,
            CreatedAt = createdAt,
            UpdatedAt = updatedAt,
            AccessedAt = accessedAt,
        });

    /// <summary>A namespace.</summary>
    public static NamespaceProperties NamespaceProperties(
        string name, DateTimeOffset createdTime, DateTimeOffset modifiedTime, MessagingSku messagingSku, int messagingUnits, string alias) =>
        new(name, createdTime, modifiedTime, messagingSku, messagingUnits, alias);

    /// <summary>A rule.</summary>
    public static RuleProperties RuleProperties(string name, RuleFilter? filter = null, RuleAction? action = null) =>
        new(name, filter ?? new TrueRuleFilter(), action);
}
