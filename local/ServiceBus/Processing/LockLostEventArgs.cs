namespace Azure.Messaging.ServiceBus;

/// <summary>A message's lock was lost while its handler ran.</summary>
public class MessageLockLostEventArgs
{
    /// <summary>For tests.</summary>
    public MessageLockLostEventArgs(ServiceBusReceivedMessage message, Exception? exception)
    {
        Message = message;
        Exception = exception;
    }

    /// <summary>The message.</summary>
    public ServiceBusReceivedMessage Message { get; }

    /// <summary>What renewing met; null when the lock just ran out.</summary>
    public Exception? Exception { get; }
}

/// <summary>A session's lock was lost while a handler ran.</summary>
public class SessionLockLostEventArgs : EventArgs
{
    /// <summary>For tests.</summary>
    public SessionLockLostEventArgs(ServiceBusReceivedMessage message, DateTimeOffset sessionLockedUntil, Exception? exception)
    {
        Message = message;
        SessionLockedUntil = sessionLockedUntil;
        Exception = exception;
    }

    /// <summary>The message whose handler ran.</summary>
    public ServiceBusReceivedMessage Message { get; }

    /// <summary>Until when the session was locked.</summary>
    public DateTimeOffset SessionLockedUntil { get; }

    /// <summary>What renewing met; null when the lock just ran out.</summary>
    public Exception? Exception { get; }
}
