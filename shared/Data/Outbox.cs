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
        var now = clock.GetUtcNow();
        var message = new OutboxMessage(
            Ids.New("msg", now), queue, JsonSerializer.Serialize(body, ApiJson.Options), work.Tenant?.Slug, Correlation.Id, Activity.Current?.Id, now, notBefore);
        await store.Add(work, message, machine.UtcNow + Lease, ct);
        work.AfterCommit(token => SendCommitted(message, token));
        return message.Id;
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

            foreach (var message in messages)
            {
                sent += await SendCommitted(message, ct) ? 1 : 0;
            }

            if (messages.Count < BatchSize)
            {
                return sent;
            }
        }

        return sent;
    }

    /// <summary>The change is committed, so a failure here is not the caller's: the row stays and is sent later.</summary>
    private async Task<bool> SendCommitted(OutboxMessage message, CancellationToken ct)
    {
        try
        {
            await bus.Send(message, ct);
            await using var work = await units.Begin(ct);
            await store.MarkSent(work, message.Id, clock.GetUtcNow(), ct);
            await work.Commit(ct);
            return true;
        }
        catch (Exception e) when (e is ServiceBusException or DbException or IOException or TimeoutException or OperationCanceledException)
        {
            LeftBehind(message.Id, message.Queue, e);
            return false;
        }
    }

    [LoggerMessage(1000, LogLevel.Warning, "Message {MessageId} for queue {Queue} was not sent; the timer function tries again")]
    private partial void LeftBehind(string messageId, string queue, Exception exception);
}
