namespace Azure.Messaging.ServiceBus;

/// <summary>Options of a receiver.</summary>
public class ServiceBusReceiverOptions
{
    private int prefetchCount;

    /// <summary>Accepted, without effect: the local bus answers at once, and a prefetched message would only lose time of its lock.</summary>
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
