using Azure.Messaging.ServiceBus;

namespace ToolboxAI.Local.ServiceBus;

/// <summary>The refusals of both buses, in one place.</summary>
internal static class BusErrors
{
    public static ServiceBusException EntityNotFound(string path, Exception? inner = null) =>
        new("The messaging entity could not be found.", ServiceBusFailureReason.MessagingEntityNotFound, path, inner);

    public static ServiceBusException AlreadyExists(string path) =>
        new("The messaging entity exists already.", ServiceBusFailureReason.MessagingEntityAlreadyExists, path);

    public static ServiceBusException EntityDisabled(string path, Exception? inner = null) =>
        new("The messaging entity is disabled for this operation.", ServiceBusFailureReason.MessagingEntityDisabled, path, inner);

    public static ServiceBusException MessageLockLost(string path, Exception? inner = null) =>
        new("The lock is not held any more: it ran out, or the message was settled.", ServiceBusFailureReason.MessageLockLost, path, inner);

    public static ServiceBusException MessageNotFound(string path, Exception? inner = null) =>
        new("There is no such message.", ServiceBusFailureReason.MessageNotFound, path, inner);

    public static ServiceBusException SessionLockLost(string path, Exception? inner = null) =>
        new("The session's lock is not held any more. Accept the session again.", ServiceBusFailureReason.SessionLockLost, path, inner);

    public static ServiceBusException SessionCannotBeLocked(string path, Exception? inner = null) =>
        new("Another receiver holds the session.", ServiceBusFailureReason.SessionCannotBeLocked, path, inner);

    public static ServiceBusException NoSession(string path) =>
        new("No session became available in time.", ServiceBusFailureReason.ServiceTimeout, path);

    /// <exception cref="InvalidOperationException">The entity is a topic, or its messages are received by session only.</exception>
    public static void ThrowUnlessReceivable(Entity entity, ReceiveRequest request)
    {
        if (entity.Kind == EntityKind.Topic)
        {
            throw new InvalidOperationException($"{request.Address} is a topic: receive from one of its subscriptions.");
        }

        if (entity.Settings.RequiresSession && request.Session is null && !request.Address.IsDeadLetter)
        {
            throw new InvalidOperationException($"{request.Address} requires sessions: accept one to receive its messages.");
        }
    }

    public static ServiceBusException TooLarge(string path, long size, long limit) =>
        new($"The message or batch has {size} bytes; the entity allows {limit}.", ServiceBusFailureReason.MessageSizeExceeded, path);

    public static ServiceBusException QuotaExceeded(string path, Exception? inner = null) =>
        new("The entity is full: receive some of its messages, or allow it a larger size.", ServiceBusFailureReason.QuotaExceeded, path, inner);

    public static ServiceBusException Unreachable(string path, Exception? inner) =>
        new("The bus could not be reached.", ServiceBusFailureReason.ServiceCommunicationProblem, path, inner);
}
