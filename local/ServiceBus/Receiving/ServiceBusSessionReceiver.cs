using ToolboxAI.Local.ServiceBus;

namespace Azure.Messaging.ServiceBus;

/// <summary>Holds one session of an entity and receives its messages, in order. Made by <see cref="ServiceBusClient"/>'s Accept methods.</summary>
public class ServiceBusSessionReceiver : ServiceBusReceiver
{
    private volatile SessionLock? session;
    private int released;

    /// <summary>For mocks.</summary>
    protected ServiceBusSessionReceiver()
    {
    }

    internal ServiceBusSessionReceiver(ServiceBusClient client, EntityAddress address, ServiceBusSessionReceiverOptions options, SessionLock session)
        : base(client, address, new ServiceBusReceiverOptions
        {
            PrefetchCount = options.PrefetchCount,
            ReceiveMode = options.ReceiveMode,
            Identifier = options.Identifier,
        }) => this.session = session;

    /// <summary>The session.</summary>
    public virtual string SessionId => session!.SessionId;

    /// <summary>When the session's lock runs out, on the machine's clock. Renewing moves it.</summary>
    public virtual DateTimeOffset SessionLockedUntil => session!.LockedUntil;

    /// <inheritdoc/>
    public override bool IsClosed => base.IsClosed;

    private protected override SessionLock? Session => session;

    /// <summary>The session's lock runs from now again, for the entity's lock duration.</summary>
    /// <exception cref="ServiceBusException">The lock was lost.</exception>
    public virtual async Task RenewSessionLockAsync(CancellationToken cancellationToken = default)
    {
        var bus = await OpenAsync();
        using var activity = BusTracing.Start("ServiceBusSessionReceiver", "RenewSessionLock", EntityPath);
        session = await bus.Sessions.RenewAsync(Address, session!, cancellationToken);
    }

    /// <summary>What was last stored as the session's state; null when nothing was.</summary>
    /// <exception cref="ServiceBusException">The lock was lost.</exception>
    public virtual async Task<BinaryData?> GetSessionStateAsync(CancellationToken cancellationToken = default)
    {
        var bus = await OpenAsync();
        using var activity = BusTracing.Start("ServiceBusSessionReceiver", "GetSessionState", EntityPath);
        var state = await bus.Sessions.GetStateAsync(Address, session!, cancellationToken);
        return state is null ? null : BinaryData.FromBytes(state);
    }

    /// <summary>Stores the session's state; null removes it.</summary>
    /// <exception cref="ServiceBusException">The lock was lost, or the state is larger than a message may be.</exception>
    public virtual async Task SetSessionStateAsync(BinaryData? sessionState, CancellationToken cancellationToken = default)
    {
        var bus = await OpenAsync();
        var limit = (await bus.EntityAsync(Address, cancellationToken)).Settings.MaxMessageBytes;
        var state = sessionState?.ToArray();
        if (state?.Length > limit)
        {
            throw BusErrors.TooLarge(EntityPath, state.Length, limit);
        }

        using var activity = BusTracing.Start("ServiceBusSessionReceiver", "SetSessionState", EntityPath);
        await bus.Sessions.SetStateAsync(Address, session!, state, cancellationToken);
    }

    /// <summary>Gives the session back; what was not settled becomes available at once.</summary>
    private protected override async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        if (session is { } held && Interlocked.Exchange(ref released, 1) == 0 && !Client.IsClosed)
        {
            var bus = await Client.BusAsync();
            await bus.Sessions.ReleaseAsync(Address, held, cancellationToken);
        }
    }

    internal static async Task<ServiceBusSessionReceiver> AcceptAsync(
        ServiceBusClient client,
        EntityAddress address,
        string? sessionId,
        ServiceBusSessionReceiverOptions? options,
        CancellationToken cancellationToken)
    {
        var bus = await client.BusAsync();
        if (!await bus.Sessions.RequireAsync(address, cancellationToken))
        {
            throw new InvalidOperationException($"{address} has no sessions: create it with RequiresSession = true, or receive from it without a session.");
        }

        var listening = await bus.ListenAsync(address, sessionId, cancellationToken);
        await using (listening)
        {
            var accepted = await bus.UntilAsync(
                address,
                () => TryAcceptAsync(bus, address, sessionId),
                found => found is not null,
                client.Options.RetryOptions.TryTimeout,
                cancellationToken);
            return accepted is not null
                ? new ServiceBusSessionReceiver(client, address, options ?? new(), accepted)
                : throw (sessionId is null ? BusErrors.NoSession(address.ToString()) : BusErrors.SessionCannotBeLocked(address.ToString()));
        }
    }

    /// <summary>Of a named session that somebody else holds there is nothing to wait for: the original refuses at once.</summary>
    private static Task<SessionLock?> TryAcceptAsync(IBus bus, EntityAddress address, string? sessionId) =>
        bus.Sessions.AcceptAsync(address, sessionId, CancellationToken.None);
}

/// <summary>Options of a session receiver.</summary>
public class ServiceBusSessionReceiverOptions
{
    private int prefetchCount;

    /// <inheritdoc cref="ServiceBusReceiverOptions.PrefetchCount"/>
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

    /// <summary>Names the receiver in logs.</summary>
    public string? Identifier { get; set; }
}
