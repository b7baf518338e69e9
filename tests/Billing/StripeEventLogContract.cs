using ToolboxAI.Shared.Billing.StripeEvents;
using ToolboxAI.Shared.Data;
using ToolboxAI.Tests.Data;
using ToolboxAI.Tests.Support.Billing;
using ToolboxAI.Tests.Support.Data;

namespace ToolboxAI.Tests.Billing;

public sealed class StripeEventLogInMemory(InMemory database) : StripeEventLogContract(database, new InMemoryStripeEventLog()), IClassFixture<InMemory>;

public sealed class StripeEventLogOnPostgres(OnPostgres database) : StripeEventLogContract(database, new PostgresStripeEventLog()), IClassFixture<OnPostgres>;

/// <summary>What every implementation of the event log must do.</summary>
public abstract class StripeEventLogContract(DatabaseUnderTest database, IStripeEventLog log)
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_not_applied_to_its_end_is_found_until_it_is()
    {
        await using var work = await database.Units.Begin(Ct);
        foreach (var (id, minute) in ((string, int)[])[("late", 30), ("followed", 2), ("waiting", 1), ("applied", 0)])
        {
            await database.Inbox.TryAdd(
                work, new(StripeEventIntake.Sender, id, "invoice.paid", id, StripeEventOutcome.Queued, Noon.AddMinutes(minute)), Ct);
        }

        await database.Inbox.TryAdd(work, new(StripeEventIntake.Sender, "ignored", "charge.refunded", null, StripeEventOutcome.Ignored, Noon), Ct);
        List<AppliedMessage> marks = [new("applied", StripeEventOutcome.Paid), new("followed", StripeEventOutcome.DunningTold, ProductDatabase.Demo, Unfinished: true)];
        await database.Handled.Add(work, StripeEventHandler.Consumer, marks, Noon, Ct);
        Assert.Equal(["waiting", "followed"], await Take(work, Noon.AddMinutes(20)));

        await database.Handled.Finish(work, "somebody else", ["followed"], Ct);
        Assert.Equal(["followed", "waiting"], await Take(work, Noon.AddMinutes(35)));

        await database.Handled.Finish(work, StripeEventHandler.Consumer, ["followed", "applied", "unknown"], Ct);
        Assert.Equal(["late", "waiting"], await Take(work, Noon.AddMinutes(50)));
    }

    [Fact]
    public async Task What_was_sent_again_waits_behind_what_was_not()
    {
        await using var work = await database.Units.Begin(Ct);
        foreach (var minute in Enumerable.Range(0, 4))
        {
            await database.Inbox.TryAdd(
                work, new(StripeEventIntake.Sender, $"event {minute}", "invoice.paid", $"event {minute}", StripeEventOutcome.Queued, Noon.AddMinutes(minute)), Ct);
        }

        Assert.Equal(["event 0", "event 1"], await Take(work, Noon.AddMinutes(20), limit: 2));
        Assert.Equal(["event 2", "event 3", "event 0"], await Take(work, Noon.AddMinutes(35), limit: 3));
        Assert.Equal(["event 1"], await Take(work, Noon.AddMinutes(36), limit: 3));
        Assert.Empty(await Take(work, Noon.AddMinutes(45), limit: 3));
    }

    // What was sent within ten minutes is on its way.
    private async Task<IEnumerable<string>> Take(IUnitOfWork work, DateTimeOffset now, int limit = 100)
    {
        var found = await log.Unfinished(work, now.AddMinutes(-10), limit, Ct);
        await log.SentAgain(work, found, now, Ct);
        return found.Select(taken => taken.EventId);
    }
}
