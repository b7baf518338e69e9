using ToolboxAI.Shared.Billing.Payments;
using ToolboxAI.Shared.Data;

namespace ToolboxAI.Shared.Billing.StripeEvents;

/// <summary>
/// Mends what the usual way lost: events that Stripe could not deliver are fetched, and events whose message failed too often
/// (because Stripe was away for a while, say) are sent again. What was applied is not applied twice; what follows from it is done until it is done.
/// </summary>
public sealed class StripeEventSweep(
    IPayments payments, StripeEventIntake intake, IStripeEventLog events, IUnitOfWorkFactory units, Outbox outbox, TimeProvider clock)
{
    /// <summary>How long an event may be on its usual way, and an event that was sent again on its way again.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    /// <summary>How long Stripe keeps events.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    private const int MostSentAgain = 200;

    /// <summary>Fetches and sends again; the number of events that were fetched, and of those sent again.</summary>
    public async Task<(int Fetched, int SentAgain)> Run(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var fetched = 0;
        foreach (var missed in await payments.UndeliveredEvents(now - Kept, StripeEventRules.Types, ct))
        {
            if (missed.CreatedAt < now - Patience)
            {
                var message = new StripeEventMessage(missed.Id, missed.Type, missed.ObjectId, missed.CustomerId, missed.CreatedAt, Key: null);
                fetched += await intake.Take(message, ours: true, ct) ? 1 : 0;
            }
        }

        return (fetched, await SendAgain(now, ct));
    }

    private async Task<int> SendAgain(DateTimeOffset now, CancellationToken ct)
    {
        await using var work = await units.Begin(ct);
        var unfinished = await events.Unfinished(work, now - Patience, MostSentAgain, ct);
        await events.SentAgain(work, unfinished, now, ct);
        await outbox.Enqueue(work, [.. unfinished.Select(Again)], ct);
        await work.Commit(ct);
        return unfinished.Count;
    }

    private OutboxMessage Again(TakenEvent taken) =>
        outbox.Compose(StripeEventMessage.Queue, new StripeEventMessage(taken.EventId, taken.Type, null, null, null, null));
}
