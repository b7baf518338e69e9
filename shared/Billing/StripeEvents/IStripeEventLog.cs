using ToolboxAI.Shared.Data;

namespace ToolboxAI.Shared.Billing.StripeEvents;

/// <summary>An event that was taken in.</summary>
public sealed record TakenEvent(string EventId, string Type);

/// <summary>What was taken in and what was applied to its end. Control plane.</summary>
public interface IStripeEventLog
{
    /// <summary>Queued events that came before a time and were not applied, or not to the end: what follows was not done. The oldest first.</summary>
    Task<IReadOnlyList<TakenEvent>> Unfinished(IUnitOfWork work, DateTimeOffset receivedBefore, int limit, CancellationToken ct);
}

/// <inheritdoc cref="IStripeEventLog"/>
public sealed class PostgresStripeEventLog : IStripeEventLog
{
    /// <inheritdoc/>
    public Task<IReadOnlyList<TakenEvent>> Unfinished(IUnitOfWork work, DateTimeOffset receivedBefore, int limit, CancellationToken ct) =>
        work.Query<TakenEvent>(
            """
            SELECT event_id, type FROM toolbox.inbox i
            WHERE sender = @Sender AND outcome = @Queued AND received_at < @receivedBefore
              AND NOT EXISTS (
                  SELECT FROM toolbox.handled_messages h WHERE h.message_id = i.message_id AND h.consumer = @Consumer AND NOT h.unfinished)
            ORDER BY received_at, event_id LIMIT @limit
            """,
            new { StripeEventIntake.Sender, StripeEventOutcome.Queued, StripeEventHandler.Consumer, receivedBefore, limit },
            ct);
}
