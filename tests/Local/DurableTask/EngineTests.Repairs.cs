using DurableTask.Core.History;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Worker;

namespace ToolboxAI.Tests.Local.DurableTask;

public abstract partial class EngineTests
{
    [Fact]
    public async Task A_rewound_instance_does_again_what_failed_and_nothing_else()
    {
        var (good, bad, mended) = (0, 0, false);
        await using var engine = await StartAsync(tasks => tasks
            .AddActivityFunc("Good", _ => { Interlocked.Increment(ref good); })
            .AddActivityFunc("Bad", new Action<TaskActivityContext>(_ =>
            {
                Interlocked.Increment(ref bad);
                if (!mended)
                {
                    throw new InvalidOperationException("broken");
                }
            }))
            .AddOrchestratorFunc("Child", context => context.CallActivityAsync("Bad"))
            .AddOrchestratorFunc<string>("Parent", async context =>
            {
                await context.CallActivityAsync("Good");
                await Task.WhenAll(context.CallActivityAsync("Bad"), context.CallActivityAsync("Good"), context.CallSubOrchestratorAsync("Child"));
                await context.CallActivityAsync("Good");
                return "whole";
            }));
        var end = await engine.RunAsync("Parent");
        Assert.Equal(OrchestrationRuntimeStatus.Failed, end.RuntimeStatus);
        mended = true;
        await engine.Client.RewindInstanceAsync(end.InstanceId, "mended", Engine.Soon);

        Assert.Equal("whole", (await engine.EndOfAsync(end.InstanceId)).ReadOutputAs<string>());
        Assert.Equal((3, 4), (good, bad));
        await Assert.ThrowsAsync<InvalidOperationException>(() => engine.Client.RewindInstanceAsync(end.InstanceId, "again"));
    }

    [Fact]
    public async Task A_restarted_instance_runs_again_with_its_input()
    {
        await using var engine = await StartAsync(Waiters);
        var end = await engine.RunAsync("Echo", "x");

        Assert.Equal(end.InstanceId, await engine.Client.RestartAsync(end.InstanceId));
        Assert.Equal("x", (await engine.EndOfAsync(end.InstanceId)).ReadOutputAs<string>());
        var other = await engine.Client.RestartAsync(end.InstanceId, restartWithNewInstanceId: true);
        Assert.NotEqual(end.InstanceId, other);
        Assert.Equal("x", (await engine.EndOfAsync(other)).ReadOutputAs<string>());
        await Assert.ThrowsAsync<ArgumentException>(() => engine.Client.RestartAsync("unknown"));
    }

    [Fact]
    public async Task The_history_tells_what_happened_in_order()
    {
        await using var engine = await StartAsync(tasks => tasks
            .AddActivityFunc<string, string>("Echo", (_, text) => text)
            .AddOrchestratorFunc<string, string>("One", (context, input) => context.CallActivityAsync<string>("Echo", input)));
        var end = await engine.RunAsync("One", "x");

        var history = await engine.Client.GetOrchestrationHistoryAsync(end.InstanceId);

        Assert.Equal(
            [
                EventType.OrchestratorStarted, EventType.ExecutionStarted, EventType.TaskScheduled, EventType.OrchestratorCompleted,
                EventType.OrchestratorStarted, EventType.TaskCompleted, EventType.ExecutionCompleted, EventType.OrchestratorCompleted,
            ],
            history.Select(happened => happened.EventType));
        Assert.Equal("\"x\"", Assert.IsType<ExecutionStartedEvent>(history[1]).Input);
        Assert.Equal(0, Assert.IsType<TaskCompletedEvent>(history[5]).TaskScheduledId);
    }

    [Fact]
    public async Task Versions_choose_the_registration_and_are_handed_on_to_activities()
    {
        await using var engine = await StartAsync(tasks => tasks
            .AddActivityFunc<string, string>("Say", "1.0", (_, text) => Task.FromResult($"{text} one"))
            .AddActivityFunc<string, string>("Say", "2.0", (context, text) => Task.FromResult($"{text} two {context.Version}"))
            .AddOrchestratorFunc<string, string>("Versioned", "1.0", (context, _) => context.CallActivityAsync<string>("Say", context.Version))
            .AddOrchestratorFunc<string, string>("Versioned", "2.0", async (context, _) =>
                $"{await context.CallActivityAsync<string>("Say", context.Version)} {context.CompareVersionTo("1.9")} "
                + await context.CallActivityAsync<string>("Say", "explicit", new TaskOptions { Version = "1.0" })));

        var one = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Versioned", "x", new StartOrchestrationOptions { Version = "1.0" });
        var two = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Versioned", "x", new StartOrchestrationOptions { Version = "2.0" });
        var three = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Versioned", "x", new StartOrchestrationOptions { Version = "3.0" });

        Assert.Equal("1.0 one", (await engine.EndOfAsync(one)).ReadOutputAs<string>());
        Assert.Equal("2.0 two 2.0 1 explicit one", (await engine.EndOfAsync(two)).ReadOutputAs<string>());
        Assert.Equal("OrchestratorTaskNotFound", (await engine.EndOfAsync(three)).FailureDetails!.ErrorType);
    }

    [Fact]
    public async Task A_worker_of_an_older_version_fails_or_leaves_newer_instances()
    {
        static DurableTaskWorkerOptions.VersioningOptions Versioning(DurableTaskWorkerOptions.VersionFailureStrategy failure) => new()
        {
            Version = "1.0",
            MatchStrategy = DurableTaskWorkerOptions.VersionMatchStrategy.CurrentOrOlder,
            FailureStrategy = failure,
        };
        await using var failing = await StartAsync(Waiters, options => options.Versioning = Versioning(DurableTaskWorkerOptions.VersionFailureStrategy.Fail));
        await using var rejecting = await StartAsync(Waiters, options => options.Versioning = Versioning(DurableTaskWorkerOptions.VersionFailureStrategy.Reject));

        var newer = new StartOrchestrationOptions("newer") { Version = "1.1" };
        await failing.Client.ScheduleNewOrchestrationInstanceAsync("Echo", "x", newer);
        await rejecting.Client.ScheduleNewOrchestrationInstanceAsync("Echo", "x", newer);
        await failing.Client.ScheduleNewOrchestrationInstanceAsync("Echo", "x", new StartOrchestrationOptions("older") { Version = "0.9" });

        Assert.Equal("VersionMismatch", (await failing.EndOfAsync("newer")).FailureDetails!.ErrorType);
        Assert.Equal("x", (await failing.EndOfAsync("older")).ReadOutputAs<string>());
        await Task.Delay(200);
        Assert.Equal(OrchestrationRuntimeStatus.Pending, (await rejecting.Client.GetInstanceAsync("newer"))!.RuntimeStatus);
    }
}
