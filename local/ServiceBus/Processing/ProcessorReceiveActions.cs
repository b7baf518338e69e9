namespace Azure.Messaging.ServiceBus;

/// <summary>Lets a handler receive further messages; they are renewed and settled with the one that the handler was called for.</summary>
public class ProcessorReceiveActions
{
    private readonly ServiceBusReceiver receiver = null!;
    private readonly Action<ServiceBusReceivedMessage> received = _ => { };

    /// <summary>For mocks.</summary>
    protected ProcessorReceiveActions()
    {
    }

    internal ProcessorReceiveActions(ServiceBusReceiver receiver, Action<ServiceBusReceivedMessage> received)
    {
        this.receiver = receiver;
        this.received = received;
    }

    /// <summary>The next messages.</summary>
    public virtual async Task<IReadOnlyList<ServiceBusReceivedMessage>> ReceiveMessagesAsync(
        int maxMessages, TimeSpan? maxWaitTime = null, CancellationToken cancellationToken = default) =>
        Note(await receiver.ReceiveMessagesAsync(maxMessages, maxWaitTime, cancellationToken));

    /// <summary>Deferred messages.</summary>
    public virtual async Task<IReadOnlyList<ServiceBusReceivedMessage>> ReceiveDeferredMessagesAsync(
        IEnumerable<long> sequenceNumbers, CancellationToken cancellationToken = default) =>
        Note(await receiver.ReceiveDeferredMessagesAsync(sequenceNumbers, cancellationToken));

    /// <summary>Messages without locking them.</summary>
    public virtual Task<IReadOnlyList<ServiceBusReceivedMessage>> PeekMessagesAsync(
        int maxMessages, long? fromSequenceNumber = null, CancellationToken cancellationToken = default) =>
        receiver.PeekMessagesAsync(maxMessages, fromSequenceNumber, cancellationToken);

    private IReadOnlyList<ServiceBusReceivedMessage> Note(IReadOnlyList<ServiceBusReceivedMessage> messages)
    {
        foreach (var message in messages)
        {
            received(message);
        }

        return messages;
    }
}
