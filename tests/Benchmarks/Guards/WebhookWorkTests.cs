using ToolboxAI.Tests.Benchmarks.Webhooks;
using static ToolboxAI.Tests.Benchmarks.Guards.Counting;

namespace ToolboxAI.Tests.Benchmarks.Guards;

/// <summary>What Stripe's events cost the product's database when many come at once, counted.</summary>
[Collection(nameof(Counting))]      // statements are counted for the whole process
public sealed class WebhookWorkTests
{
    private const int Events = 320;

    [Fact]
    public async Task Events_that_come_at_once_are_taken_in_and_applied_in_few_statements_and_commits()
    {
        await using var run = await WebhookRun.StartAsync();
        var before = await Written(run.ConnectionString);
        var statements = await Statements(() => run.PostAsync(Events));
        var after = await Written(run.ConnectionString);
        Assert.Equal(Events, run.Waiting);

        // How many share a transaction is a matter of luck; alone, an event takes three statements and two commits, and then seven and one.
        Bound("statements per event taken in", statements / (double)Events, 0.3);
        Bound("writing commits per event taken in", (after - before) / (double)Events, 0.2);

        var readings = run.Readings;
        statements = await Statements(() => run.ApplyAsync());
        Bound("statements per event applied", statements / (double)Events, 0.5);
        Bound("writing commits per event applied", (await Written(run.ConnectionString) - after) / (double)Events, 0.1);
        Bound("readings at Stripe per event applied", (run.Readings - readings) / (double)Events, 0.1);
    }

    [Fact]
    public async Task Events_of_many_tenants_that_come_at_once_are_applied_in_few_round_trips_and_commits()
    {
        await using var run = await WebhookRun.StartAsync(more: 39);
        await run.PostAsync(Events);
        await run.ApplyAsync();
        await run.PostAsync(Events);
        var before = await Written(run.ConnectionString);
        var statements = await Statements(() => run.ApplyAsync());

        // A batch counts as one: forty tenants have their turns in one. Each for itself would commit forty times at least, 0.13 an event.
        Bound("statements per event applied", statements / (double)Events, 0.25);
        Bound("writing commits per event applied", (await Written(run.ConnectionString) - before) / (double)Events, 0.08);
    }

    [Fact]
    public async Task Events_that_come_twice_at_once_are_applied_once_and_so_are_those_beside_them()
    {
        await using var run = await WebhookRun.StartAsync();
        await run.PostAsync(Events);
        await run.ApplyAsync(again: Events / 2);
        await run.PostAsync(Events);
        await run.ApplyAsync(again: Events);
        Assert.Equal(2 * Events, await run.Applied() - WebhookRun.First);
    }

    [Fact]
    public async Task An_event_allocates_little_and_a_late_one_no_more_than_an_early_one()
    {
        await using var run = await WebhookRun.StartAsync();
        await PerEvent();
        var (early, late) = (await PerEvent(), await PerEvent());
        Bound("bytes per event taken in and applied", late, 16_000);
        Bound("late events' bytes by early ones'", late / early, 1.2);

        async Task<double> PerEvent()
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            await run.PostAsync(Events);
            await run.ApplyAsync();
            return (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)Events;
        }
    }
}
