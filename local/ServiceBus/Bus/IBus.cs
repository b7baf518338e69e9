namespace ToolboxAI.Local.ServiceBus;

/// <summary>
/// The seam between the official types and where the messages are kept: PostgreSQL or memory. Every call answers at once with
/// what there is; waiting is the caller's (<see cref="BusWaiting"/>). Refusals are <c>ServiceBusException</c>s with the official reasons.
/// </summary>
internal interface IBus
{
    /// <summary>Scheduled messages, time to live and duplicate windows follow this clock.</summary>
    TimeProvider Clock { get; }

    /// <summary>Waiting and locks follow this clock.</summary>
    TimeProvider Machine { get; }

    /// <summary>Where the bus is, as clients show it.</summary>
    string Name { get; }

    IBusAdministration Administration { get; }

    IBusSessions Sessions { get; }

    /// <summary>The entity at an address. One that never was is made on its first use, with default settings.</summary>
    Task<Entity> EntityAsync(EntityAddress address, CancellationToken cancellationToken);

    /// <summary>Applies the commands together; the result has the sequence numbers of each send.</summary>
    Task<IReadOnlyList<IReadOnlyList<long>>> ApplyAsync(IReadOnlyList<BusCommand> commands, CancellationToken cancellationToken);

    /// <summary>Refuses what applying the settlement would refuse now.</summary>
    Task CheckAsync(SettleCommand command, CancellationToken cancellationToken);

    Task<IReadOnlyList<Delivery>> ReceiveAsync(ReceiveRequest request, CancellationToken cancellationToken);

    Task<IReadOnlyList<Delivery>> ReceiveDeferredAsync(
        ReceiveRequest request, IReadOnlyList<long> sequences, CancellationToken cancellationToken);

    Task<IReadOnlyList<Delivery>> PeekAsync(
        EntityAddress address, string? sessionId, long fromSequence, int max, CancellationToken cancellationToken);

    /// <summary>Renews a message's lock; the result is its new end.</summary>
    Task<DateTimeOffset> RenewAsync(EntityAddress address, long sequence, Guid lockToken, CancellationToken cancellationToken);

    /// <summary>Says that somebody listens to an entity (or to one session of it) until the result is disposed.</summary>
    Task<IAsyncDisposable> ListenAsync(EntityAddress address, string? sessionId, CancellationToken cancellationToken);

    /// <summary>Registers a sleeper: after this returns, every change that concerns the entity ends the signal. Look once more before waiting.</summary>
    /// <param name="address">The entity.</param>
    /// <param name="takes">Whether the sleeper awaits to be handed messages that are locked for it, by senders in other processes too.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    Task<Sleep> FallAsleepAsync(EntityAddress address, bool takes, CancellationToken cancellationToken);

    /// <summary>Says that a sleeper would take what comes. Null where nothing is handed over: the signal wakes it, and it looks.</summary>
    ValueTask<IHandOver?> AwaitAsync(ReceiveRequest request, CancellationToken cancellationToken);
}

/// <summary>A receiver that waits to be handed messages.</summary>
internal interface IHandOver
{
    /// <summary>Ends when there are some.</summary>
    Task<IReadOnlyList<Delivery>> Handed { get; }

    /// <summary>Waits no longer; the result is what was handed over all the same.</summary>
    Task<IReadOnlyList<Delivery>> EndAsync();
}

/// <summary>The sessions of a bus.</summary>
internal interface IBusSessions
{
    /// <summary>
    /// Whether the entity has sessions. One that was made on its first use gets them here, unless it holds messages that belong to none.
    /// </summary>
    Task<bool> RequireAsync(EntityAddress address, CancellationToken cancellationToken);

    /// <summary>Locks the session, or the next free one that has messages when <paramref name="sessionId"/> is null; null when there is none.</summary>
    Task<SessionLock?> AcceptAsync(EntityAddress address, string? sessionId, CancellationToken cancellationToken);

    Task<SessionLock> RenewAsync(EntityAddress address, SessionLock session, CancellationToken cancellationToken);

    Task ReleaseAsync(EntityAddress address, SessionLock session, CancellationToken cancellationToken);

    Task<byte[]?> GetStateAsync(EntityAddress address, SessionLock session, CancellationToken cancellationToken);

    Task SetStateAsync(EntityAddress address, SessionLock session, byte[]? state, CancellationToken cancellationToken);

    /// <summary>Ids of sessions with messages, or with a state written after the moment.</summary>
    Task<IReadOnlyList<string>> ListAsync(EntityAddress address, DateTimeOffset? stateUpdatedAfter, CancellationToken cancellationToken);
}
