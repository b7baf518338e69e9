using ToolboxAI.Local.ServiceBus;

namespace Azure.Messaging.ServiceBus;

/// <summary>Receives messages and calls a handler for each, several at a time.</summary>
public class ServiceBusProcessor : IAsyncDisposable
{
    private readonly ServiceBusReceiver receiver = null!;
    private readonly HandlerSlot<ProcessMessageEventArgs> onMessage;
    private readonly HandlerSlot<ProcessErrorEventArgs> onError;
    private readonly SemaphoreSlim gate = new(1);
    private CancellationTokenSource? stopping;
    private Task pumping = Task.CompletedTask;
    private volatile int maxConcurrentCalls = 1;
    private volatile int prefetchCount;
    private volatile bool closed;

    /// <summary>For mocks.</summary>
    protected ServiceBusProcessor()
    {
        onMessage = new(nameof(ProcessMessageAsync), () => IsProcessing);
        onError = new(nameof(ProcessErrorAsync), () => IsProcessing);
    }

    /// <summary>For classes that derive from this one.</summary>
    protected ServiceBusProcessor(ServiceBusClient client, string queueName, ServiceBusProcessorOptions options)
        : this(client, EntityAddress.Parse(queueName), options ?? new())
    {
    }

    /// <summary>For classes that derive from this one.</summary>
    protected ServiceBusProcessor(ServiceBusClient client, string topicName, string subscriptionName, ServiceBusProcessorOptions options)
        : this(client, EntityAddress.OfSubscription(topicName, subscriptionName), options ?? new())
    {
    }

    internal ServiceBusProcessor(ServiceBusClient client, EntityAddress address, ServiceBusProcessorOptions options) : this()
    {
        receiver = new ServiceBusReceiver(client, address, new ServiceBusReceiverOptions
        {
            SubQueue = options.SubQueue,
            ReceiveMode = options.ReceiveMode,
            Identifier = options.Identifier,
        });
        AutoCompleteMessages = options.AutoCompleteMessages;
        MaxAutoLockRenewalDuration = options.MaxAutoLockRenewalDuration;
        maxConcurrentCalls = options.MaxConcurrentCalls;
        prefetchCount = options.PrefetchCount;
    }

    /// <summary>Called for each message. Required.</summary>
    public event Func<ProcessMessageEventArgs, Task> ProcessMessageAsync
    {
        add => onMessage.Add(value);
        remove => onMessage.Remove(value);
    }

    /// <summary>Called for each error. Required.</summary>
    public event Func<ProcessErrorEventArgs, Task> ProcessErrorAsync
    {
        add => onError.Add(value);
        remove => onError.Remove(value);
    }

    /// <summary>The bus.</summary>
    public virtual string FullyQualifiedNamespace => receiver.FullyQualifiedNamespace;

    /// <summary>The entity.</summary>
    public virtual string EntityPath => receiver.EntityPath;

    /// <summary>Names the processor in logs.</summary>
    public virtual string Identifier => receiver.Identifier;

    /// <summary>Peek-lock, or receive and delete.</summary>
    public virtual ServiceBusReceiveMode ReceiveMode => receiver.ReceiveMode;

    /// <summary>Whether a message is completed when its handler returns.</summary>
    public virtual bool AutoCompleteMessages { get; }

    /// <summary>For how long locks are renewed while a handler runs.</summary>
    public virtual TimeSpan MaxAutoLockRenewalDuration { get; }

    /// <summary>How many handlers run at the same time.</summary>
    public virtual int MaxConcurrentCalls => maxConcurrentCalls;

    /// <summary>What was set; without effect.</summary>
    public virtual int PrefetchCount => prefetchCount;

    /// <summary>Whether it was started and not stopped since.</summary>
    public virtual bool IsProcessing => stopping is { IsCancellationRequested: false };

    /// <summary>Whether it was closed.</summary>
    public virtual bool IsClosed => closed;

    /// <summary>Starts; returns at once.</summary>
    /// <exception cref="InvalidOperationException">A handler is missing, or it runs already.</exception>
    public virtual async Task StartProcessingAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(closed, this);
        await gate.WaitAsync(cancellationToken);
        try
        {
            onMessage.Require();
            onError.Require();
            if (IsProcessing)
            {
                throw new InvalidOperationException("The processor runs already.");
            }

            stopping = new CancellationTokenSource();
            var stop = stopping.Token;
            var pump = new MessagePump(receiver, () => maxConcurrentCalls, message => HandleAsync(message, stop));
            pumping = Task.Run(() => pump.RunAsync(null, e => ReportAsync(e, ServiceBusErrorSource.Receive, stop), stop), CancellationToken.None);
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Takes no more messages and waits for the handlers that run; their token is cancelled.</summary>
    public virtual async Task StopProcessingAsync(CancellationToken cancellationToken = default)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            if (stopping is not null)
            {
                await stopping.CancelAsync();
                await pumping.WaitAsync(cancellationToken);
                stopping.Dispose();
                stopping = null;
            }
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Stops and closes.</summary>
    public virtual async Task CloseAsync(CancellationToken cancellationToken = default)
    {
        closed = true;
        await StopProcessingAsync(cancellationToken);
        await (receiver?.CloseAsync(cancellationToken) ?? Task.CompletedTask);
    }

    /// <summary>Stops and closes.</summary>
    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Changes how many handlers run at the same time.</summary>
    public void UpdateConcurrency(int maxConcurrentCalls)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxConcurrentCalls, 1);
        this.maxConcurrentCalls = maxConcurrentCalls;
    }

    /// <summary>Without effect.</summary>
    public void UpdatePrefetchCount(int prefetchCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(prefetchCount);
        this.prefetchCount = prefetchCount;
    }

    /// <summary>Calls the message handler.</summary>
    protected internal virtual Task OnProcessMessageAsync(ProcessMessageEventArgs args) => onMessage.InvokeAsync(args);

    /// <summary>Calls the error handler.</summary>
    protected internal virtual Task OnProcessErrorAsync(ProcessErrorEventArgs args) => onError.InvokeAsync(args);

    private async Task HandleAsync(ServiceBusReceivedMessage message, CancellationToken stop)
    {
        var args = new ProcessMessageEventArgs(message, receiver, Identifier, stop);
        using var activity = BusTracing.StartProcessing("ServiceBusProcessor", "ProcessMessage", EntityPath, message);
        var renewal = ReceiveMode == ServiceBusReceiveMode.PeekLock ? MaxAutoLockRenewalDuration : TimeSpan.Zero;
        await HandledMessage.RunAsync(
            receiver,
            () => args.Messages,
            () => LockRenewal.DuringAsync(
                () => OnProcessMessageAsync(args),
                () => message.LockedUntil,
                cancellationToken => message.IsSettled ? Task.CompletedTask : receiver.RenewMessageLockAsync(message, cancellationToken),
                e => message.IsSettled ? Task.CompletedTask : LostAsync(args, e, stop),
                renewal),
            AutoCompleteMessages,
            (e, source) => ReportAsync(e, source, stop),
            stop);
    }

    private async Task LostAsync(ProcessMessageEventArgs args, Exception error, CancellationToken stop)
    {
        await args.OnMessageLockLostAsync(new MessageLockLostEventArgs(args.Message, error));
        await ReportAsync(error, ServiceBusErrorSource.RenewLock, stop);
    }

    private async Task<bool> ReportAsync(Exception error, ServiceBusErrorSource source, CancellationToken stop)
    {
        await HandledMessage.IgnoreAsync(() => OnProcessErrorAsync(
            new ProcessErrorEventArgs(error, source, FullyQualifiedNamespace, EntityPath, Identifier, stop)));
        return true;
    }
}
