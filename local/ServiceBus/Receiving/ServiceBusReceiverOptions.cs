namespace Azure.Messaging.ServiceBus;

/// <summary>Options of a receiver.</summary>
public class ServiceBusReceiverOptions
{
    private int prefetchCount;

    /// <summary>
    /// How many messages may be fetched ahead; default 0. Accepted, and delivery is the same with it and without it: the bus answers at
    /// once, while the lock of a message that is fetched ahead would already run as it waits for its turn.
    /// </summary>
    public int PrefetchCount
    {
        get => prefetchCount;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            prefetchCount = value;
        }
    }

    /// <summary>Default peek-lock.</summary>
    public ServiceBusReceiveMode ReceiveMode { get; set; }

    /// <summary>The entity itself, or its dead letters.</summary>
    public SubQueue SubQueue { get; set; }

    /// <summary>Names the receiver in logs.</summary>
    public string? Identifier { get; set; }
}
