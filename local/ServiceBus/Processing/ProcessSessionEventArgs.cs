namespace Azure.Messaging.ServiceBus;

/// <summary>A session that a processor takes or gives back.</summary>
public class ProcessSessionEventArgs : EventArgs
{
    private readonly ServiceBusSessionReceiver receiver;

    /// <summary>For tests.</summary>
    public ProcessSessionEventArgs(ServiceBusSessionReceiver receiver, CancellationToken cancellationToken) : this(receiver, "", cancellationToken)
    {
    }

    /// <summary>For tests.</summary>
    public ProcessSessionEventArgs(ServiceBusSessionReceiver receiver, string identifier, CancellationToken cancellationToken)
    {
        this.receiver = receiver;
        Identifier = identifier;
        CancellationToken = cancellationToken;
    }

    /// <summary>Cancelled when the processor stops.</summary>
    public CancellationToken CancellationToken { get; }

    /// <summary>The processor.</summary>
    public string Identifier { get; }

    /// <summary>The session.</summary>
    public string SessionId => receiver.SessionId;

    /// <summary>When the session's lock runs out.</summary>
    public DateTimeOffset SessionLockedUntil => receiver.SessionLockedUntil;

    /// <summary>The entity.</summary>
    public string EntityPath => receiver.EntityPath;

    /// <summary>The bus.</summary>
    public string FullyQualifiedNamespace => receiver.FullyQualifiedNamespace;

    internal bool IsReleased { get; private set; }

    /// <summary>The session's state.</summary>
    public virtual Task<BinaryData?> GetSessionStateAsync(CancellationToken cancellationToken = default) => receiver.GetSessionStateAsync(cancellationToken);

    /// <summary>Stores the session's state.</summary>
    public virtual Task SetSessionStateAsync(BinaryData? sessionState, CancellationToken cancellationToken = default) =>
        receiver.SetSessionStateAsync(sessionState, cancellationToken);

    /// <summary>Renews the session's lock.</summary>
    public virtual Task RenewSessionLockAsync(CancellationToken cancellationToken = default) => receiver.RenewSessionLockAsync(cancellationToken);

    /// <summary>Asks the processor to give the session back.</summary>
    public virtual void ReleaseSession() => IsReleased = true;
}
