using ToolboxAI.Shared.Data;

namespace ToolboxAI.Shared.Billing.StripeEvents;

/// <summary>Stores events once, with the messages that carry them on. Those that come at the same time share a transaction.</summary>
public sealed class StripeEventIntake
{
    /// <summary>The sender's name in the inbox.</summary>
    public const string Sender = "stripe";

    private readonly IUnitOfWorkFactory units;
    private readonly IInbox inbox;
    private readonly Outbox outbox;
    private readonly TimeProvider clock;
    private readonly SharedTransactions<Incoming, Taken> storing;

    /// <summary>Takes events in on these stores.</summary>
    public StripeEventIntake(IUnitOfWorkFactory units, IInbox inbox, Outbox outbox, TimeProvider clock)
    {
        (this.units, this.inbox, this.outbox, this.clock) = (units, inbox, outbox, clock);
        storing = new(Store, clock);
    }

    /// <summary>Takes an event in; false when it was taken in before, and nothing is done.</summary>
    /// <param name="message">The event.</param>
    /// <param name="ours">Whether it is of our mode (test or live).</param>
    /// <param name="ct">Ends the wait; the event may be taken in all the same.</param>
    public async Task<bool> Take(StripeEventMessage message, bool ours, CancellationToken ct)
    {
        var outcome = !ours ? StripeEventOutcome.ForeignLivemode
            : StripeEventRules.ObjectOf(message.Type) is null ? StripeEventOutcome.Ignored
            : StripeEventOutcome.Queued;
        var follows = outcome == StripeEventOutcome.Queued ? outbox.Compose(StripeEventMessage.Queue, message) : null;

        // The event's id names it in the consumer's inbox too: however often it is sent again, it is applied once.
        var stored = new InboxEvent(Sender, message.EventId, message.Type, follows is null ? null : message.EventId, outcome, clock.GetUtcNow());
        var taken = await storing.Run(new(stored, follows), ct);
        if (!taken.IsNew)
        {
            return false;
        }

        BillingMetrics.EventReceived(message.Type, outcome);
        await taken.Sent.Task.WaitAsync(ct);
        return true;
    }

    /// <summary>Stores events; their messages are on their way once that is committed, while others are stored.</summary>
    private async Task<IReadOnlyList<Taken>> Store(IReadOnlyList<Incoming> events)
    {
        await using var work = await units.Begin(CancellationToken.None);
        var areNew = await inbox.Add(work, [.. events.Select(one => one.Event)], CancellationToken.None);
        List<Taken> taken = [.. areNew.Select(isNew => new Taken(isNew))];
        if (areNew.Contains(true))
        {
            var follow = events.Zip(areNew).Where(one => one.Second).Select(one => one.First.Follows).OfType<OutboxMessage>();
            var written = await outbox.Write(work, [.. follow], CancellationToken.None);
            await work.Commit(CancellationToken.None);
            _ = Send(written, taken);
        }

        return taken;
    }

    /// <summary>Sends what was written, and tells everybody who waits for it: one after the other, as if each had sent for himself.</summary>
    private async Task Send(IReadOnlyList<OutboxMessage> written, List<Taken> taken)
    {
        try
        {
            await outbox.Send(written, CancellationToken.None);
            taken.ForEach(one => one.Sent.SetResult());
        }
        catch (Exception e)
        {
            taken.ForEach(one => one.Sent.TrySetException(e));
        }
    }

    private sealed record Incoming(InboxEvent Event, OutboxMessage? Follows);

    /// <summary>What became of an event.</summary>
    /// <param name="IsNew">Whether it was stored; what was taken in before is sent by whoever took it in.</param>
    private sealed record Taken(bool IsNew)
    {
        public TaskCompletionSource Sent { get; } = new();
    }
}
