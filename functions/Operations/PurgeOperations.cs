using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using ToolboxAI.Shared.Data;

namespace ToolboxAI.Functions.Operations;

/// <summary>Deletes what nobody asks for any more: messages sent a week ago, stored answers past their 24 hours.</summary>
public sealed partial class PurgeOperations(IUnitOfWorkFactory units, IOutboxStore outbox, IIdempotencyStore answers, TimeProvider clock, ILogger<PurgeOperations> log)
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(7);

    [Function(nameof(PurgeOperations))]
    public async Task Run([TimerTrigger("0 15 3 * * *")] TimerInfo timer, CancellationToken ct)
    {
        await using var work = await units.Begin(ct);
        var messages = await outbox.DeleteSentBefore(work, clock.GetUtcNow() - Kept, ct);
        var expired = await answers.DeleteExpired(work, clock.GetUtcNow(), ct);
        await work.Commit(ct);
        Purged(messages, expired);
    }

    [LoggerMessage(1220, LogLevel.Information, "Deleted {Messages} sent messages and {Answers} stored answers")]
    private partial void Purged(int messages, int answers);
}
