namespace ToolboxAI.Shared.Data;

/// <summary>An event that somebody outside sent us.</summary>
/// <param name="Sender">Who: <c>stripe</c>, <c>sendgrid</c>.</param>
/// <param name="EventId">The sender's id of the event.</param>
/// <param name="Type">The sender's name of its kind.</param>
/// <param name="MessageId">The outbox message that carries it on; null when nothing follows.</param>
/// <param name="Outcome">What became of it on arrival: <c>queued</c>, or why nothing follows.</param>
/// <param name="ReceivedAt">Business time.</param>
public sealed record InboxEvent(string Sender, string EventId, string Type, string? MessageId, string Outcome, DateTimeOffset ReceivedAt);

/// <summary>Stores each incoming event once, by sender and event id. Control plane.</summary>
public interface IInbox
{
    /// <summary>Stores an event; false when it is there already. Waits for another transaction that stores the same event.</summary>
    Task<bool> TryAdd(IUnitOfWork work, InboxEvent incoming, CancellationToken ct);

    /// <summary>
    /// An event and what became of it; null when it never came. The outcome is its handling's once its message was handled,
    /// until then the one of its arrival.
    /// </summary>
    Task<InboxEvent?> Find(IUnitOfWork work, string sender, string eventId, CancellationToken ct);

    /// <summary>
    /// Deletes events that came before a time, at most <paramref name="limit"/>; the number of them. One whose message was never applied stays.
    /// </summary>
    Task<int> DeleteBefore(IUnitOfWork work, DateTimeOffset time, int limit, CancellationToken ct);
}

/// <summary>Remembers which messages a consumer has applied; written in the transaction that applies them, in either kind of session.</summary>
public interface IHandledMessages
{
    /// <summary>Marks a message as applied by a consumer; false when it was already. Waits for another transaction that marks the same.</summary>
    Task<bool> TryAdd(IUnitOfWork work, string consumer, string messageId, string outcome, DateTimeOffset at, CancellationToken ct);

    /// <summary>Deletes marks set before a time, at most <paramref name="limit"/>; the number of them. Control plane.</summary>
    Task<int> DeleteBefore(IUnitOfWork work, DateTimeOffset time, int limit, CancellationToken ct);
}
