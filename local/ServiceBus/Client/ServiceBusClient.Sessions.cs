using System.Runtime.CompilerServices;
using ToolboxAI.Local.ServiceBus;

namespace Azure.Messaging.ServiceBus;

public partial class ServiceBusClient
{
    /// <summary>The next free session of a queue that has messages.</summary>
    /// <exception cref="ServiceBusException"><see cref="ServiceBusFailureReason.ServiceTimeout"/>: none in the try time-out.</exception>
    public virtual Task<ServiceBusSessionReceiver> AcceptNextSessionAsync(
        string queueName, ServiceBusSessionReceiverOptions? options = null, CancellationToken cancellationToken = default) =>
        ServiceBusSessionReceiver.AcceptAsync(this, EntityAddress.Parse(queueName), null, options, cancellationToken);

    /// <summary>The next free session of a subscription that has messages.</summary>
    /// <exception cref="ServiceBusException"><see cref="ServiceBusFailureReason.ServiceTimeout"/>: none in the try time-out.</exception>
    public virtual Task<ServiceBusSessionReceiver> AcceptNextSessionAsync(
        string topicName, string subscriptionName, ServiceBusSessionReceiverOptions? options = null, CancellationToken cancellationToken = default) =>
        ServiceBusSessionReceiver.AcceptAsync(this, EntityAddress.OfSubscription(topicName, subscriptionName), null, options, cancellationToken);

    /// <summary>A named session of a queue.</summary>
    /// <exception cref="ServiceBusException"><see cref="ServiceBusFailureReason.SessionCannotBeLocked"/>: somebody else holds it.</exception>
    public virtual Task<ServiceBusSessionReceiver> AcceptSessionAsync(
        string queueName, string sessionId, ServiceBusSessionReceiverOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sessionId);
        return ServiceBusSessionReceiver.AcceptAsync(this, EntityAddress.Parse(queueName), sessionId, options, cancellationToken);
    }

    /// <summary>A named session of a subscription.</summary>
    /// <exception cref="ServiceBusException"><see cref="ServiceBusFailureReason.SessionCannotBeLocked"/>: somebody else holds it.</exception>
    public virtual Task<ServiceBusSessionReceiver> AcceptSessionAsync(
        string topicName,
        string subscriptionName,
        string sessionId,
        ServiceBusSessionReceiverOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sessionId);
        return ServiceBusSessionReceiver.AcceptAsync(
            this, EntityAddress.OfSubscription(topicName, subscriptionName), sessionId, options, cancellationToken);
    }

    /// <summary>Ids of a queue's sessions that have messages.</summary>
    public virtual IAsyncEnumerable<string> GetMessageSessionsAsync(string queueName, CancellationToken cancellationToken = default) =>
        ListSessionsAsync(EntityAddress.Parse(queueName), null, cancellationToken);

    /// <summary>Ids of a subscription's sessions that have messages.</summary>
    public virtual IAsyncEnumerable<string> GetMessageSessionsAsync(
        string topicName, string subscriptionName, CancellationToken cancellationToken = default) =>
        ListSessionsAsync(EntityAddress.OfSubscription(topicName, subscriptionName), null, cancellationToken);

    /// <summary>Ids of a queue's sessions whose state was stored after a moment.</summary>
    public virtual IAsyncEnumerable<string> GetMessageSessionsAsync(
        string queueName, DateTimeOffset sessionStateUpdatedAfter, CancellationToken cancellationToken = default) =>
        ListSessionsAsync(EntityAddress.Parse(queueName), sessionStateUpdatedAfter, cancellationToken);

    /// <summary>Ids of a subscription's sessions whose state was stored after a moment.</summary>
    public virtual IAsyncEnumerable<string> GetMessageSessionsAsync(
        string topicName, string subscriptionName, DateTimeOffset sessionStateUpdatedAfter, CancellationToken cancellationToken = default) =>
        ListSessionsAsync(EntityAddress.OfSubscription(topicName, subscriptionName), sessionStateUpdatedAfter, cancellationToken);

    private async IAsyncEnumerable<string> ListSessionsAsync(
        EntityAddress address, DateTimeOffset? updatedAfter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var sessions = (await BusAsync()).Sessions;
        foreach (var session in await sessions.ListAsync(address, updatedAfter, cancellationToken))
        {
            yield return session;
        }
    }
}
