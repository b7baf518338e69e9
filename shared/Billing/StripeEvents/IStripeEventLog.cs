using ToolboxAI.Shared.Data;

namespace ToolboxAI.Shared.Billing.StripeEvents;

/// <summary>An event that was taken in.</summary>
public sealed record TakenEvent(string EventId, string Type);

/// <summary>What was taken in and what was applied to its end. Control plane.</summary>
public interface IStripeEventLog
{
    /// <summary>
    /// Queued events that were not applied, or not to the end (what follows was not done), and whose message was last sent before a
    /// time: those that wait the longest first, so that some that fail each time keep no others waiting.
    /// </summary>
    Task<IReadOnlyList<TakenEvent>> Unfinished(IUnitOfWork work, DateTimeOffset sentBefore, int limit, CancellationToken ct);

    /// <summary>Notes that events' messages are sent again.</summary>
    Task SentAgain(IUnitOfWork work, IReadOnlyList<TakenEvent> events, DateTimeOffset now, CancellationToken ct);
}

/// <inheritdoc cref="IStripeEventLog"/>
public sealed class PostgresStripeEventLog : IStripeEventLog
{
    /// <inheritdoc/>
    public Task<IReadOnlyList<TakenEvent>> Unfinished(IUnitOfWork work, DateTimeOffset sentBefore, int limit, CancellationToken ct) =>
        work.Query<TakenEvent>(
            """
            SELECT event_id, type FROM toolbox.inbox i
            WHERE sender = @Sender AND outcome = @Queued AND received_at < @sentBefore AND coalesce(sent_again_at, received_at) < @sentBefore
              AND NOT EXISTS (
                  SELECT FROM toolbox.handled_messages h WHERE h.message_id = i.message_id AND h.consumer = @Consumer AND NOT h.unfinished)
            ORDER BY coalesce(sent_again_at, received_at), event_id LIMIT @limit
            """,
            new { StripeEventIntake.Sender, StripeEventOutcome.Queued, StripeEventHandler.Consumer, sentBefore, limit },
            ct);

    /// <inheritdoc/>
    public Task SentAgain(IUnitOfWork work, IReadOnlyList<TakenEvent> events, DateTimeOffset now, CancellationToken ct) => work.Execute(
        "UPDATE toolbox.inbox SET sent_again_at = @now WHERE sender = @Sender AND event_id = ANY (@ids)",
        new { StripeEventIntake.Sender, now, ids = events.Select(sent => sent.EventId).ToArray() },
        ct);
}
