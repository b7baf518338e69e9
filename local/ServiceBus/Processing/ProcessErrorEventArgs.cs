namespace Azure.Messaging.ServiceBus;

/// <summary>What a processor was doing when an error came.</summary>
public enum ServiceBusErrorSource
{
    /// <summary>Completing a message.</summary>
    Complete = 0,

    /// <summary>Abandoning a message.</summary>
    Abandon = 1,

    /// <summary>Running the application's handler.</summary>
    ProcessMessageCallback = 2,

    /// <summary>Receiving.</summary>
    Receive = 3,

    /// <summary>Renewing a lock.</summary>
    RenewLock = 4,

    /// <summary>Accepting a session.</summary>
    AcceptSession = 5,

    /// <summary>Closing a session.</summary>
    CloseSession = 6,
}

/// <summary>An error of a processor, which goes on all the same.</summary>
public sealed class ProcessErrorEventArgs : EventArgs
{
    /// <summary>An error.</summary>
    public ProcessErrorEventArgs(
        Exception exception, ServiceBusErrorSource errorSource, string fullyQualifiedNamespace, string entityPath, CancellationToken cancellationToken)
        : this(exception, errorSource, fullyQualifiedNamespace, entityPath, "", cancellationToken)
    {
    }

    /// <summary>An error of a named processor.</summary>
    public ProcessErrorEventArgs(
        Exception exception,
        ServiceBusErrorSource errorSource,
        string fullyQualifiedNamespace,
        string entityPath,
        string identifier,
        CancellationToken cancellationToken)
    {
        Exception = exception;
        ErrorSource = errorSource;
        FullyQualifiedNamespace = fullyQualifiedNamespace;
        EntityPath = entityPath;
        Identifier = identifier;
        CancellationToken = cancellationToken;
    }

    /// <summary>What went wrong.</summary>
    public Exception Exception { get; }

    /// <summary>What the processor was doing.</summary>
    public ServiceBusErrorSource ErrorSource { get; }

    /// <summary>The bus.</summary>
    public string FullyQualifiedNamespace { get; }

    /// <summary>The entity.</summary>
    public string EntityPath { get; }

    /// <summary>The processor.</summary>
    public string Identifier { get; }

    /// <summary>Cancelled when the processor stops.</summary>
    public CancellationToken CancellationToken { get; }
}
