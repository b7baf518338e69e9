using ToolboxAI.Local.ServiceBus;

namespace Azure.Messaging.ServiceBus;

public partial class ServiceBusReceiver
{
    /// <summary>The message is done: it is deleted.</summary>
    /// <exception cref="ServiceBusException">The lock was lost.</exception>
    public virtual Task CompleteMessageAsync(ServiceBusReceivedMessage message, CancellationToken cancellationToken = default) =>
        SettleAsync(message, Settlement.Complete, null, cancellationToken);

    /// <summary>The message becomes available again at once, with these properties set on it.</summary>
    /// <exception cref="ServiceBusException">The lock was lost.</exception>
    public virtual Task AbandonMessageAsync(
        ServiceBusReceivedMessage message, IDictionary<string, object>? propertiesToModify = null, CancellationToken cancellationToken = default) =>
        SettleAsync(message, Settlement.Abandon, propertiesToModify, cancellationToken);

    /// <summary>The message is put aside, to be received by its sequence number.</summary>
    /// <exception cref="ServiceBusException">The lock was lost.</exception>
    public virtual Task DeferMessageAsync(
        ServiceBusReceivedMessage message, IDictionary<string, object>? propertiesToModify = null, CancellationToken cancellationToken = default) =>
        SettleAsync(message, Settlement.Defer, propertiesToModify, cancellationToken);

    /// <summary>The message goes to the dead letters.</summary>
    /// <exception cref="ServiceBusException">The lock was lost.</exception>
    public virtual Task DeadLetterMessageAsync(
        ServiceBusReceivedMessage message, IDictionary<string, object>? propertiesToModify = null, CancellationToken cancellationToken = default) =>
        SettleAsync(message, Settlement.DeadLetter, propertiesToModify, cancellationToken);

    /// <summary>The message goes to the dead letters, with a reason (each text up to 4,096 characters).</summary>
    /// <exception cref="ServiceBusException">The lock was lost.</exception>
    public virtual Task DeadLetterMessageAsync(
        ServiceBusReceivedMessage message,
        string deadLetterReason,
        string? deadLetterErrorDescription = null,
        CancellationToken cancellationToken = default) =>
        DeadLetterAsync(message, null, deadLetterReason, deadLetterErrorDescription, cancellationToken);

    /// <summary>The message goes to the dead letters, with a reason and with these properties set on it.</summary>
    /// <exception cref="InvalidOperationException">The properties and the parameters give different reasons.</exception>
    /// <exception cref="ServiceBusException">The lock was lost.</exception>
    public virtual Task DeadLetterMessageAsync(
        ServiceBusReceivedMessage message,
        IDictionary<string, object>? propertiesToModify,
        string deadLetterReason,
        string? deadLetterErrorDescription = null,
        CancellationToken cancellationToken = default) =>
        DeadLetterAsync(message, propertiesToModify, deadLetterReason, deadLetterErrorDescription, cancellationToken);

    /// <summary>The lock runs from now again, for the entity's lock duration; <see cref="ServiceBusReceivedMessage.LockedUntil"/> is moved.</summary>
    /// <exception cref="InvalidOperationException">The receiver holds a session: renew that.</exception>
    /// <exception cref="ServiceBusException">The lock was lost.</exception>
    public virtual async Task RenewMessageLockAsync(ServiceBusReceivedMessage message, CancellationToken cancellationToken = default)
    {
        CheckSettles(message);
        if (Session is not null)
        {
            throw new InvalidOperationException("The messages of a session have no locks of their own: renew the session's.");
        }

        var bus = await OpenAsync();
        using var activity = BusTracing.Start("ServiceBusReceiver", "RenewMessageLock", EntityPath);
        message.Delivery.LockedUntil = await bus.RenewAsync(Address, message.SequenceNumber, message.Delivery.LockToken, cancellationToken);
    }

    private Task DeadLetterAsync(
        ServiceBusReceivedMessage message,
        IDictionary<string, object>? propertiesToModify,
        string reason,
        string? description,
        CancellationToken cancellationToken)
    {
        const int MaxReasonLength = 4096;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(reason?.Length ?? 0, MaxReasonLength, nameof(reason));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(description?.Length ?? 0, MaxReasonLength, nameof(description));
        var properties = propertiesToModify is null ? [] : new Dictionary<string, object>(propertiesToModify);
        Add(properties, BusMessage.DeadLetterReason, reason);
        Add(properties, BusMessage.DeadLetterErrorDescription, description);
        return SettleAsync(message, Settlement.DeadLetter, properties, cancellationToken);
    }

    private static void Add(Dictionary<string, object> properties, string name, string? value)
    {
        if (value is null)
        {
            return;
        }

        if (properties.TryGetValue(name, out var given) && given as string != value)
        {
            throw new InvalidOperationException($"The properties and the parameters give different values for {name}.");
        }

        properties[name] = value;
    }

    private async Task SettleAsync(
        ServiceBusReceivedMessage message, Settlement how, IDictionary<string, object>? changes, CancellationToken cancellationToken)
    {
        CheckSettles(message);
        var bus = await OpenAsync();
        using var activity = BusTracing.Start("ServiceBusReceiver", how.ToString(), EntityPath);
        var command = new SettleCommand(Address, message.SequenceNumber, message.Delivery.LockToken, how)
        {
            Session = Session,
            Changes = changes is null ? new Dictionary<string, object>() : new Dictionary<string, object>(changes),
        };
        await Commands.RunAsync(bus, command, client, cancellationToken);
        message.IsSettled = true;
    }

    private void CheckSettles(ServiceBusReceivedMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (ReceiveMode != ServiceBusReceiveMode.PeekLock)
        {
            throw new InvalidOperationException("The operation needs a receiver in peek-lock mode.");
        }

        if (message.Delivery.LockToken == Guid.Empty)
        {
            throw new InvalidOperationException("A peeked message has no lock.");
        }
    }
}
