using ToolboxAI.Shared.Tenants;

namespace ToolboxAI.Shared.Data;

/// <summary>An event that somebody outside sent us.</summary>
/// <param name="Sender">Who: <c>stripe</c>, <c>sendgrid</c>.</param>
/// <param name="EventId">The sender's id of the event.</param>
/// <param name="Type">The sender's name of its kind.</param>
/// <param name="MessageId">The outbox message that carries it on; null when nothing follows.</param>
/// <param name="Outcome">What became of it on arrival: <c>queued</c>, or why nothing follows.</param>
/// <param name="ReceivedAt">Business time.</param>
public sealed record InboxEvent(string Sender, string EventId, string Type, string? MessageId, string Outcome, DateTimeOffset ReceivedAt);

/// <summary>A message that a consumer has applied.</summary>
/// <param name="MessageId">The message's id.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Tenant">Whose change it caused; null: the session's tenant.</param>
/// <param name="Unfinished">Whether something follows once that is committed, and is still to be done.</param>
public sealed record AppliedMessage(string MessageId, string Outcome, TenantId? Tenant = null, bool Unfinished = false);

/// <summary>Stores each incoming event once, by sender and event id. Control plane.</summary>
public interface IInbox
{
    /// <summary>
    /// Stores events; of each, whether it is new: false when it is there already, or stands before it in the list. Waits for other
    /// transactions that store the same events, always in the order of their keys.
    /// </summary>
    Task<IReadOnlyList<bool>> Add(IUnitOfWork work, IReadOnlyList<InboxEvent> incoming, CancellationToken ct);

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
    /// <summary>
    /// Marks messages as applied by a consumer; of each, whether the mark is new: false when it was set already, or by one before it in the
    /// list. Waits for other transactions that mark the same, always in the order of their ids.
    /// </summary>
    Task<IReadOnlyList<bool>> Add(IUnitOfWork work, string consumer, IReadOnlyList<AppliedMessage> messages, DateTimeOffset at, CancellationToken ct);

    /// <summary>What follows from messages that a consumer has applied is done. Control plane.</summary>
    Task Finish(IUnitOfWork work, string consumer, IReadOnlyList<string> messageIds, CancellationToken ct);

    /// <summary>Deletes marks set before a time, at most <paramref name="limit"/>; the number of them. Control plane.</summary>
    Task<int> DeleteBefore(IUnitOfWork work, DateTimeOffset time, int limit, CancellationToken ct);
}

/// <summary>One at a time.</summary>
public static class InboxExtensions
{
    /// <summary>Stores an event; false when it is there already.</summary>
    public static async Task<bool> TryAdd(this IInbox inbox, IUnitOfWork work, InboxEvent incoming, CancellationToken ct) =>
        (await inbox.Add(work, [incoming], ct))[0];

    /// <summary>Marks a message as applied by a consumer; false when it was already.</summary>
    public static async Task<bool> TryAdd(
        this IHandledMessages handled, IUnitOfWork work, string consumer, string messageId, string outcome, DateTimeOffset at, CancellationToken ct) =>
        (await handled.Add(work, consumer, [new(messageId, outcome)], at, ct))[0];
}
