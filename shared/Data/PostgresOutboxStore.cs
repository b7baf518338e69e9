namespace ToolboxAI.Shared.Data;

/// <inheritdoc cref="IOutboxStore"/>
public sealed class PostgresOutboxStore : IOutboxStore
{
    /// <inheritdoc/>
    public Task Add(IUnitOfWork work, IReadOnlyList<OutboxMessage> messages, DateTimeOffset claimedUntil, CancellationToken ct) => work.Execute(
        """
        INSERT INTO toolbox.outbox (id, queue, body, tenant, correlation_id, traceparent, created_at, not_before, claimed_until)
        SELECT message.*, @claimedUntil FROM unnest(@ids, @queues, @bodies, @tenants, @correlations, @traces, @times, @notBefores) AS message
        """,
        new
        {
            ids = Column(messages, message => message.Id),
            queues = Column(messages, message => message.Queue),
            bodies = Column(messages, message => message.Body),
            tenants = Column(messages, message => message.Tenant),
            correlations = Column(messages, message => message.CorrelationId),
            traces = Column(messages, message => message.Traceparent),
            times = Column(messages, message => message.CreatedAt.ToUniversalTime()),
            notBefores = Column(messages, message => message.NotBefore?.ToUniversalTime()),
            claimedUntil,
        },
        ct);

    /// <inheritdoc/>
    public Task<IReadOnlyList<OutboxMessage>> Claim(
        IUnitOfWork work, DateTimeOffset machineNow, DateTimeOffset claimedUntil, int limit, CancellationToken ct) => work.Query<OutboxMessage>(
        """
        UPDATE toolbox.outbox SET claimed_until = @claimedUntil, attempts = attempts + 1
        WHERE id IN (
            SELECT id FROM toolbox.outbox
            WHERE sent_at IS NULL AND claimed_until <= @machineNow
            ORDER BY id LIMIT @limit FOR UPDATE SKIP LOCKED)
        RETURNING id, queue, body, tenant, correlation_id, traceparent, created_at, not_before
        """,
        new { machineNow, claimedUntil, limit },
        ct);

    /// <inheritdoc/>
    public Task MarkSent(IUnitOfWork work, IReadOnlyList<string> ids, DateTimeOffset sentAt, CancellationToken ct) => work.Execute(
        // No condition on sent_at: it would let the planner walk the index of what is unsent, with all the entries that left it since the last vacuum.
        "UPDATE toolbox.outbox SET sent_at = coalesce(sent_at, @sentAt) WHERE id = ANY(@ids)", new { ids = ids.ToArray(), sentAt }, ct);

    /// <inheritdoc/>
    public Task<int> DeleteSentBefore(IUnitOfWork work, DateTimeOffset time, int limit, CancellationToken ct) => work.Execute(
        "DELETE FROM toolbox.outbox WHERE id IN (SELECT id FROM toolbox.outbox WHERE sent_at < @time LIMIT @limit)", new { time, limit }, ct);

    private static T[] Column<T>(IReadOnlyList<OutboxMessage> messages, Func<OutboxMessage, T> of) => [.. messages.Select(of)];
}
