using System.Collections.Concurrent;

namespace Azure.Messaging.ServiceBus;

/// <summary>A message of a session to handle, and what can be done with it.</summary>
public class ProcessSessionMessageEventArgs : EventArgs
{
    private readonly ServiceBusSessionReceiver receiver;
    private readonly ConcurrentBag<ServiceBusReceivedMessage> messages = [];

    /// <summary>For tests.</summary>
    public ProcessSessionMessageEventArgs(
        ServiceBusReceivedMessage message, ServiceBusSessionReceiver receiver, CancellationToken cancellationToken)
        : this(message, receiver, "", cancellationToken)
    {
    }

    /// <summary>For tests.</summary>
    public ProcessSessionMessageEventArgs(
        ServiceBusReceivedMessage message, ServiceBusSessionReceiver receiver, string identifier, CancellationToken cancellationToken)
    {
        Message = message;
        Identifier = identifier;
        CancellationToken = cancellationToken;
        this.receiver = receiver;
        messages.Add(message);
    }

    /// <summary>Raised when the session's lock is lost while the handler runs.</summary>
    public event Func<SessionLockLostEventArgs, Task>? SessionLockLostAsync;

    /// <summary>The message.</summary>
    public ServiceBusReceivedMessage Message { get; }

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

    internal IEnumerable<ServiceBusReceivedMessage> Messages => messages;

    internal bool IsReleased { get; private set; }

    /// <summary>See <see cref="ServiceBusReceiver.AbandonMessageAsync"/>.</summary>
    public virtual Task AbandonMessageAsync(
        ServiceBusReceivedMessage message, IDictionary<string, object>? propertiesToModify = null, CancellationToken cancellationToken = default) =>
        receiver.AbandonMessageAsync(message, propertiesToModify, cancellationToken);

    /// <summary>See <see cref="ServiceBusReceiver.CompleteMessageAsync"/>.</summary>
    public virtual Task CompleteMessageAsync(ServiceBusReceivedMessage message, CancellationToken cancellationToken = default) =>
        receiver.CompleteMessageAsync(message, cancellationToken);

    /// <summary>The message goes to the dead letters.</summary>
    public virtual Task DeadLetterMessageAsync(
        ServiceBusReceivedMessage message,
        string deadLetterReason,
        string? deadLetterErrorDescription = null,
        CancellationToken cancellationToken = default) =>
        receiver.DeadLetterMessageAsync(message, deadLetterReason, deadLetterErrorDescription, cancellationToken);

    /// <summary>The message goes to the dead letters.</summary>
    public virtual Task DeadLetterMessageAsync(
        ServiceBusReceivedMessage message, IDictionary<string, object>? propertiesToModify = null, CancellationToken cancellationToken = default) =>
        receiver.DeadLetterMessageAsync(message, propertiesToModify, cancellationToken);

    /// <summary>The message goes to the dead letters.</summary>
    public virtual Task DeadLetterMessageAsync(
        ServiceBusReceivedMessage message,
        Dictionary<string, object>? propertiesToModify,
        string deadLetterReason,
        string? deadLetterErrorDescription = null,
        CancellationToken cancellationToken = default) =>
        receiver.DeadLetterMessageAsync(message, propertiesToModify, deadLetterReason, deadLetterErrorDescription, cancellationToken);

    /// <summary>See <see cref="ServiceBusReceiver.DeferMessageAsync"/>.</summary>
    public virtual Task DeferMessageAsync(
        ServiceBusReceivedMessage message, IDictionary<string, object>? propertiesToModify = null, CancellationToken cancellationToken = default) =>
        receiver.DeferMessageAsync(message, propertiesToModify, cancellationToken);

    /// <summary>The session's state.</summary>
    public virtual Task<BinaryData?> GetSessionStateAsync(CancellationToken cancellationToken = default) => receiver.GetSessionStateAsync(cancellationToken);

    /// <summary>Stores the session's state.</summary>
    public virtual Task SetSessionStateAsync(BinaryData? sessionState, CancellationToken cancellationToken = default) =>
        receiver.SetSessionStateAsync(sessionState, cancellationToken);

    /// <summary>Renews the session's lock.</summary>
    public virtual Task RenewSessionLockAsync(CancellationToken cancellationToken = default) => receiver.RenewSessionLockAsync(cancellationToken);

    /// <summary>Asks the processor to give the session back when this handler has returned.</summary>
    public virtual void ReleaseSession() => IsReleased = true;

    /// <summary>Receives further messages of the session.</summary>
    public virtual ProcessorReceiveActions GetReceiveActions() => new(receiver, messages.Add);

    /// <summary>Raises <see cref="SessionLockLostAsync"/>.</summary>
    protected internal virtual Task OnSessionLockLostAsync(SessionLockLostEventArgs args) => SessionLockLostAsync?.Invoke(args) ?? Task.CompletedTask;
}
