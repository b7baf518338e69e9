using ToolboxAI.Shared.Billing.StripeEvents;
using ToolboxAI.Shared.Data;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Data;

public sealed class RetentionTests
{
    private readonly InMemory database = new();
    private readonly TestClock clock = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_purge_deletes_what_is_too_old_however_much_it_is_and_nothing_younger()
    {
        const int Count = 2_500;
        await using (var work = await database.Units.Begin(Ct))
        {
            for (var number = 0; number < Count; number++)
            {
                await database.Inbox.TryAdd(work, new("stripe", $"evt_{number}", "invoice.paid", $"evt_{number}", StripeEventOutcome.Queued, clock.GetUtcNow()), Ct);
                await database.Handled.TryAdd(work, "stripe-events", $"evt_{number}", "paid", clock.GetUtcNow(), Ct);
            }

            await work.Commit(Ct);
        }

        var retention = new Retention(database.Units, database.Outbox, database.Inbox, database.Handled, database.Idempotency, clock);
        clock.Advance(Retention.Events);
        Assert.Equal(new Purged(0, 0, 0, 0), await retention.Purge(Ct));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(new Purged(0, Count, Count, 0), await retention.Purge(Ct));
    }
}
