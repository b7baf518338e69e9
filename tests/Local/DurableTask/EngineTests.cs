using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Worker;

namespace ToolboxAI.Tests.Local.DurableTask;

/// <summary>What both stores run: the derived classes choose the hub.</summary>
public abstract partial class EngineTests
{
    protected abstract Task<Engine> StartAsync(Action<DurableTaskRegistry> tasks, Action<DurableTaskWorkerOptions>? options = null);

    [Fact]
    public async Task A_chain_passes_each_result_on()
    {
        await using var engine = await StartAsync(tasks => tasks
            .AddActivityFunc<string, string>("Append", (_, text) => text + "!")
            .AddOrchestratorFunc<string, string>("Chain", async (context, input) =>
            {
                var one = await context.CallActivityAsync<string>("Append", input);
                var two = await context.CallActivityAsync<string>("append", one);
                return await context.CallActivityAsync<string>("Append", two);
            }));

        var end = await engine.RunAsync("Chain", "a");

        Assert.Equal(OrchestrationRuntimeStatus.Completed, end.RuntimeStatus);
        Assert.Equal("a!!!", end.ReadOutputAs<string>());
        Assert.Equal("a", end.ReadInputAs<string>());
        Assert.True(end.IsCompleted);
    }

    [Fact]
    public async Task A_fan_out_runs_all_and_gathers_in_order()
    {
        await using var engine = await StartAsync(tasks => tasks
            .AddActivityFunc<int, int>("Square", async (_, n) =>
            {
                await Task.Delay(n % 3);
                return n * n;
            })
            .AddOrchestratorFunc<int, int[]>("Fan", (context, count) =>
                Task.WhenAll(Enumerable.Range(0, count).Select(n => context.CallActivityAsync<int>("Square", n)))));

        var end = await engine.RunAsync("Fan", 50);

        Assert.Equal(Enumerable.Range(0, 50).Select(n => n * n), end.ReadOutputAs<int[]>()!);
    }

    [Fact]
    public async Task A_failed_activity_can_be_caught_with_its_cause()
    {
        await using var engine = await StartAsync(tasks => tasks
            .AddActivityFunc("Break", new Action<TaskActivityContext>(_ =>
                throw new InvalidOperationException("outer", new ArgumentException("inner"))))
            .AddOrchestratorFunc<string>("Catch", async context =>
            {
                try
                {
                    await context.CallActivityAsync("Break");
                    return "no failure";
                }
                catch (TaskFailedException e)
                {
                    var details = e.FailureDetails;
                    return $"{e.TaskName}|{details.IsCausedBy<InvalidOperationException>()}|{details.ErrorMessage}|"
                        + $"{details.InnerFailure!.IsCausedBy<ArgumentException>()}|{details.InnerFailure.ErrorMessage}";
                }
            }));

        var end = await engine.RunAsync("Catch");

        Assert.Equal("Break|True|outer|True|inner", end.ReadOutputAs<string>());
    }

    [Fact]
    public async Task An_uncaught_failure_fails_the_orchestration_with_its_details()
    {
        await using var engine = await StartAsync(tasks => tasks
            .AddActivityFunc("Break", new Action<TaskActivityContext>(_ => throw new InvalidOperationException("broken")))
            .AddOrchestratorFunc("Fail", context => context.CallActivityAsync("Break")));

        var end = await engine.RunAsync("Fail");

        Assert.Equal(OrchestrationRuntimeStatus.Failed, end.RuntimeStatus);
        Assert.Equal(typeof(TaskFailedException).FullName, end.FailureDetails!.ErrorType);
        Assert.Contains("Task 'Break' (#0) failed with an unhandled exception: broken", end.FailureDetails.ErrorMessage);
        Assert.True(end.FailureDetails.InnerFailure!.IsCausedBy<InvalidOperationException>());
    }

    [Fact]
    public async Task Unknown_names_fail_what_asked_for_them()
    {
        await using var engine = await StartAsync(tasks => tasks
            .AddOrchestratorFunc("Caller", context => context.CallActivityAsync(
                "Nowhere", TaskOptions.FromRetryPolicy(new RetryPolicy(5, TimeSpan.FromHours(1))))));

        var caller = await engine.RunAsync("Caller");
        var unknown = await engine.RunAsync("Unheard");

        Assert.Equal("ActivityTaskNotFound", caller.FailureDetails!.InnerFailure!.ErrorType);
        Assert.Equal("OrchestratorTaskNotFound", unknown.FailureDetails!.ErrorType);
    }

    [Fact]
    public async Task A_retry_policy_waits_longer_each_time_and_then_gives_the_last_failure()
    {
        var times = new System.Collections.Concurrent.ConcurrentDictionary<DateTime, bool>();
        await using var engine = await StartAsync(tasks => tasks
            .AddActivityFunc("Break", new Action<TaskActivityContext>(_ => throw new InvalidOperationException("broken")))
            .AddOrchestratorFunc("Retry", async context =>
            {
                var policy = new RetryPolicy(4, TimeSpan.FromMinutes(1), backoffCoefficient: 2, maxRetryInterval: TimeSpan.FromMinutes(3))
                {
                    HandleFailure = failure =>
                    {
                        times[context.CurrentUtcDateTime] = true;
                        return failure.IsCausedBy<InvalidOperationException>();
                    },
                };
                await context.CallActivityAsync("Break", TaskOptions.FromRetryPolicy(policy));
            }));

        var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Retry");
        for (var i = 0; i < 4; i++)
        {
            await engine.UntilAsync(id, _ => times.Count > i || i == 3);
            await engine.AdvanceAsync(TimeSpan.FromMinutes(4));
        }

        var end = await engine.EndOfAsync(id);
        Assert.Equal(OrchestrationRuntimeStatus.Failed, end.RuntimeStatus);
        Assert.Equal(3, times.Count);
    }

    [Fact]
    public async Task A_retry_handler_decides_after_each_failure()
    {
        var runs = 0;
        await using var engine = await StartAsync(tasks => tasks
            .AddActivityFunc<int>("Third", _ => Interlocked.Increment(ref runs) < 3 ? throw new TimeoutException("slow") : 3)
            .AddOrchestratorFunc<int>("Retry", context => context.CallActivityAsync<int>(
                "Third", TaskOptions.FromRetryHandler(retry => retry.LastFailure.IsCausedBy<TimeoutException>() && retry.LastAttemptNumber < 5))));

        var end = await engine.RunAsync("Retry");

        Assert.Equal(3, end.ReadOutputAs<int>());
        Assert.Equal(3, runs);
    }

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
    protected override Task<Engine> StartAsync(Action<DurableTaskRegistry> tasks, Action<DurableTaskWorkerOptions>? options = null) =>
        Engine.InMemoryAsync(tasks, options);
}

/// <summary>Each step as after a restart.</summary>
public sealed class ReplayingEngineTests : EngineTests
{
    protected override Task<Engine> StartAsync(Action<DurableTaskRegistry> tasks, Action<DurableTaskWorkerOptions>? options = null) =>
        Engine.InMemoryAsync(tasks, options, replaysEachStep: true);
}

public sealed class PostgresEngineTests : EngineTests
{
    protected override Task<Engine> StartAsync(Action<DurableTaskRegistry> tasks, Action<DurableTaskWorkerOptions>? options = null) =>
        Engine.OnPostgresAsync(tasks, options);
}
