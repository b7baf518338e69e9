using System.Data.Common;
using System.Diagnostics;
using System.Text.Json;
using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Logging;
using ToolboxAI.Shared.Http;

namespace ToolboxAI.Shared.Data;

/// <summary>
/// Messages that leave if, and only if, the change that causes them commits: at least once, in no order. The invocation
/// that committed sends at once; what a crash or an outage leaves behind is sent by the timer function.
/// </summary>
public sealed partial class Outbox(
    IOutboxStore store, IUnitOfWorkFactory units, IMessageBus bus, TimeProvider clock, MachineClock machine, ILogger<Outbox> log)
{
    private const int BatchSize = 50;
    private const int MostBatches = 100;

    /// <summary>How long a writer or sender may hold a row before another takes it over.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    /// <summary>Writes a message into the unit of work; it is sent when that commits. Its id, which is the message's.</summary>
    public async Task<string> Enqueue<T>(IUnitOfWork work, string queue, T body, CancellationToken ct, DateTimeOffset? notBefore = null)
    {
        var message = Compose(queue, body, notBefore);
        await Enqueue(work, [message], ct);
        return message.Id;
    }

    /// <summary>Writes messages into the unit of work, which are then its tenant's; they are sent when that commits.</summary>
    public async Task Enqueue(IUnitOfWork work, IReadOnlyList<OutboxMessage> messages, CancellationToken ct)
    {
        var written = await Write(work, messages, ct);
        if (written.Count > 0)
        {
            work.AfterCommit(token => Send(written, token));
        }
    }

    /// <summary>Writes messages into the unit of work, which are then its tenant's. The caller sends them (<see cref="Send"/>) when that is committed.</summary>
    /// <returns>The messages as they are written.</returns>
    public async Task<IReadOnlyList<OutboxMessage>> Write(IUnitOfWork work, IReadOnlyList<OutboxMessage> messages, CancellationToken ct)
    {
        IReadOnlyList<OutboxMessage> written = [.. messages.Select(message => message with { Tenant = work.Tenant?.Slug })];
        if (written.Count > 0)
        {
            await store.Add(work, written, machine.UtcNow + Lease, ct);
        }

        return written;
    }

    /// <summary>A message that what runs now causes, and that a unit of work of others may write.</summary>
    public OutboxMessage Compose<T>(string queue, T body, DateTimeOffset? notBefore = null)
    {
        var now = clock.GetUtcNow();
        return new(Ids.New("msg", now), queue, JsonSerializer.Serialize(body, ApiJson.Options), null, Correlation.Id, Activity.Current?.Id, now, notBefore);
    }

    /// <summary>Sends what was left behind; the number of messages sent. One message's failure does not stop the others.</summary>
    public async Task<int> SendPending(CancellationToken ct)
    {
        var sent = 0;
        for (var batch = 0; batch < MostBatches; batch++)
        {
            IReadOnlyList<OutboxMessage> messages;
            await using (var work = await units.Begin(ct))
            {
                messages = await store.Claim(work, machine.UtcNow, machine.UtcNow + Lease, BatchSize, ct);
                await work.Commit(ct);
            }

            sent += await Send(messages, ct);
            if (messages.Count < BatchSize)
            {
                return sent;
            }
        }

        return sent;
    }

    /// <summary>
    /// Sends what was written and is committed, so that a failure here is not the caller's: the rows stay and are sent later. How many were sent.
    /// </summary>
    public async Task<int> Send(IReadOnlyList<OutboxMessage> messages, CancellationToken ct)
    {
        var outcomes = await Task.WhenAll(messages.Select(message => Try([message], () => bus.Send(message, ct))));
        List<OutboxMessage> sent = [.. messages.Zip(outcomes).Where(one => one.Second).Select(one => one.First)];
        return sent.Count > 0 && await Try(sent, () => MarkSent(sent, ct)) ? sent.Count : 0;
    }

    private async Task MarkSent(List<OutboxMessage> sent, CancellationToken ct)
    {
        await using var work = await units.Begin(ct);
        await store.MarkSent(work, [.. sent.Select(message => message.Id)], clock.GetUtcNow(), ct);
        await work.Commit(ct);
    }

    private async Task<bool> Try(IReadOnlyList<OutboxMessage> messages, Func<Task> act)
    {
        try
        {
            await act();
            return true;
        }
        catch (Exception e) when (e is ServiceBusException or DbException or IOException or TimeoutException or OperationCanceledException)
        {
            foreach (var message in messages)
            {
                LeftBehind(message.Id, message.Queue, e);
            }

            return false;
        }
    }

    [LoggerMessage(1000, LogLevel.Warning, "Message {MessageId} for queue {Queue} was not sent; the timer function tries again")]
    private partial void LeftBehind(string messageId, string queue, Exception exception);
}
