using System.Runtime.CompilerServices;
using ToolboxAI.Local.ServiceBus;

namespace Azure.Messaging.ServiceBus;

/// <summary>Receives from a queue, a subscription or dead letters, and settles what it received. Safe for use by several threads.</summary>
public partial class ServiceBusReceiver : IAsyncDisposable
{
    private readonly ServiceBusClient client = null!;
    private readonly SemaphoreSlim listenGate = new(1);
    private long lastPeeked;
    private IAsyncDisposable? listening;
    private volatile bool closed;

    /// <summary>For mocks.</summary>
    protected ServiceBusReceiver()
    {
        Address = new EntityAddress("");
        Identifier = "";
    }

    /// <summary>For classes that derive from this one.</summary>
    protected ServiceBusReceiver(ServiceBusClient client, string queueName, ServiceBusReceiverOptions options)
        : this(client, EntityAddress.Parse(queueName), options ?? new())
    {
    }

    /// <summary>For classes that derive from this one.</summary>
    protected ServiceBusReceiver(ServiceBusClient client, string topicName, string subscriptionName, ServiceBusReceiverOptions options)
        : this(client, EntityAddress.OfSubscription(topicName, subscriptionName), options ?? new())
    {
    }

    internal ServiceBusReceiver(ServiceBusClient client, EntityAddress address, ServiceBusReceiverOptions options)
    {
        ArgumentNullException.ThrowIfNull(client);
        this.client = client;
        Address = address.With(options.SubQueue);
        ReceiveMode = options.ReceiveMode;
        PrefetchCount = options.PrefetchCount;
        Identifier = options.Identifier is { Length: > 0 } given ? given : ServiceBusClient.NewIdentifier(Address.ToString());
    }

    /// <summary>The bus.</summary>
    public virtual string FullyQualifiedNamespace => client.FullyQualifiedNamespace;

    /// <summary>The entity, its sub-queue included.</summary>
    public virtual string EntityPath => Address.ToString();

    /// <summary>Peek-lock, or receive and delete.</summary>
    public virtual ServiceBusReceiveMode ReceiveMode { get; }

    /// <summary>What the options say; without effect.</summary>
    public virtual int PrefetchCount { get; }

    /// <summary>Names the receiver in logs.</summary>
    public virtual string Identifier { get; }

    /// <summary>Whether the receiver or its client was closed.</summary>
    public virtual bool IsClosed => closed || client is { IsClosed: true };

    internal EntityAddress Address { get; }

    internal ServiceBusClient Client => client;

    /// <summary>The session that this receiver holds; null for a receiver without session.</summary>
    private protected virtual SessionLock? Session => null;

    /// <summary>The next message; null when none came in time (default: the client's try time-out).</summary>
    public virtual async Task<ServiceBusReceivedMessage?> ReceiveMessageAsync(
        TimeSpan? maxWaitTime = null, CancellationToken cancellationToken = default) =>
        await ReceiveMessagesAsync(1, maxWaitTime, cancellationToken) is [var message] ? message : null;

    /// <summary>The next messages, as soon as there is at least one; none when none came in time.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than one message, or a time that is not positive.</exception>
    public virtual async Task<IReadOnlyList<ServiceBusReceivedMessage>> ReceiveMessagesAsync(
        int maxMessages, TimeSpan? maxWaitTime = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxMessages, 1);
        if (maxWaitTime is { } wait && PrefetchCount == 0)
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(wait, TimeSpan.Zero, nameof(maxWaitTime));
        }

        var bus = await OpenAsync();
        await ListenAsync(bus);
        var atMost = maxWaitTime ?? client.Options.RetryOptions.TryTimeout;
        var request = new ReceiveRequest(Address, maxMessages, ReceiveMode, Session);

        var deliveries = await bus.ReceiveUntilAsync(() => request with { Session = Session }, atMost, cancellationToken);
        return Received("Receive", deliveries);
    }

    /// <summary>Messages for ever, one after the other, until cancelled.</summary>
    public virtual async IAsyncEnumerable<ServiceBusReceivedMessage> ReceiveMessagesAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            if (await ReceiveMessageAsync(null, cancellationToken) is { } message)
            {
                yield return message;
            }
        }

        cancellationToken.ThrowIfCanceled();
    }

    /// <summary>A deferred message.</summary>
    /// <exception cref="ServiceBusException">There is none of that number.</exception>
    public virtual async Task<ServiceBusReceivedMessage> ReceiveDeferredMessageAsync(
        long sequenceNumber, CancellationToken cancellationToken = default) =>
        (await ReceiveDeferredMessagesAsync([sequenceNumber], cancellationToken))[0];

    /// <summary>Deferred messages, all of them or an exception.</summary>
    /// <exception cref="ServiceBusException">One of the numbers is of no deferred message.</exception>
    public virtual async Task<IReadOnlyList<ServiceBusReceivedMessage>> ReceiveDeferredMessagesAsync(
        IEnumerable<long> sequenceNumbers, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sequenceNumbers);
        var numbers = sequenceNumbers.ToList();
        if (numbers.Count == 0)
        {
            return [];
        }

        var bus = await OpenAsync();
        cancellationToken.ThrowIfCanceled();
        var request = new ReceiveRequest(Address, numbers.Count, ReceiveMode, Session);
        return Received("ReceiveDeferred", await bus.ReceiveDeferredAsync(request, numbers, CancellationToken.None));
    }

    /// <summary>The next message without locking it, whatever its state; each call goes on behind the last.</summary>
    public virtual async Task<ServiceBusReceivedMessage?> PeekMessageAsync(
        long? fromSequenceNumber = null, CancellationToken cancellationToken = default) =>
        await PeekMessagesAsync(1, fromSequenceNumber, cancellationToken) is [var message] ? message : null;

    /// <summary>The next messages without locking them, whatever their state; each call goes on behind the last.</summary>
    public virtual async Task<IReadOnlyList<ServiceBusReceivedMessage>> PeekMessagesAsync(
        int maxMessages, long? fromSequenceNumber = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxMessages, 1);
        var bus = await OpenAsync();
        var from = fromSequenceNumber ?? Interlocked.Read(ref lastPeeked) + 1;
        var deliveries = await bus.PeekAsync(Address, Session?.SessionId, from, maxMessages, cancellationToken);
        if (deliveries.Count > 0)
        {
            Interlocked.Exchange(ref lastPeeked, deliveries[^1].Sequence);
        }

        return Received("Peek", deliveries);
    }

    /// <summary>Closes the receiver; messages that it locked stay locked until the locks run out, a session is given back at once.</summary>
    public virtual async Task CloseAsync(CancellationToken cancellationToken = default)
    {
        await ReleaseAsync(cancellationToken);
        closed = true;
        await listenGate.WaitAsync(cancellationToken);
        try
        {
            if (listening is not null)
            {
                await client.CloseAsync(listening);
                listening = null;
            }
        }
        finally
        {
            listenGate.Release();
        }
    }

    /// <summary>Closes the receiver.</summary>
    public virtual async ValueTask DisposeAsync()
    {
        await CloseAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>What there is at this moment.</summary>
    internal async Task<IReadOnlyList<ServiceBusReceivedMessage>> LookAsync(int maxMessages)
    {
        var bus = await OpenAsync();
        return Received("Receive", await bus.ReceiveAsync(new ReceiveRequest(Address, maxMessages, ReceiveMode, Session), CancellationToken.None));
    }

    /// <summary>What closing gives back first.</summary>
    private protected virtual Task ReleaseAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    internal Task<IBus> OpenAsync()
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
        return client.BusAsync();
    }

    private List<ServiceBusReceivedMessage> Received(string operation, IReadOnlyList<Delivery> deliveries)
    {
        var messages = deliveries.Select(delivery => new ServiceBusReceivedMessage(delivery)).ToList();
        if (messages.Count > 0)
        {
            using var activity = BusTracing.Start("ServiceBusReceiver", operation, EntityPath, links: messages);
        }

        return messages;
    }

    /// <summary>From its first receive to its closing a receiver counts as somebody who listens.</summary>
    private async Task ListenAsync(IBus bus)
    {
        if (listening is not null)
        {
            return;
        }

        await listenGate.WaitAsync();
        try
        {
            if (!closed && listening is null)
            {
                listening = await bus.ListenAsync(Address, Session?.SessionId, CancellationToken.None);
                client.Keep(listening);
            }
        }
        finally
        {
            listenGate.Release();
        }
    }
}
