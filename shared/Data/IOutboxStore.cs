namespace ToolboxAI.Shared.Data;

/// <summary>A message on its way from a committed change to a queue. Its id is the row's id and the message's id.</summary>
/// <param name="Id">Sortable, <c>msg_…</c>.</param>
/// <param name="Queue">The queue's name.</param>
/// <param name="Body">JSON.</param>
/// <param name="Tenant">The slug of the tenant whose session wrote it; null from the control plane.</param>
/// <param name="CorrelationId">The correlation id of the call that caused it.</param>
/// <param name="Traceparent">The W3C trace context of the call that caused it.</param>
/// <param name="CreatedAt">When it was written (business time).</param>
/// <param name="NotBefore">The queue keeps it until then (business time); null for at once.</param>
public sealed record OutboxMessage(
    string Id, string Queue, string Body, string? Tenant, string? CorrelationId, string? Traceparent, DateTimeOffset CreatedAt, DateTimeOffset? NotBefore);

/// <summary>The rows of the outbox. Claims run on the machine's clock.</summary>
public interface IOutboxStore
{
    /// <summary>Adds rows that their writer has claimed until <paramref name="claimedUntil"/>. In either kind of session.</summary>
    Task Add(IUnitOfWork work, IReadOnlyList<OutboxMessage> messages, DateTimeOffset claimedUntil, CancellationToken ct);

    /// <summary>Claims rows that nobody sent and nobody holds, oldest first; rows that another claims right now are left out. Control plane.</summary>
    Task<IReadOnlyList<OutboxMessage>> Claim(IUnitOfWork work, DateTimeOffset machineNow, DateTimeOffset claimedUntil, int limit, CancellationToken ct);

    /// <summary>Marks rows as sent; they are never claimed again. Control plane.</summary>
    Task MarkSent(IUnitOfWork work, IReadOnlyList<string> ids, DateTimeOffset sentAt, CancellationToken ct);

    /// <summary>Deletes rows sent before a time, at most <paramref name="limit"/>; the number of them. Control plane.</summary>
    Task<int> DeleteSentBefore(IUnitOfWork work, DateTimeOffset time, int limit, CancellationToken ct);
}
