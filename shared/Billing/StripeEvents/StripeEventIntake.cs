using ToolboxAI.Shared.Data;

namespace ToolboxAI.Shared.Billing.StripeEvents;

/// <summary>Stores an event once, with the message that carries it on.</summary>
public sealed class StripeEventIntake(IUnitOfWorkFactory units, IInbox inbox, Outbox outbox, TimeProvider clock)
{
    /// <summary>The sender's name in the inbox.</summary>
    public const string Sender = "stripe";

    /// <summary>Takes an event in; false when it was taken in before, and nothing is done.</summary>
    /// <param name="message">The event.</param>
    /// <param name="ours">Whether it is of our mode (test or live).</param>
    /// <param name="ct">Cancels.</param>
    public async Task<bool> Take(StripeEventMessage message, bool ours, CancellationToken ct)
    {
        var outcome = !ours ? StripeEventOutcome.ForeignLivemode
            : StripeEventRules.ObjectOf(message.Type) is null ? StripeEventOutcome.Ignored
            : StripeEventOutcome.Queued;
        await using var work = await units.Begin(ct);
        var follows = outcome == StripeEventOutcome.Queued;
        if (follows)
        {
            await outbox.Enqueue(work, StripeEventMessage.Queue, message, ct);
        }

        // The event's id names it in the consumer's inbox too: however often it is sent again, it is applied once.
        var stored = new InboxEvent(Sender, message.EventId, message.Type, follows ? message.EventId : null, outcome, clock.GetUtcNow());
        if (!await inbox.TryAdd(work, stored, ct))
        {
            return false;
        }

        await work.Commit(ct);
        BillingMetrics.EventReceived(message.Type, outcome);
        return true;
    }
}
