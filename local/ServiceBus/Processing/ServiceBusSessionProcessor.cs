using ToolboxAI.Local.ServiceBus;

namespace Azure.Messaging.ServiceBus;

/// <summary>Takes sessions, receives their messages in order and calls a handler for each.</summary>
public partial class ServiceBusSessionProcessor : IAsyncDisposable
{
    private readonly ServiceBusClient client = null!;
    private readonly EntityAddress address = new("");
    private readonly ServiceBusSessionProcessorOptions options = new();
    private readonly HandlerSlot<ProcessSessionMessageEventArgs> onMessage;
    private readonly HandlerSlot<ProcessErrorEventArgs> onError;
    private readonly HandlerSlot<ProcessSessionEventArgs> onInitializing;
    private readonly HandlerSlot<ProcessSessionEventArgs> onClosing;
    private readonly SemaphoreSlim gate = new(1);
    private CancellationTokenSource? stopping;
    private Task working = Task.CompletedTask;
    private volatile int maxConcurrentSessions = 8;
    private volatile int maxConcurrentCallsPerSession = 1;
    private volatile int prefetchCount;
    private volatile bool closed;

    /// <summary>For mocks.</summary>
    protected ServiceBusSessionProcessor()
    {
        onMessage = new(nameof(ProcessMessageAsync), () => IsProcessing);
        onError = new(nameof(ProcessErrorAsync), () => IsProcessing);
        onInitializing = new(nameof(SessionInitializingAsync), () => IsProcessing);
        onClosing = new(nameof(SessionClosingAsync), () => IsProcessing);
        Identifier = "";
    }

    /// <summary>For classes that derive from this one.</summary>
    protected ServiceBusSessionProcessor(ServiceBusClient client, string queueName, ServiceBusSessionProcessorOptions options)
        : this(client, EntityAddress.Parse(queueName), options ?? new())
    {
    }

    /// <summary>For classes that derive from this one.</summary>
    protected ServiceBusSessionProcessor(
        ServiceBusClient client, string topicName, string subscriptionName, ServiceBusSessionProcessorOptions options)
        : this(client, EntityAddress.OfSubscription(topicName, subscriptionName), options ?? new())
    {
    }

    internal ServiceBusSessionProcessor(ServiceBusClient client, EntityAddress address, ServiceBusSessionProcessorOptions options) : this()
    {
        this.client = client;
        this.address = address;
        this.options = options;
        Identifier = options.Identifier is { Length: > 0 } given ? given : ServiceBusClient.NewIdentifier(address.ToString());
        maxConcurrentSessions = options.SessionIds.Count > 0 ? options.SessionIds.Count : options.MaxConcurrentSessions;
        maxConcurrentCallsPerSession = options.MaxConcurrentCallsPerSession;
        prefetchCount = options.PrefetchCount;
    }

    /// <summary>Called for each message. Required.</summary>
    public event Func<ProcessSessionMessageEventArgs, Task> ProcessMessageAsync
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

    /// <summary>Called when a session was taken.</summary>
    public event Func<ProcessSessionEventArgs, Task> SessionInitializingAsync
    {
        add => onInitializing.Add(value);
        remove => onInitializing.Remove(value);
    }

    /// <summary>Called before a session is given back.</summary>
    public event Func<ProcessSessionEventArgs, Task> SessionClosingAsync
    {
        add => onClosing.Add(value);
        remove => onClosing.Remove(value);
    }

    /// <summary>The bus.</summary>
    public virtual string FullyQualifiedNamespace => client.FullyQualifiedNamespace;

    /// <summary>The entity.</summary>
    public virtual string EntityPath => address.ToString();

    /// <summary>Names the processor in logs.</summary>
    public virtual string Identifier { get; }

    /// <summary>Peek-lock, or receive and delete.</summary>
    public virtual ServiceBusReceiveMode ReceiveMode => options.ReceiveMode;

    /// <summary>Whether a message is completed when its handler returns.</summary>
    public virtual bool AutoCompleteMessages => options.AutoCompleteMessages;

    /// <summary>For how long a session's lock is renewed.</summary>
    public virtual TimeSpan MaxAutoLockRenewalDuration => options.MaxAutoLockRenewalDuration;

    /// <summary>After so long without a message a session is given back.</summary>
    public virtual TimeSpan? SessionIdleTimeout => options.SessionIdleTimeout;

    /// <summary>How many sessions are held at the same time.</summary>
    public virtual int MaxConcurrentSessions => maxConcurrentSessions;

    /// <summary>How many handlers of one session run at the same time.</summary>
    public virtual int MaxConcurrentCallsPerSession => maxConcurrentCallsPerSession;

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
            working = Task.Run(() => WorkAsync(stop), CancellationToken.None);
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Takes no more messages, waits for the handlers that run and gives the sessions back.</summary>
    public virtual async Task StopProcessingAsync(CancellationToken cancellationToken = default)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            if (stopping is not null)
            {
                await stopping.CancelAsync();
                await working.WaitAsync(cancellationToken);
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
    }

    /// <summary>Stops and closes.</summary>
    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Changes how many sessions are held, and how many handlers of each run, at the same time.</summary>
    public void UpdateConcurrency(int maxConcurrentSessions, int maxConcurrentCallsPerSession)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxConcurrentSessions, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxConcurrentCallsPerSession, 1);
        this.maxConcurrentSessions = maxConcurrentSessions;
        this.maxConcurrentCallsPerSession = maxConcurrentCallsPerSession;
    }

    /// <summary>Without effect.</summary>
    public void UpdatePrefetchCount(int prefetchCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(prefetchCount);
        this.prefetchCount = prefetchCount;
    }

    /// <summary>Calls the message handler.</summary>
    protected internal virtual Task OnProcessSessionMessageAsync(ProcessSessionMessageEventArgs args) => onMessage.InvokeAsync(args);

    /// <summary>Calls the error handler.</summary>
    protected internal virtual Task OnProcessErrorAsync(ProcessErrorEventArgs args) => onError.InvokeAsync(args);

    /// <summary>Calls the handler of a session that was taken.</summary>
    protected internal virtual Task OnSessionInitializingAsync(ProcessSessionEventArgs args) => onInitializing.InvokeAsync(args);

    /// <summary>Calls the handler of a session that is given back.</summary>
    protected internal virtual Task OnSessionClosingAsync(ProcessSessionEventArgs args) => onClosing.InvokeAsync(args);
}
