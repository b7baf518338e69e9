using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Worker;
using Microsoft.Extensions.Options;

namespace ToolboxAI.Tests.Local.DurableTask;

public abstract partial class EngineTests
{
    [Fact]
    public async Task A_filtered_worker_gets_only_what_it_has_registrations_for()
    {
        await using var engine = await StartAsync(
            tasks => tasks
                .AddActivityFunc<string>("Here", _ => "here")
                .AddOrchestratorFunc<string>("Both", async context =>
                    await context.CallActivityAsync<string>("Here") + await context.CallActivityAsync<string>("There")
                    + await context.CallSubOrchestratorAsync<string>("Beyond")),
            second: worker => worker.UseWorkItemFilters().AddTasks(tasks => tasks
                .AddActivityFunc<string>("There", _ => "there")
                .AddOrchestratorFunc<string>("Beyond", _ => "beyond")));

        Assert.Equal("heretherebeyond", (await engine.RunAsync("Both")).ReadOutputAs<string>());
    }

    [Fact]
    public async Task A_filter_may_choose_versions()
    {
        await using var engine = await StartAsync(
            tasks => tasks.AddOrchestratorFunc<object?, string>("Old", new TaskVersion("1"), (_, _) => Task.FromResult("first worker")),
            second: worker => worker
                .AddTasks(tasks => tasks.AddOrchestratorFunc<string>("Old", _ => "second worker"))
                .UseWorkItemFilters(new DurableTaskWorkerWorkItemFilters { Orchestrations = [new("OLD", ["2"])] }));

        foreach (var (version, output) in ((string, string)[])[("1", "first worker"), ("2", "second worker")])
        {
            var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("old", new StartOrchestrationOptions { Version = version }, Engine.Soon);
            Assert.Equal(output, (await engine.EndOfAsync(id)).ReadOutputAs<string>());
        }
    }

    [Fact]
    public async Task A_filter_that_names_what_is_not_registered_is_refused()
    {
        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(
            tasks => tasks.AddOrchestratorFunc<int>("One", _ => 1),
            second: worker => worker.UseWorkItemFilters(new DurableTaskWorkerWorkItemFilters { Activities = [new("Unheard", [])] })));

        Assert.Contains("not registered", refused.Message);
    }

#pragma warning disable CS0618 // experimental, as in the original
    [Fact]
    public async Task An_orchestration_filter_leaves_an_orchestration_to_others_until_it_lets_it_through()
    {
        var filter = new TagFilter();
        await using var engine = await StartAsync(
            tasks => tasks.AddOrchestratorFunc<int>("One", _ => 1), options => options.OrchestrationFilter = filter);
        var start = new StartOrchestrationOptions { Tags = new Dictionary<string, string> { ["school"] = "north" } };
        var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("One", start, Engine.Soon);
        await filter.Asked.Task.WaitAsync(Engine.Soon);
        Assert.Equal(OrchestrationRuntimeStatus.Pending, (await engine.Client.GetInstanceAsync(id))!.RuntimeStatus);

        filter.School = "north";

        await engine.UntilAsync(id, instance =>
        {
            engine.AdvanceAsync(TimeSpan.FromSeconds(1)).GetAwaiter().GetResult();   // the memory store's pauses are on the hub's clock
            return instance.RuntimeStatus == OrchestrationRuntimeStatus.Completed;
        });
    }

    private sealed class TagFilter : IOrchestrationFilter
    {
        public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string? School { get; set; }

        public ValueTask<bool> IsOrchestrationValidAsync(OrchestrationFilterParameters info, CancellationToken cancellationToken = default)
        {
            Asked.TrySetResult();
            return new(info.Name == "One" && info.Tags!["school"] == School);
        }
    }
#pragma warning restore CS0618
}
