namespace ToolboxAI.Shared.Data;

/// <summary>How many rows a purge deleted.</summary>
/// <param name="Messages">Sent messages of the outbox.</param>
/// <param name="Events">Events of others, with what became of them.</param>
/// <param name="Handled">Marks of applied messages.</param>
/// <param name="Answers">Answers to calls with an Idempotency-Key.</param>
public sealed record Purged(int Messages, int Events, int Handled, int Answers);

/// <summary>
/// Deletes what nobody asks for any more, in batches of their own transaction. Whatever keeps something from happening twice stays longer
/// than anybody could repeat it: Stripe's events can be fetched for 30 days.
/// </summary>
public sealed class Retention(
    IUnitOfWorkFactory units, IOutboxStore outbox, IInbox inbox, IHandledMessages handled, IIdempotencyStore answers, TimeProvider clock)
{
    /// <summary>How long sent messages stay, to be looked at.</summary>
    public static readonly TimeSpan SentMessages = TimeSpan.FromDays(7);

    /// <summary>How long incoming events and the marks of applied messages stay.</summary>
    public static readonly TimeSpan Events = TimeSpan.FromDays(45);

    private const int BatchSize = 1_000;
    private const int MostBatches = 100;

    /// <summary>Deletes what is too old; what a hundred batches leave is the next run's.</summary>
    public async Task<Purged> Purge(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var messages = await InBatches(work => outbox.DeleteSentBefore(work, now - SentMessages, BatchSize, ct), ct);
        var expired = await InBatches(work => answers.DeleteExpired(work, now, BatchSize, ct), ct);

        // An event before the mark that it was applied: one without its mark would be applied again.
        var events = await InBatches(work => inbox.DeleteBefore(work, now - Events, BatchSize, ct), ct);
        var marks = events < BatchSize * MostBatches ? await InBatches(work => handled.DeleteBefore(work, now - Events, BatchSize, ct), ct) : 0;
        return new(messages, events, marks, expired);
    }

    private async Task<int> InBatches(Func<IUnitOfWork, Task<int>> delete, CancellationToken ct)
    {
        var deleted = 0;
        for (var batch = 1; batch <= MostBatches; batch++)
        {
            await using var work = await units.Begin(ct);
            var count = await delete(work);
            await work.Commit(ct);
            deleted += count;
            if (count < BatchSize)
            {
                break;
            }
        }

        return deleted;
    }
}
