using ToolboxAI.Shared.Data;

namespace ToolboxAI.Tests.Support.Data;

/// <inheritdoc cref="IOutboxStore"/>
public sealed class InMemoryOutboxStore : IOutboxStore
{
    private const string Table = "toolbox.outbox";

    /// <inheritdoc/>
    public async Task Add(IUnitOfWork work, IReadOnlyList<OutboxMessage> messages, DateTimeOffset claimedUntil, CancellationToken ct)
    {
        foreach (var message in messages)
        {
            await work.Session<InMemoryUnitOfWork>().Insert(Table, message.Id, new Row(message, claimedUntil, null), ct);
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<OutboxMessage>> Claim(
        IUnitOfWork work, DateTimeOffset machineNow, DateTimeOffset claimedUntil, int limit, CancellationToken ct)
    {
        var session = work.Session<InMemoryUnitOfWork>();
        bool Free(Row row) => row.SentAt is null && row.ClaimedUntil <= machineNow;
        var claimed = new List<OutboxMessage>();
        foreach (var row in session.All<Row>(Table).Where(Free).OrderBy(row => row.Message.Id, StringComparer.Ordinal))
        {
            if (claimed.Count < limit && session.TryLock(Table, row.Message.Id) && session.Find<Row>(Table, row.Message.Id) is { } now && Free(now))
            {
                await session.Put(Table, row.Message.Id, now with { ClaimedUntil = claimedUntil }, ct);
                claimed.Add(row.Message);
            }
        }

        return claimed;
    }

    /// <inheritdoc/>
    public async Task MarkSent(IUnitOfWork work, IReadOnlyList<string> ids, DateTimeOffset sentAt, CancellationToken ct)
    {
        var session = work.Session<InMemoryUnitOfWork>();
        foreach (var id in ids)
        {
            if (await session.FindForUpdate<Row>(Table, id, ct) is { SentAt: null } row)
            {
                await session.Put(Table, id, row with { SentAt = sentAt }, ct);
            }
        }
    }

    /// <inheritdoc/>
    public async Task<int> DeleteSentBefore(IUnitOfWork work, DateTimeOffset time, int limit, CancellationToken ct)
    {
        var session = work.Session<InMemoryUnitOfWork>();
        var old = session.All<Row>(Table).Where(row => row.SentAt < time).Take(limit).ToList();
        foreach (var row in old)
        {
            await session.Remove(Table, row.Message.Id, ct);
        }

        return old.Count;
    }

    private sealed record Row(OutboxMessage Message, DateTimeOffset ClaimedUntil, DateTimeOffset? SentAt);
}

/// <inheritdoc cref="IInbox"/>
public sealed class InMemoryInbox : IInbox
{
    internal const string Table = "toolbox.inbox";

    /// <inheritdoc/>
    public Task<IReadOnlyList<bool>> Add(IUnitOfWork work, IReadOnlyList<InboxEvent> incoming, CancellationToken ct) =>
        work.Session<InMemoryUnitOfWork>().TryInsertAll(Table, incoming, one => $"{one.Sender} {one.EventId}", one => (one.Sender, one.EventId), one => one, ct);

    /// <inheritdoc/>
    public Task<InboxEvent?> Find(IUnitOfWork work, string sender, string eventId, CancellationToken ct)
    {
        var session = work.Session<InMemoryUnitOfWork>();
        var found = session.Find<InboxEvent>(Table, (sender, eventId));
        var handled = session.All<HandledMessage>(InMemoryHandledMessages.Table)
            .Where(message => message.MessageId == found?.MessageId).MinBy(message => message.Consumer, StringComparer.Ordinal);
        return Task.FromResult(found is null || handled is null ? found : found with { Outcome = handled.Outcome });
    }

    /// <inheritdoc/>
    public async Task<int> DeleteBefore(IUnitOfWork work, DateTimeOffset time, int limit, CancellationToken ct)
    {
        var session = work.Session<InMemoryUnitOfWork>();
        var applied = session.All<HandledMessage>(InMemoryHandledMessages.Table).Select(message => message.MessageId).ToHashSet(StringComparer.Ordinal);
        var old = session.All<InboxEvent>(Table)
            .Where(row => row.ReceivedAt < time && (row.MessageId is null || applied.Contains(row.MessageId))).Take(limit).ToList();
        foreach (var row in old)
        {
            await session.Remove(Table, (row.Sender, row.EventId), ct);
        }

        return old.Count;
    }
}

/// <inheritdoc cref="IHandledMessages"/>
public sealed class InMemoryHandledMessages : IHandledMessages
{
    internal const string Table = "toolbox.handled_messages";

    /// <inheritdoc/>
    public Task<IReadOnlyList<bool>> Add(
        IUnitOfWork work, string consumer, IReadOnlyList<AppliedMessage> messages, DateTimeOffset at, CancellationToken ct) =>
        work.Session<InMemoryUnitOfWork>().TryInsertAll(
            Table,
            messages,
            message => message.MessageId,
            message => (consumer, message.MessageId),
            message => new HandledMessage(consumer, message.MessageId, (message.Tenant ?? work.Tenant)?.Slug, message.Outcome, at, message.Unfinished),
            ct);

    /// <inheritdoc/>
    public async Task Finish(IUnitOfWork work, string consumer, IReadOnlyList<string> messageIds, CancellationToken ct)
    {
        var session = work.Session<InMemoryUnitOfWork>();
        foreach (var id in messageIds)
        {
            if (await session.FindForUpdate<HandledMessage>(Table, (consumer, id), ct) is { Unfinished: true } row)
            {
                await session.Put(Table, (consumer, id), row with { Unfinished = false }, ct);
            }
        }
    }

    /// <inheritdoc/>
    public async Task<int> DeleteBefore(IUnitOfWork work, DateTimeOffset time, int limit, CancellationToken ct)
    {
        var session = work.Session<InMemoryUnitOfWork>();
        var old = session.All<HandledMessage>(Table).Where(row => row.At < time).Take(limit).ToList();
        foreach (var row in old)
        {
            await session.Remove(Table, (row.Consumer, row.MessageId), ct);
        }

        return old.Count;
    }
}

internal sealed record HandledMessage(string Consumer, string MessageId, string? Tenant, string Outcome, DateTimeOffset At, bool Unfinished);
