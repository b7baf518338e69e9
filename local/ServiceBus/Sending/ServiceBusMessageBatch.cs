using ToolboxAI.Local.ServiceBus;

namespace Azure.Messaging.ServiceBus;

/// <summary>Messages that are sent together and fit together.</summary>
public sealed class ServiceBusMessageBatch : IDisposable
{
    private const long BatchOverhead = 16;
    private const long MessageOverhead = 5;

    private readonly IList<ServiceBusMessage> messages;
    private readonly Func<ServiceBusMessage, bool>? accepts;
    private bool disposed;

    internal ServiceBusMessageBatch(
        long maxSizeInBytes, IList<ServiceBusMessage>? messages = null, long? sizeInBytes = null, Func<ServiceBusMessage, bool>? accepts = null)
    {
        MaxSizeInBytes = maxSizeInBytes;
        SizeInBytes = sizeInBytes ?? BatchOverhead;
        this.messages = messages ?? [];
        this.accepts = accepts;
    }

    /// <summary>The most that the batch may hold.</summary>
    public long MaxSizeInBytes { get; }

    /// <summary>What the batch holds.</summary>
    public long SizeInBytes { get; private set; }

    /// <summary>How many messages the batch holds.</summary>
    public int Count => messages.Count;

    internal IList<ServiceBusMessage> Messages => messages;

    /// <summary>Adds a message; false when it does not fit, and the batch stays as it is.</summary>
    public bool TryAddMessage(ServiceBusMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        ObjectDisposedException.ThrowIf(disposed, this);
        if (accepts is not null)
        {
            if (!accepts(message))
            {
                return false;
            }

            messages.Add(message);
            return true;
        }

        BusTracing.Stamp(message);
        var size = MessageSize.Of(message.Content) + MessageOverhead;
        if (SizeInBytes + size > MaxSizeInBytes)
        {
            return false;
        }

        // A copy: what happens to the message after this does not change the batch.
        messages.Add(new ServiceBusMessage(message.Content.Copy()));
        SizeInBytes += size;
        return true;
    }

    /// <summary>Empties the batch.</summary>
    public void Dispose()
    {
        disposed = true;
        if (accepts is null)
        {
            messages.Clear();
        }
    }

    internal static long SizeOf(IEnumerable<ServiceBusMessage> messages) =>
        BatchOverhead + messages.Sum(message => MessageSize.Of(message.Content) + MessageOverhead);
}
