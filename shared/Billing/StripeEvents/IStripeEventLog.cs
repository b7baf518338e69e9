using ToolboxAI.Shared.Data;

namespace ToolboxAI.Shared.Billing.StripeEvents;

/// <summary>An event that was taken in.</summary>
public sealed record TakenEvent(string EventId, string Type);

/// <summary>What was taken in and what was applied to its end. Control plane.</summary>
public interface IStripeEventLog
{
    /// <summary>
    /// Queued events that were not applied, or not to the end (what follows was not done), and whose message was last sent before a
    /// time: those that wait the longest first, so that some that fail each time keep no others waiting. Marks them as sent again.
    /// </summary>
    Task<IReadOnlyList<TakenEvent>> TakeUnfinished(IUnitOfWork work, DateTimeOffset sentBefore, DateTimeOffset now, int limit, CancellationToken ct);
}

/// <inheritdoc cref="IStripeEventLog"/>
public sealed class PostgresStripeEventLog : IStripeEventLog
{
    /// <inheritdoc/>
    public Task<IReadOnlyList<TakenEvent>> TakeUnfinished(IUnitOfWork work, DateTimeOffset sentBefore, DateTimeOffset now, int limit, CancellationToken ct) =>
        work.Query<TakenEvent>(
            """
            WITH waiting AS (
                SELECT sender, event_id, coalesce(sent_again_at, received_at) AS sent FROM toolbox.inbox i
                WHERE sender = @Sender AND outcome = @Queued AND received_at < @sentBefore AND coalesce(sent_again_at, received_at) < @sentBefore
                  AND NOT EXISTS (
                      SELECT FROM toolbox.handled_messages h WHERE h.message_id = i.message_id AND h.consumer = @Consumer AND NOT h.unfinished)
                ORDER BY sent, event_id LIMIT @limit FOR UPDATE SKIP LOCKED
            ), marked AS (
                UPDATE toolbox.inbox i SET sent_again_at = @now FROM waiting w WHERE i.sender = w.sender AND i.event_id = w.event_id
                RETURNING i.event_id, i.type, w.sent
            )
            SELECT event_id, type FROM marked ORDER BY sent, event_id
            """,
            new { StripeEventIntake.Sender, StripeEventOutcome.Queued, StripeEventHandler.Consumer, sentBefore, now, limit },
            ct);
}
