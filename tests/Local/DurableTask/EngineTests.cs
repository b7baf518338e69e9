using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Worker;

namespace ToolboxAI.Tests.Local.DurableTask;

/// <summary>What both stores run: the derived classes choose the hub.</summary>
public abstract partial class EngineTests
{
    protected abstract Task<Engine> StartAsync(
        Action<DurableTaskRegistry> tasks, Action<DurableTaskWorkerOptions>? options = null, Action<IDurableTaskWorkerBuilder>? second = null);

    [Fact]
    public async Task A_timer_of_thirty_days_fires_on_the_moved_clock()
    {
        await using var engine = await StartAsync(tasks => tasks
            .AddOrchestratorFunc<double>("Wait", async context =>
            {
                var begun = context.CurrentUtcDateTime;
                await context.CreateTimer(TimeSpan.FromDays(30), CancellationToken.None);
                return (context.CurrentUtcDateTime - begun).TotalDays;
            }));

        var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Wait");
        await engine.Client.WaitForInstanceStartAsync(id, Engine.Soon);
        for (var i = 0; i < 11; i++)
        {
            await engine.AdvanceAsync(TimeSpan.FromDays(3));
            await Task.Delay(50);
        }

        Assert.InRange((await engine.EndOfAsync(id)).ReadOutputAs<double>(), 30, 33.1);
    }

    [Fact]
    public async Task A_cancelled_timer_throws_and_leaves_nothing_behind()
    {
        await using var engine = await StartAsync(tasks => tasks
            .AddActivityFunc<int>("Quick", _ => 1)
            .AddOrchestratorFunc<string>("Race", async context =>
            {
                using var stop = new CancellationTokenSource();
                var timer = context.CreateTimer(TimeSpan.FromDays(1), stop.Token);
                var quick = context.CallActivityAsync<int>("Quick");
                var first = await Task.WhenAny(timer, quick);
                stop.Cancel();
                await context.CallActivityAsync<int>("Quick");
                return $"{first == quick}|{timer.IsCanceled}";
            }));

        Assert.Equal("True|True", (await engine.RunAsync("Race")).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Continue_as_new_begins_again_with_an_empty_history()
    {
        await using var engine = await StartAsync(tasks => tasks
            .AddActivityFunc<int, int>("Increment", (_, n) => n + 1)
            .AddOrchestratorFunc<int, int>("Count", async (context, n) =>
            {
                var next = await context.CallActivityAsync<int>("Increment", n);
                if (next < 5)
                {
                    context.ContinueAsNew(next);
                }

                return next;
            }));

        var end = await engine.RunAsync("Count", 0);

        Assert.Equal(5, end.ReadOutputAs<int>());
        Assert.Equal(4, end.ReadInputAs<int>());
    }

    [Fact]
    public async Task A_sub_orchestration_returns_its_output_and_knows_its_parent()
    {
        await using var engine = await StartAsync(tasks => tasks
            .AddOrchestratorFunc<string, string>("Child", (context, input) =>
                $"{input}|{context.InstanceId}|{context.Parent!.Name}|{context.Parent.InstanceId}")
            .AddOrchestratorFunc<string>("Parent", async context =>
                $"{context.Parent is null}|" + await context.CallSubOrchestratorAsync<string>(
                    "Child", "x", new SubOrchestrationOptions(instanceId: context.InstanceId + "-child"))));

        var end = await engine.RunAsync("Parent");

        Assert.Equal($"True|x|{end.InstanceId}-child|Parent|{end.InstanceId}", end.ReadOutputAs<string>());
    }

    [Fact]
    public async Task A_failed_sub_orchestration_fails_its_call()
    {
        await using var engine = await StartAsync(tasks => tasks
            .AddOrchestratorFunc("Child", new Func<TaskOrchestrationContext, Task>(_ => throw new TimeoutException("late")))
            .AddOrchestratorFunc<string>("Parent", async context =>
            {
                try
                {
                    await context.CallSubOrchestratorAsync("Child");
                    return "none";
                }
                catch (TaskFailedException e) when (e.FailureDetails.IsCausedBy<TimeoutException>())
                {
                    return e.FailureDetails.ErrorMessage;
                }
            }));

        Assert.Equal("late", (await engine.RunAsync("Parent")).ReadOutputAs<string>());
    }

    [Fact]
    public async Task A_custom_status_is_seen_while_the_orchestration_runs()
    {
        await using var engine = await StartAsync(tasks => tasks
            .AddOrchestratorFunc("Status", async context =>
            {
                context.SetCustomStatus("waiting");
                await context.WaitForExternalEvent<object>("go");
                context.SetCustomStatus(new { Step = 2 });
            }));

        var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Status");
        await engine.UntilStatusIsAsync(id, "waiting");
        await engine.Client.RaiseEventAsync(id, "go");

        Assert.Equal("""{"Step":2}""", (await engine.EndOfAsync(id)).SerializedCustomStatus);
    }

    [Fact]
    public async Task New_guids_are_unique_and_the_same_in_each_replay()
    {
        var seen = new List<string>();
        await using var engine = await StartAsync(tasks => tasks
            .AddActivityFunc<int>("Nothing", _ => 0)
            .AddOrchestratorFunc<string>("Guids", async context =>
            {
                var first = context.NewGuid();
                var second = context.NewGuid();
                seen.Add($"{first}|{second}");
                await context.CallActivityAsync<int>("Nothing");
                return $"{first}|{second}";
            }));

        var output = (await engine.RunAsync("Guids")).ReadOutputAs<string>()!;

        Assert.All(seen, value => Assert.Equal(output, value));
        Assert.NotEqual(output.Split('|')[0], output.Split('|')[1]);
        Assert.Equal('5', output[14]);
    }

    [Fact]
    public async Task An_orchestrator_that_awaits_something_else_than_durable_tasks_fails()
    {
        await using var engine = await StartAsync(tasks => tasks
            .AddOrchestratorFunc("Sleeps", async _ => await Task.Delay(10)));

        var end = await engine.RunAsync("Sleeps");

        Assert.Equal(OrchestrationRuntimeStatus.Failed, end.RuntimeStatus);
        Assert.Contains("invalid asynchronous invocation", end.FailureDetails!.ErrorMessage);
    }
}

public sealed class MemoryEngineTests : EngineTests
{
    protected override Task<Engine> StartAsync(
        Action<DurableTaskRegistry> tasks, Action<DurableTaskWorkerOptions>? options = null, Action<IDurableTaskWorkerBuilder>? second = null) =>
        Engine.InMemoryAsync(tasks, options, second);
}

/// <summary>Each step as after a restart.</summary>
public sealed class ReplayingEngineTests : EngineTests
{
    protected override Task<Engine> StartAsync(
        Action<DurableTaskRegistry> tasks, Action<DurableTaskWorkerOptions>? options = null, Action<IDurableTaskWorkerBuilder>? second = null) =>
        Engine.InMemoryAsync(tasks, options, second, replaysEachStep: true);
}

public sealed class PostgresEngineTests : EngineTests
{
    protected override Task<Engine> StartAsync(
        Action<DurableTaskRegistry> tasks, Action<DurableTaskWorkerOptions>? options = null, Action<IDurableTaskWorkerBuilder>? second = null) =>
        Engine.OnPostgresAsync(tasks, options, second);
}
