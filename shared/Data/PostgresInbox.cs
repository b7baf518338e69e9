namespace ToolboxAI.Shared.Data;

/// <inheritdoc cref="IInbox"/>
public sealed class PostgresInbox : IInbox
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<bool>> Add(IUnitOfWork work, IReadOnlyList<InboxEvent> incoming, CancellationToken ct)
    {
        const string Sql = """
            INSERT INTO toolbox.inbox (sender, event_id, type, message_id, outcome, received_at)
            SELECT * FROM unnest(@senders, @ids, @types, @messages, @outcomes, @times) ORDER BY 1, 2
            ON CONFLICT (sender, event_id) DO NOTHING
            RETURNING sender, event_id
            """;
        var args = new
        {
            senders = Column(incoming, one => one.Sender),
            ids = Column(incoming, one => one.EventId),
            types = Column(incoming, one => one.Type),
            messages = Column(incoming, one => one.MessageId),
            outcomes = Column(incoming, one => one.Outcome),
            times = Column(incoming, one => one.ReceivedAt.ToUniversalTime()),
        };
        var added = (await work.Query<(string, string)>(Sql, args, ct)).ToHashSet();
        return [.. incoming.Select(one => added.Remove((one.Sender, one.EventId)))];
    }

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

    private static T[] Column<T>(IReadOnlyList<InboxEvent> incoming, Func<InboxEvent, T> of) => [.. incoming.Select(of)];
}

/// <inheritdoc cref="IHandledMessages"/>
public sealed class PostgresHandledMessages : IHandledMessages
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<bool>> Add(
        IUnitOfWork work, string consumer, IReadOnlyList<AppliedMessage> messages, DateTimeOffset at, CancellationToken ct)
    {
        const string Sql = """
            INSERT INTO toolbox.handled_messages (consumer, message_id, tenant, outcome, handled_at, unfinished)
            SELECT @consumer, id, tenant, outcome, @at, unfinished
            FROM unnest(@ids, @outcomes, @tenants, @unfinished) AS message (id, outcome, tenant, unfinished) ORDER BY id
            ON CONFLICT (consumer, message_id) DO NOTHING
            RETURNING message_id
            """;
        var args = new
        {
            consumer,
            ids = messages.Select(message => message.MessageId).ToArray(),
            outcomes = messages.Select(message => message.Outcome).ToArray(),
            tenants = messages.Select(message => (message.Tenant ?? work.Tenant)?.Slug).ToArray(),
            unfinished = messages.Select(message => message.Unfinished).ToArray(),
            at,
        };
        var added = (await work.Query<string>(Sql, args, ct)).ToHashSet(StringComparer.Ordinal);
        return [.. messages.Select(message => added.Remove(message.MessageId))];
    }

    /// <inheritdoc/>
    public Task Finish(IUnitOfWork work, string consumer, IReadOnlyList<string> messageIds, CancellationToken ct) => work.Execute(
        "UPDATE toolbox.handled_messages SET unfinished = false WHERE consumer = @consumer AND message_id = ANY(@ids) AND unfinished",
        new { consumer, ids = messageIds.ToArray() },
        ct);

    /// <inheritdoc/>
    public Task<int> DeleteBefore(IUnitOfWork work, DateTimeOffset time, int limit, CancellationToken ct) => work.Execute(
        """
        DELETE FROM toolbox.handled_messages WHERE (consumer, message_id) IN (
            SELECT consumer, message_id FROM toolbox.handled_messages WHERE handled_at < @time LIMIT @limit)
        """,
        new { time, limit },
        ct);
}
