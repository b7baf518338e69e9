using ToolboxAI.Local.ServiceBus;

namespace Azure.Messaging.ServiceBus;

/// <summary>Sends to one queue or topic. Safe for use by several threads.</summary>
public class ServiceBusSender : IAsyncDisposable
{
    private readonly ServiceBusClient client = null!;
    private readonly EntityAddress address = null!;
    private volatile bool closed;

    /// <summary>For mocks.</summary>
    protected ServiceBusSender()
    {
        EntityPath = "";
        Identifier = "";
    }

    /// <summary>For classes that derive from this one.</summary>
    protected ServiceBusSender(ServiceBusClient client, string queueOrTopicName) : this(client, queueOrTopicName, new ServiceBusSenderOptions())
    {
    }

    /// <summary>For classes that derive from this one.</summary>
    protected ServiceBusSender(ServiceBusClient client, string queueOrTopicName, ServiceBusSenderOptions options)
        : this(client, queueOrTopicName, options, identified: true)
    {
    }

    internal ServiceBusSender(ServiceBusClient client, string queueOrTopicName, ServiceBusSenderOptions? options, bool identified)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentException.ThrowIfNullOrWhiteSpace(queueOrTopicName);
        this.client = client;
        address = new EntityAddress(queueOrTopicName);
        EntityPath = queueOrTopicName;
        Identifier = identified && options?.Identifier is { Length: > 0 } given ? given : ServiceBusClient.NewIdentifier(queueOrTopicName);
    }

    /// <summary>The bus.</summary>
    public virtual string FullyQualifiedNamespace => client.FullyQualifiedNamespace;

    /// <summary>The queue or topic.</summary>
    public virtual string EntityPath { get; }

    /// <summary>Names the sender in logs.</summary>
    public virtual string Identifier { get; }

    /// <summary>Whether the sender or its client was closed.</summary>
    public virtual bool IsClosed => closed || client is { IsClosed: true };

    /// <summary>Sends one message.</summary>
    /// <exception cref="ServiceBusException">Refused: see <see cref="ServiceBusFailureReason"/>.</exception>
    public virtual Task SendMessageAsync(ServiceBusMessage message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        return SendMessagesAsync([message], cancellationToken);
    }

    /// <summary>Sends messages, all or none. They must fit into one batch.</summary>
    /// <exception cref="ServiceBusException">Refused: see <see cref="ServiceBusFailureReason"/>.</exception>
    public virtual async Task SendMessagesAsync(IEnumerable<ServiceBusMessage> messages, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        await SendAsync("Send", [.. messages], null, cancellationToken);
    }

    /// <summary>Sends a batch, all or none.</summary>
    /// <exception cref="ServiceBusException">Refused: see <see cref="ServiceBusFailureReason"/>.</exception>
    public virtual async Task SendMessagesAsync(ServiceBusMessageBatch messageBatch, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messageBatch);
        await SendAsync("Send", [.. messageBatch.Messages], null, cancellationToken);
    }

    /// <summary>Sends a message that is enqueued at a later moment; the result is the number by which it can be taken back.</summary>
    public virtual async Task<long> ScheduleMessageAsync(
        ServiceBusMessage message, DateTimeOffset scheduledEnqueueTime, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        return (await ScheduleMessagesAsync([message], scheduledEnqueueTime, cancellationToken))[0];
    }

    /// <summary>Sends messages that are enqueued at a later moment; the result are the numbers by which they can be taken back.</summary>
    public virtual Task<IReadOnlyList<long>> ScheduleMessagesAsync(
        IEnumerable<ServiceBusMessage> messages, DateTimeOffset scheduledEnqueueTime, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        return SendAsync("Schedule", [.. messages], scheduledEnqueueTime, cancellationToken);
    }

    /// <summary>Takes a scheduled message back.</summary>
    /// <exception cref="ServiceBusException"><c>MessageNotFound</c>: it is not scheduled any more, or never was.</exception>
    public virtual Task CancelScheduledMessageAsync(long sequenceNumber, CancellationToken cancellationToken = default) =>
        CancelScheduledMessagesAsync([sequenceNumber], cancellationToken);

    /// <summary>Takes scheduled messages back, all or none.</summary>
    /// <exception cref="ServiceBusException"><c>MessageNotFound</c>: one of them is not scheduled any more, or never was.</exception>
    public virtual async Task CancelScheduledMessagesAsync(IEnumerable<long> sequenceNumbers, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sequenceNumbers);
        var numbers = sequenceNumbers.ToArray();
        if (numbers.Length > 0)
        {
            using var activity = BusTracing.Start("ServiceBusSender", "Cancel", this.EntityPath);
            await Commands.RunAsync(await OpenAsync(), new CancelCommand(address, numbers), client, cancellationToken);
        }
    }

    /// <summary>An empty batch with the entity's limit.</summary>
    public virtual ValueTask<ServiceBusMessageBatch> CreateMessageBatchAsync(CancellationToken cancellationToken = default) =>
        CreateMessageBatchAsync(new CreateMessageBatchOptions(), cancellationToken);

    /// <summary>An empty batch with the entity's limit, or a lower one.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The limit asked for is above the entity's.</exception>
    public virtual async ValueTask<ServiceBusMessageBatch> CreateMessageBatchAsync(
        CreateMessageBatchOptions options, CancellationToken cancellationToken = default)
    {
        var bus = await OpenAsync();
        var entity = await bus.EntityAsync(address, cancellationToken);
        var limit = entity.Settings.MaxMessageBytes;
        if (options?.MaxSizeInBytes is { } wanted)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(wanted, limit, nameof(options));
            limit = wanted;
        }

        return new ServiceBusMessageBatch(limit);
    }

    /// <summary>Closes the sender.</summary>
    public virtual Task CloseAsync(CancellationToken cancellationToken = default)
    {
        closed = true;
        return Task.CompletedTask;
    }

    /// <summary>Closes the sender.</summary>
    public virtual async ValueTask DisposeAsync()
    {
        await CloseAsync();
        GC.SuppressFinalize(this);
    }

    private async Task<IReadOnlyList<long>> SendAsync(
        string operation, IReadOnlyList<ServiceBusMessage> messages, DateTimeOffset? scheduledFor, CancellationToken cancellationToken)
    {
        if (messages.Count == 0)
        {
            return [];
        }

        cancellationToken.ThrowIfCanceled();
        var bus = await OpenAsync();
        var entity = await bus.EntityAsync(address, cancellationToken);
        foreach (var message in messages)
        {
            BusTracing.Stamp(message);
        }

        Check(entity, messages);
        using var activity = BusTracing.Start("ServiceBusSender", operation, EntityPath);
        var contents = messages.Select(message => Outgoing(message, scheduledFor)).ToList();
        var results = await Commands.RunAsync(bus, new SendCommand(address, contents), client, cancellationToken);
        return results[0];
    }

    private void Check(Entity entity, IReadOnlyList<ServiceBusMessage> messages)
    {
        var size = messages.Count == 1 ? MessageSize.Of(messages[0].Content) : ServiceBusMessageBatch.SizeOf(messages);
        if (size > entity.Settings.MaxMessageBytes)
        {
            throw BusErrors.TooLarge(EntityPath, size, entity.Settings.MaxMessageBytes);
        }

        if (entity.Settings.RequiresSession && messages.Any(message => message.SessionId is null))
        {
            throw new InvalidOperationException($"{EntityPath} requires sessions: every message needs a SessionId.");
        }
    }

    private static BusMessage Outgoing(ServiceBusMessage message, DateTimeOffset? scheduledFor)
    {
        var content = message.Content.Copy();
        content.ScheduledEnqueueTime = scheduledFor ?? content.ScheduledEnqueueTime;
        return content;
    }

    private Task<IBus> OpenAsync()
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
        return client.BusAsync();
    }
}
