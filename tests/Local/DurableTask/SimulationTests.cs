using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using ToolboxAI.Local.DurableTask;

namespace ToolboxAI.Tests.Local.DurableTask;

/// <summary>The hub in memory, driven by hand.</summary>
public sealed class SimulationTests
{
    private readonly List<string> effects = [];
    private readonly VirtualClock clock = new();

    [Fact]
    public async Task Work_is_done_only_when_it_is_executed()
    {
        var hub = new InMemoryHub(clock);
        var worker = hub.CreateWorker(Tasks());
        await hub.CreateClient().ScheduleNewOrchestrationInstanceAsync("Chain", new StartOrchestrationOptions("one"));

        var kinds = new List<string>();
        while (hub.Ready() is [var item, ..])
        {
            kinds.Add($"{item.Kind} {item.Name}");
            Assert.True(await worker.ExecuteAsync(item));
        }

        Assert.Equal(["Orchestration Chain", "Activity A", "Orchestration Chain", "Activity B", "Orchestration Chain"], kinds);
        Assert.Equal(["A", "B"], effects);
        Assert.NotNull(hub.NextDue());
        clock.Advance(hub.NextDue()!.Value - clock.GetUtcNow());
        Assert.True(await worker.ExecuteAsync(hub.Ready().Single()));
        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await hub.CreateClient().GetInstanceAsync("one"))!.RuntimeStatus);
        Assert.Null(hub.NextDue());
    }

    [Theory]
    [InlineData(CrashPoint.BeforeExecution, 1)]
    [InlineData(CrashPoint.BeforeCommit, 2)]
    [InlineData(CrashPoint.AfterCommit, 1)]
    public async Task A_crash_loses_nothing_and_repeats_only_what_was_not_committed(CrashPoint crash, int runsOfEach)
    {
        var hub = new InMemoryHub(clock);
        var worker = hub.CreateWorker(Tasks());
        await hub.CreateClient().ScheduleNewOrchestrationInstanceAsync("Chain", new StartOrchestrationOptions("one"));
        while (hub.NextDue() is null)
        {
            var item = hub.Ready()[0];
            await worker.ExecuteAsync(item, item.Attempts == 0 ? crash : CrashPoint.None);
        }

        clock.Advance(TimeSpan.FromDays(1));
        await worker.ExecuteAsync(hub.Ready().Single(), crash);
        while (hub.Ready() is [var item, ..])
        {
            await worker.ExecuteAsync(item);
        }

        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await hub.CreateClient().GetInstanceAsync("one"))!.RuntimeStatus);
        Assert.Equal(runsOfEach, effects.Count(effect => effect == "A"));
        Assert.Equal(runsOfEach, effects.Count(effect => effect == "B"));
    }

    [Fact]
    public async Task Of_two_workers_on_one_piece_of_work_only_the_first_commits()
    {
        var hub = new InMemoryHub(clock);
        var (one, two) = (hub.CreateWorker(Tasks()), hub.CreateWorker(Tasks()));
        await hub.CreateClient().ScheduleNewOrchestrationInstanceAsync("Chain", new StartOrchestrationOptions("one"));

        // The step, then the activity: each taken by one worker, lost to the other, and finished by both.
        for (var i = 0; i < 2; i++)
        {
            var item = hub.Ready().Single();
            var slow = one.Take(item)!;
            Assert.Null(two.Take(item));
            await slow.RunAsync();
            slow.Expire();
            Assert.True(await two.ExecuteAsync(hub.Ready().Single()));
            Assert.False(slow.Commit());
        }

        Assert.Equal(["A", "A"], effects);
        Assert.Single(hub.Ready());
    }

    private DurableTaskRegistry Tasks() => new DurableTaskRegistry()
        .AddActivityFunc("A", _ => effects.Add("A"))
        .AddActivityFunc("B", _ => effects.Add("B"))
        .AddOrchestratorFunc("Chain", async context =>
        {
            await context.CallActivityAsync("A");
            await context.CallActivityAsync("B");
            await context.CreateTimer(TimeSpan.FromHours(1), CancellationToken.None);
        });

    private sealed class VirtualClock : TimeProvider
    {
        private DateTimeOffset now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => now;

        public void Advance(TimeSpan by) => now += by;
    }
}
