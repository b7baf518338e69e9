using Microsoft.DurableTask;
using Microsoft.DurableTask.ScheduledTasks;

namespace ToolboxAI.Tests.Local.DurableTask;

public abstract partial class EngineTests
{
    [Fact]
    public async Task A_schedule_starts_its_orchestration_at_each_interval_until_it_is_deleted()
    {
        var runs = new List<string>();
        await using var engine = await StartAsync(tasks => Report(tasks, runs));
        var options = new ScheduleCreationOptions("nightly", "Report", TimeSpan.FromHours(24)) { OrchestrationInput = "usage" };

        var schedule = await engine.Schedules.CreateScheduleAsync(options, Engine.Soon);
        await UntilAsync(schedule, found => found.NextRunAt is not null);

        for (var day = 1; day <= 3; day++)
        {
            await engine.AdvanceAsync(TimeSpan.FromHours(24));
            await UntilAsync(() => runs.Count == day);
        }

        Assert.Equal(["usage", "usage", "usage"], runs);
        var description = await UntilAsync(schedule, found => found.NextRunAt > found.LastRunAt);
        Assert.Equal((ScheduleStatus.Active, "Report", TimeSpan.FromHours(24)), (description.Status, description.OrchestrationName, description.Interval));
        await schedule.DeleteAsync(Engine.Soon);
        await engine.AdvanceAsync(TimeSpan.FromHours(24));
        Assert.Null(await engine.Schedules.GetScheduleAsync("nightly", Engine.Soon));
        await Assert.ThrowsAsync<ScheduleNotFoundException>(() => schedule.DescribeAsync(Engine.Soon));
        Assert.Equal(3, runs.Count);
    }

    [Fact]
    public async Task A_paused_schedule_waits_and_a_resumed_one_goes_on()
    {
        var runs = new List<string>();
        await using var engine = await StartAsync(tasks => Report(tasks, runs));
        var schedule = await engine.Schedules.CreateScheduleAsync(new("hourly", "Report", TimeSpan.FromHours(1)), Engine.Soon);

        await schedule.PauseAsync(Engine.Soon);

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => schedule.PauseAsync(Engine.Soon));
        Assert.Contains("Cannot transition from Paused to Paused during PauseSchedule operation.", refused.Message);
        await engine.AdvanceAsync(TimeSpan.FromHours(5));
        Assert.Equal(ScheduleStatus.Paused, (await schedule.DescribeAsync(Engine.Soon)).Status);
        await schedule.ResumeAsync(Engine.Soon);
        await UntilAsync(schedule, found => found.NextRunAt is not null);
        Assert.Empty(runs);
        await engine.AdvanceAsync(TimeSpan.FromHours(1));
        await UntilAsync(() => runs.Count == 1);
    }

    [Fact]
    public async Task A_schedule_that_is_late_starts_at_once_when_asked_to_and_ends_at_its_end()
    {
        var runs = new List<string>();
        await using var engine = await StartAsync(tasks => Report(tasks, runs));
        var now = DateTimeOffset.UtcNow;
        var options = new ScheduleCreationOptions("late", "Report", TimeSpan.FromDays(1))
        {
            StartAt = now.AddHours(-1),
            EndAt = now.AddDays(1.5),
            StartImmediatelyIfLate = true,
            OrchestrationInput = "first",
        };

        var schedule = await engine.Schedules.CreateScheduleAsync(options, Engine.Soon);
        await UntilAsync(() => runs.Count == 1);
        await schedule.UpdateAsync(new ScheduleUpdateOptions { OrchestrationInput = "second" }, Engine.Soon);
        await UntilAsync(schedule, found => found.NextRunAt > now);
        await engine.AdvanceAsync(TimeSpan.FromDays(1));
        await UntilAsync(() => runs.Count == 2);
        await UntilAsync(schedule, found => found.NextRunAt > now.AddDays(1));
        await engine.AdvanceAsync(TimeSpan.FromDays(1));

        await UntilAsync(schedule, found => found.NextRunAt is null);
        Assert.Equal(["first", "second"], runs);
    }

    [Fact]
    public async Task Schedules_are_listed_by_their_state_and_prefix()
    {
        await using var engine = await StartAsync(tasks => Report(tasks, []));
        foreach (var id in (string[])["a1", "a2", "b1"])
        {
            await engine.Schedules.CreateScheduleAsync(new(id, "Report", TimeSpan.FromDays(1)), Engine.Soon);
        }

        await engine.Schedules.GetScheduleClient("a2").PauseAsync(Engine.Soon);

        Assert.Equal(["a1", "a2"], await ListAsync(new ScheduleQuery { ScheduleIdPrefix = "a" }));
        Assert.Equal(["a2"], await ListAsync(new ScheduleQuery { Status = ScheduleStatus.Paused }));
        Assert.Equal(["a1", "a2", "b1"], await ListAsync(null));
        Assert.Throws<ArgumentException>(() => new ScheduleCreationOptions("c", "Report", TimeSpan.FromMilliseconds(10)));

        async Task<List<string>> ListAsync(ScheduleQuery? query)
        {
            var found = new List<string>();
            await foreach (var schedule in engine.Schedules.ListSchedulesAsync(query))
            {
                found.Add(schedule.ScheduleId);
            }

            found.Sort(StringComparer.Ordinal);
            return found;
        }
    }

    private static void Report(DurableTaskRegistry tasks, List<string> runs) => tasks
        .AddActivityFunc<string, int>("Note", (_, what) =>
        {
            lock (runs)
            {
                runs.Add(what);
                return runs.Count;
            }
        })
        .AddOrchestratorFunc<string, int>("Report", (context, what) => context.CallActivityAsync<int>("Note", what ?? "nothing"));

    private static async Task UntilAsync(Func<bool> reached)
    {
        var deadline = Engine.Soon;
        while (!reached())
        {
            await Task.Delay(5, deadline);
        }
    }

    private static async Task<ScheduleDescription> UntilAsync(ScheduleClient schedule, Func<ScheduleDescription, bool> reached)
    {
        var deadline = Engine.Soon;
        while (true)
        {
            if (await schedule.DescribeAsync(deadline) is var found && reached(found))
            {
                return found;
            }

            await Task.Delay(5, deadline);
        }
    }
}
