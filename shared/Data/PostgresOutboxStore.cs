namespace ToolboxAI.Shared.Data;

/// <inheritdoc cref="IOutboxStore"/>
public sealed class PostgresOutboxStore : IOutboxStore
{
    /// <inheritdoc/>
    public Task Add(IUnitOfWork work, OutboxMessage message, DateTimeOffset claimedUntil, CancellationToken ct) => work.Execute(
        """
        INSERT INTO toolbox.outbox (id, queue, body, tenant, correlation_id, traceparent, created_at, not_before, claimed_until)
        VALUES (@Id, @Queue, @Body, @Tenant, @CorrelationId, @Traceparent, @CreatedAt, @NotBefore, @claimedUntil)
        """,
        new
        {
            message.Id,
            message.Queue,
            message.Body,
            message.Tenant,
            message.CorrelationId,
            message.Traceparent,
            message.CreatedAt,
            message.NotBefore,
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
    public Task MarkSent(IUnitOfWork work, string id, DateTimeOffset sentAt, CancellationToken ct) => work.Execute(
        "UPDATE toolbox.outbox SET sent_at = @sentAt WHERE id = @id AND sent_at IS NULL", new { id, sentAt }, ct);

    /// <inheritdoc/>
    public Task<int> DeleteSentBefore(IUnitOfWork work, DateTimeOffset time, int limit, CancellationToken ct) => work.Execute(
        "DELETE FROM toolbox.outbox WHERE id IN (SELECT id FROM toolbox.outbox WHERE sent_at < @time LIMIT @limit)", new { time, limit }, ct);
}
