namespace ToolboxAI.Shared.Data;

/// <inheritdoc cref="IInbox"/>
public sealed class PostgresInbox : IInbox
{
    /// <inheritdoc/>
    public async Task<bool> TryAdd(IUnitOfWork work, InboxEvent incoming, CancellationToken ct) => await work.Execute(
        """
        INSERT INTO toolbox.inbox (sender, event_id, type, message_id, outcome, received_at)
        VALUES (@Sender, @EventId, @Type, @MessageId, @Outcome, @ReceivedAt)
        ON CONFLICT (sender, event_id) DO NOTHING
        """,
        incoming,
        ct) == 1;

    /// <inheritdoc/>
    public Task<InboxEvent?> Find(IUnitOfWork work, string sender, string eventId, CancellationToken ct) => work.QuerySingle<InboxEvent>(
        """
        SELECT sender, event_id, type, message_id,
               coalesce((SELECT h.outcome FROM toolbox.handled_messages h WHERE h.message_id = i.message_id ORDER BY consumer LIMIT 1),
                   i.outcome) AS outcome,
               received_at
        FROM toolbox.inbox i WHERE sender = @sender AND event_id = @eventId
        """,
        new { sender, eventId },
        ct);

    /// <inheritdoc/>
    public Task<int> DeleteBefore(IUnitOfWork work, DateTimeOffset time, int limit, CancellationToken ct) => work.Execute(
        """
        DELETE FROM toolbox.inbox WHERE (sender, event_id) IN (
            SELECT sender, event_id FROM toolbox.inbox i
            WHERE received_at < @time
              AND (message_id IS NULL OR EXISTS (SELECT FROM toolbox.handled_messages h WHERE h.message_id = i.message_id))
            LIMIT @limit)
        """,
        new { time, limit },
        ct);
}

/// <inheritdoc cref="IHandledMessages"/>
public sealed class PostgresHandledMessages : IHandledMessages
{
    /// <inheritdoc/>
    public async Task<bool> TryAdd(IUnitOfWork work, string consumer, string messageId, string outcome, DateTimeOffset at, CancellationToken ct) =>
        await work.Execute(
            """
            INSERT INTO toolbox.handled_messages (consumer, message_id, tenant, outcome, handled_at)
            VALUES (@consumer, @messageId, @tenant, @outcome, @at)
            ON CONFLICT (consumer, message_id) DO NOTHING
            """,
            new { consumer, messageId, tenant = work.Tenant?.Slug, outcome, at },
            ct) == 1;

    /// <inheritdoc/>
    public Task<int> DeleteBefore(IUnitOfWork work, DateTimeOffset time, int limit, CancellationToken ct) => work.Execute(
        """
        DELETE FROM toolbox.handled_messages WHERE (consumer, message_id) IN (
            SELECT consumer, message_id FROM toolbox.handled_messages WHERE handled_at < @time LIMIT @limit)
        """,
        new { time, limit },
        ct);
}
