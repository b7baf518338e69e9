using DurableTask.Core.Exceptions;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace ToolboxAI.Tests.Local.DurableTask;

public abstract partial class EngineTests
{
    private static void Waiters(DurableTaskRegistry tasks) => tasks
        .AddOrchestratorFunc("Wait", context => context.WaitForExternalEvent<object>("go"))
        .AddOrchestratorFunc<string, string>("Echo", (_, text) => text);

    [Fact]
    public async Task A_start_is_refused_while_an_instance_of_the_id_runs_and_replaces_an_ended_one()
    {
        await using var engine = await StartAsync(Waiters);
        var one = new StartOrchestrationOptions("one");
        await engine.Client.ScheduleNewOrchestrationInstanceAsync("Wait", one);

        var refusal = await Assert.ThrowsAsync<OrchestrationAlreadyExistsException>(
            () => engine.Client.ScheduleNewOrchestrationInstanceAsync("Echo", "x", one));
        Assert.Matches("An Orchestration instance with the status (Pending|Running) already exists.", refusal.Message);
        await engine.Client.RaiseEventAsync("one", "go");
        await engine.EndOfAsync("one");
        await engine.Client.ScheduleNewOrchestrationInstanceAsync("Echo", "again", one);

        Assert.Equal("again", (await engine.EndOfAsync("one")).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Dedupe_statuses_say_which_instances_refuse_a_start()
    {
        await using var engine = await StartAsync(Waiters);
        var ever = new StartOrchestrationOptions("one").WithDedupeStatuses([.. StartOrchestrationOptionsExtensions.ValidDedupeStatuses]);
        await engine.Client.ScheduleNewOrchestrationInstanceAsync("Echo", "first", ever);
        await engine.EndOfAsync("one");

        await Assert.ThrowsAsync<OrchestrationAlreadyExistsException>(() => engine.Client.ScheduleNewOrchestrationInstanceAsync("Echo", "second", ever));
        Assert.Equal("first", (await engine.EndOfAsync("one")).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Of_many_starts_at_once_with_one_id_one_succeeds()
    {
        await using var engine = await StartAsync(Waiters);
        var starts = await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
        {
            try
            {
                await engine.Client.ScheduleNewOrchestrationInstanceAsync("Wait", new StartOrchestrationOptions("one"));
                return 1;
            }
            catch (OrchestrationAlreadyExistsException)
            {
                return 0;
            }
        }));

        Assert.Equal(1, starts.Sum());
    }

    [Fact]
    public async Task A_scheduled_start_waits_for_its_time_and_keeps_earlier_events()
    {
        await using var engine = await StartAsync(tasks => tasks
            .AddOrchestratorFunc<string>("Late", context => context.WaitForExternalEvent<string>("name")));
        var options = new StartOrchestrationOptions("late", DateTimeOffset.UtcNow.AddHours(5));
        await engine.Client.ScheduleNewOrchestrationInstanceAsync("Late", options);
        await engine.Client.RaiseEventAsync("late", "name", "early");
        await Task.Delay(100);
        Assert.Equal(OrchestrationRuntimeStatus.Pending, (await engine.Client.GetInstanceAsync("late"))!.RuntimeStatus);
        await engine.AdvanceAsync(TimeSpan.FromHours(6));

        Assert.Equal("early", (await engine.EndOfAsync("late")).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Queries_filter_and_page()
    {
        await using var engine = await StartAsync(Waiters);
        for (var i = 0; i < 7; i++)
        {
            await engine.Client.ScheduleNewOrchestrationInstanceAsync("Echo", "x", new StartOrchestrationOptions($"a-{i}") { Tags = new Dictionary<string, string> { ["n"] = $"{i}" } });
        }

        await engine.Client.ScheduleNewOrchestrationInstanceAsync("Wait", new StartOrchestrationOptions("b-0"));
        for (var i = 0; i < 7; i++)
        {
            await engine.EndOfAsync($"a-{i}");
        }

        var pages = new List<Page<OrchestrationMetadata>>();
        var query = new OrchestrationQuery(Statuses: [OrchestrationRuntimeStatus.Completed], InstanceIdPrefix: "a-", PageSize: 3, FetchInputsAndOutputs: true);
        await foreach (var page in engine.Client.GetAllInstancesAsync(query).AsPages())
        {
            pages.Add(page);
        }

        Assert.Equal([3, 3, 1], pages.Select(page => page.Values.Count));
        Assert.Equal(7, pages.SelectMany(page => page.Values).Select(instance => instance.InstanceId).Distinct().Count());
        Assert.Equal("0", pages[0].Values[0].Tags["n"]);
        Assert.Equal("x", pages[0].Values[0].ReadInputAs<string>());
        var running = new List<string>();
        await foreach (var instance in engine.Client.GetAllInstancesAsync(new OrchestrationQuery(InstanceIdPrefix: "b-")))
        {
            running.Add(instance.InstanceId);
        }

        Assert.Equal(["b-0"], running);
        Assert.Equal(7, (await engine.Client.ListInstanceIdsAsync([OrchestrationRuntimeStatus.Completed])).Values.Count);
    }

    [Fact]
    public async Task Only_ended_instances_are_purged()
    {
        await using var engine = await StartAsync(Waiters);
        await engine.Client.ScheduleNewOrchestrationInstanceAsync("Wait", new StartOrchestrationOptions("running"));
        await engine.Client.ScheduleNewOrchestrationInstanceAsync("Echo", "x", new StartOrchestrationOptions("ended"));
        await engine.EndOfAsync("ended");

        Assert.Equal(0, (await engine.Client.PurgeInstanceAsync("running")).PurgedInstanceCount);
        Assert.Equal(0, (await engine.Client.PurgeInstanceAsync("unknown")).PurgedInstanceCount);
        var all = await engine.Client.PurgeAllInstancesAsync(new PurgeInstancesFilter(Statuses: [OrchestrationRuntimeStatus.Completed]));
        Assert.Equal(1, all.PurgedInstanceCount);
        Assert.True(all.IsComplete);
        Assert.Null(await engine.Client.GetInstanceAsync("ended"));
        Assert.NotNull(await engine.Client.GetInstanceAsync("running"));
    }

    [Fact]
    public async Task A_recursive_purge_takes_the_sub_orchestrations_too()
    {
        await using var engine = await StartAsync(tasks => tasks
            .AddOrchestratorFunc("Child", _ => { })
            .AddOrchestratorFunc("Parent", async context =>
            {
                await context.CallSubOrchestratorAsync("Child");
                await context.CallSubOrchestratorAsync("Child");
            }));
        var end = await engine.RunAsync("Parent");

        Assert.Equal(3, (await engine.Client.PurgeInstanceAsync(end.InstanceId, new PurgeInstanceOptions(Recursive: true))).PurgedInstanceCount);
    }

    [Fact]
    public async Task A_sub_orchestration_whose_id_is_taken_fails_its_call()
    {
        await using var engine = await StartAsync(tasks => tasks
            .AddOrchestratorFunc("Wait", context => context.WaitForExternalEvent<object>("go"))
            .AddOrchestratorFunc("Parent", context => context.CallSubOrchestratorAsync("Wait", options: new SubOrchestrationOptions(instanceId: "taken"))));
        await engine.Client.ScheduleNewOrchestrationInstanceAsync("Wait", new StartOrchestrationOptions("taken"));
        await engine.Client.WaitForInstanceStartAsync("taken", Engine.Soon);

        var end = await engine.RunAsync("Parent");

        Assert.Equal(OrchestrationRuntimeStatus.Failed, end.RuntimeStatus);
        Assert.Contains("already exists", end.FailureDetails!.ErrorMessage);
    }

    [Fact]
    public async Task Events_for_unknown_or_ended_instances_are_lost()
    {
        await using var engine = await StartAsync(Waiters);
        var end = await engine.RunAsync("Echo", "x");

        await engine.Client.RaiseEventAsync(end.InstanceId, "go");
        await engine.Client.RaiseEventAsync("unknown", "go");
        await engine.Client.TerminateInstanceAsync(end.InstanceId, Engine.Soon);
        await Task.Delay(100);

        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await engine.Client.GetInstanceAsync(end.InstanceId))!.RuntimeStatus);
        Assert.Null(await engine.Client.GetInstanceAsync("unknown"));
    }

    [Fact]
    public async Task A_client_can_wait_for_an_instance_that_does_not_exist_yet()
    {
        await using var engine = await StartAsync(tasks => tasks.AddOrchestratorFunc<int>("One", _ => 1));
        var waiting = engine.EndOfAsync("later");

        await engine.Client.ScheduleNewOrchestrationInstanceAsync("One", new StartOrchestrationOptions("later"), Engine.Soon);

        Assert.Equal(1, (await waiting).ReadOutputAs<int>());
    }

    [Fact]
    public async Task How_an_instance_failed_is_told_with_its_inputs_and_outputs_only()
    {
        await using var engine = await StartAsync(tasks => tasks.AddOrchestratorFunc(
            "Fails", new Action<TaskOrchestrationContext>(_ => throw new InvalidOperationException("no paper"))));
        var end = await engine.RunAsync("Fails");

        Assert.Equal("no paper", end.FailureDetails!.ErrorMessage);
        Assert.Null((await engine.Client.GetInstanceAsync(end.InstanceId, Engine.Soon))!.FailureDetails);
    }
}
