using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Entities;

namespace ToolboxAI.Tests.Local.DurableTask;

/// <summary>
/// The patterns of the official documentation, in stories of our own: chaining, fan-out and fan-in, monitor, human interaction,
/// aggregator, saga, eternal orchestration. The asynchronous HTTP API is in <see cref="ManagementApiTests"/>.
/// </summary>
public abstract partial class EngineTests
{
    [Fact]
    public async Task Chaining_passes_each_result_on()
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
    public async Task Fan_out_runs_all_and_fan_in_gathers_in_order()
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
    public async Task A_monitor_looks_again_and_again_until_the_upload_is_checked_or_its_patience_is_over()
    {
        var looks = 0;
        await using var engine = await StartAsync(tasks => tasks
            .AddActivityFunc<string, string>("LookAtUpload", (_, _) => Interlocked.Increment(ref looks) == 4 ? "clean" : $"scanning {looks}")
            .AddOrchestratorFunc<TimeSpan, string>("WatchUpload", async (context, patience) =>
            {
                var until = context.CurrentUtcDateTime + patience;
                while (context.CurrentUtcDateTime < until)
                {
                    var state = await context.CallActivityAsync<string>("LookAtUpload", "bundle-7");
                    if (state == "clean")
                    {
                        return state;
                    }

                    context.SetCustomStatus(state);
                    await context.CreateTimer(TimeSpan.FromMinutes(10), CancellationToken.None);
                }

                return "gave up";
            }));

        var patient = await engine.Client.ScheduleNewOrchestrationInstanceAsync("WatchUpload", TimeSpan.FromHours(2), Engine.Soon);
        for (var look = 1; look < 4; look++)
        {
            await engine.UntilStatusIsAsync(patient, $"scanning {look}");
            await engine.AdvanceAsync(TimeSpan.FromMinutes(10));
        }

        Assert.Equal("clean", (await engine.EndOfAsync(patient)).ReadOutputAs<string>());
        var hasty = await engine.Client.ScheduleNewOrchestrationInstanceAsync("WatchUpload", TimeSpan.FromMinutes(5), Engine.Soon);
        await engine.UntilStatusIsAsync(hasty, "scanning 5");
        await engine.AdvanceAsync(TimeSpan.FromMinutes(10));
        Assert.Equal("gave up", (await engine.EndOfAsync(hasty)).ReadOutputAs<string>());
    }

    [Theory]
    [InlineData("approved")]
    [InlineData("escalated")]
    public async Task Human_interaction_waits_for_an_answer_and_escalates_when_none_comes_in_time(string expected)
    {
        await using var engine = await StartAsync(tasks => tasks
            .AddActivityFunc<string, string>("Tell", (_, whom) => whom)
            .AddOrchestratorFunc<string>("AskTeacher", async context =>
            {
                await context.CallActivityAsync<string>("Tell", "teacher");
                using var stopReminder = new CancellationTokenSource();
                var late = context.CreateTimer(TimeSpan.FromDays(3), stopReminder.Token);
                var answer = context.WaitForExternalEvent<bool>("Answer");
                context.SetCustomStatus("asked");
                if (await Task.WhenAny(answer, late) == late)
                {
                    await context.CallActivityAsync<string>("Tell", "head");
                    return "escalated";
                }

                stopReminder.Cancel();
                return answer.Result ? "approved" : "refused";
            }));

        var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("AskTeacher", Engine.Soon);
        await engine.UntilStatusIsAsync(id, "asked");
        await (expected == "approved" ? engine.Client.RaiseEventAsync(id, "answer", true, Engine.Soon) : engine.AdvanceAsync(TimeSpan.FromDays(4)));

        Assert.Equal(expected, (await engine.EndOfAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task An_aggregator_sums_what_many_send_and_can_be_asked_and_reset()
    {
        await using var engine = await StartAsync(tasks => tasks
            .AddEntity<Attendance>()
            .AddOrchestratorFunc<int, int>("Lesson", async (context, pupils) =>
            {
                var lesson = new EntityInstanceId(nameof(Attendance), "maths");
                for (var pupil = 0; pupil < pupils; pupil++)
                {
                    await context.Entities.SignalEntityAsync(lesson, "Come", pupil);
                }

                return await context.Entities.CallEntityAsync<int>(lesson, "Count");
            }));
        var entity = new EntityInstanceId("attendance", "maths");
        await engine.Client.Entities.SignalEntityAsync(entity, "come", 100, cancellation: Engine.Soon);

        var lessons = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => engine.RunAsync("Lesson", 5)));

        Assert.All(lessons, lesson => Assert.InRange(lesson.ReadOutputAs<int>(), 5, 6));   // 0 to 4 came in each lesson, 100 by itself
        Assert.Equal([0, 1, 2, 3, 4, 100], (await engine.Client.Entities.GetEntityAsync<HashSet<int>>(entity, true, Engine.Soon))!.State.Order());
        await engine.Client.Entities.SignalEntityAsync(entity, "delete", cancellation: Engine.Soon);
        Assert.Equal(5, (await engine.RunAsync("Lesson", 5)).ReadOutputAs<int>());
    }

    [Fact]
    public async Task A_saga_undoes_in_reverse_what_it_did_before_the_failure_and_still_fails()
    {
        var ledger = new List<string>();
        await using var engine = await StartAsync(tasks => tasks
            .AddActivityFunc<string, int>("Act", (_, act) =>
            {
                lock (ledger)
                {
                    ledger.Add(act);
                }

                return act == "book bus" ? throw new InvalidOperationException("no bus") : ledger.Count;
            })
            .AddOrchestratorFunc("SchoolTrip", async context =>
            {
                var undo = new Stack<string>();
                try
                {
                    foreach (var step in (string[])["rooms", "lunch", "bus"])
                    {
                        undo.Push($"cancel {step}");   // before the act: its effect may happen though its answer is lost
                        await context.CallActivityAsync("Act", $"book {step}");
                    }
                }
                catch (TaskFailedException)
                {
                    while (undo.TryPop(out var compensation))
                    {
                        await context.CallActivityAsync("Act", compensation);
                    }

                    throw;
                }
            }));

        var end = await engine.RunAsync("SchoolTrip");

        Assert.Equal(OrchestrationRuntimeStatus.Failed, end.RuntimeStatus);
        Assert.Equal("no bus", end.FailureDetails!.InnerFailure!.ErrorMessage);
        Assert.Equal(["book rooms", "book lunch", "book bus", "cancel bus", "cancel lunch", "cancel rooms"], ledger);
    }

    [Fact]
    public async Task An_eternal_orchestration_goes_on_until_it_is_terminated_and_its_history_stays_short()
    {
        await using var engine = await StartAsync(tasks => tasks
            .AddActivityFunc<int, int>("Sweep", (_, round) => round)
            .AddOrchestratorFunc<int, object?>("Caretaker", async (context, round) =>
            {
                await context.CallActivityAsync<int>("Sweep", round);
                context.SetCustomStatus(round);
                await context.CreateTimer(TimeSpan.FromDays(1), CancellationToken.None);
                context.ContinueAsNew(round + 1);
                return null;
            }));
        var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Caretaker", 0, Engine.Soon);
        for (var day = 0; day < 10; day++)
        {
            await engine.UntilAsync(id, instance => instance.SerializedCustomStatus == $"{day}");
            await engine.AdvanceAsync(TimeSpan.FromDays(1));
        }

        await engine.UntilAsync(id, instance => instance.SerializedCustomStatus == "10");
        Assert.InRange((await engine.Client.GetOrchestrationHistoryAsync(id, Engine.Soon)).Count, 1, 12);
        await engine.Client.TerminateInstanceAsync(id, "holidays", Engine.Soon);
        var end = await engine.EndOfAsync(id);
        Assert.Equal((OrchestrationRuntimeStatus.Terminated, "holidays"), (end.RuntimeStatus, end.ReadOutputAs<string>()));
    }

    [Fact]
    public async Task A_termination_that_comes_with_what_an_eternal_orchestration_waits_for_ends_it()
    {
        await using var engine = await StartAsync(tasks => tasks
            .AddOrchestratorFunc<int, object?>("Waiter", async (context, round) =>
            {
                await context.WaitForExternalEvent<string>("go");
                context.ContinueAsNew(round + 1);
                return null;
            }));
        var ids = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => engine.Client.ScheduleNewOrchestrationInstanceAsync("Waiter", 0, Engine.Soon)));
        foreach (var id in ids)
        {
            await engine.UntilAsync(id, instance => instance.RuntimeStatus == OrchestrationRuntimeStatus.Running);
        }

        await Task.WhenAll(ids.SelectMany(id => new[] { engine.Client.RaiseEventAsync(id, "go", "now", Engine.Soon), engine.Client.TerminateInstanceAsync(id, "enough", Engine.Soon) }));

        foreach (var id in ids)
        {
            Assert.Equal(OrchestrationRuntimeStatus.Terminated, (await engine.EndOfAsync(id)).RuntimeStatus);
        }
    }

    [Fact]
    public async Task A_failure_with_a_hundred_causes_is_stored_with_the_first_of_them()
    {
        await using var engine = await StartAsync(tasks => tasks
            .AddActivityFunc<int, int>("Deep", int (_, depth) => throw Enumerable.Range(0, depth).Aggregate(new InvalidOperationException("first"), (cause, at) => new InvalidOperationException($"{at}", cause)))
            .AddOrchestratorFunc<int, int>("Caller", (context, depth) => context.CallActivityAsync<int>("Deep", depth)));

        var end = await engine.RunAsync("Caller", 100);

        Assert.Equal(OrchestrationRuntimeStatus.Failed, end.RuntimeStatus);
        Assert.Equal("99", end.FailureDetails!.InnerFailure!.ErrorMessage);
    }

    private sealed class Attendance : TaskEntity<HashSet<int>>
    {
        public void Come(int pupil) => State.Add(pupil);

        public int Count() => State.Count;
    }
}
