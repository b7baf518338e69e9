using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace ToolboxAI.Tests.Local.DurableTask;

public abstract partial class EngineTests
{
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
}
