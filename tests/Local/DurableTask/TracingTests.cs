using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.DurableTask;

namespace ToolboxAI.Tests.Local.DurableTask;

/// <summary>The trace activities of the source <c>Microsoft.DurableTask</c>, with the original's names and tags.</summary>
public sealed class TracingTests : IDisposable
{
    private readonly ConcurrentQueue<Activity> told = [];
    private readonly ActivityListener listener;
    private readonly Activity root = new("test");

    public TracingTests()
    {
        root.ActivityTraceFlags = ActivityTraceFlags.Recorded;
        listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Microsoft.DurableTask",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                if (span.TraceId == root.TraceId)
                {
                    told.Enqueue(span);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
    }

    public void Dispose()
    {
        listener.Dispose();
        root.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_run_is_one_trace_of_nested_spans(bool replaysEachStep)
    {
        root.Start();
        await using var engine = await Engine.InMemoryAsync(
            tasks => tasks
                .AddActivityFunc<string?>("Who", _ => Activity.Current?.SpanId.ToString())
                .AddOrchestratorFunc<string>("Child", context => context.CallActivityAsync<string>("Who"))
                .AddOrchestratorFunc<string>("Parent", async context =>
                {
                    var asked = await context.CallSubOrchestratorAsync<string>("Child");
                    await context.CreateTimer(TimeSpan.FromMilliseconds(20), CancellationToken.None);
                    await context.WaitForExternalEvent<int>("go");
                    return asked;
                }),
            replaysEachStep: replaysEachStep);
        var start = new StartOrchestrationOptions("traced") { Version = "2" };
        await engine.Client.ScheduleNewOrchestrationInstanceAsync("Parent", start, Engine.Soon);
        await engine.Client.RaiseEventAsync("traced", "go", 1, Engine.Soon);
        var end = await engine.EndOfAsync("traced");

        var created = await ToldAsync("create_orchestration:Parent@(2)", ActivityKind.Producer);
        var parent = await ToldAsync("orchestration:Parent@(2)", ActivityKind.Server);
        var calling = await ToldAsync("orchestration:Child", ActivityKind.Client);
        var child = await ToldAsync("orchestration:Child", ActivityKind.Server);
        var scheduled = await ToldAsync("activity:Who", ActivityKind.Client);
        var executed = await ToldAsync("activity:Who", ActivityKind.Server);
        var timer = await ToldAsync("orchestration:Parent:timer", ActivityKind.Internal);
        var raised = await ToldAsync("orchestration_event:go", ActivityKind.Producer);
        Assert.Equal(8, told.Select(span => span.SpanId).Distinct().Count());
        Assert.Equal(
            [root.SpanId, created.SpanId, parent.SpanId, calling.SpanId, child.SpanId, scheduled.SpanId, parent.SpanId, root.SpanId],
            new[] { created, parent, calling, child, scheduled, executed, timer, raised }.Select(span => span.ParentSpanId));
        Assert.Equal(executed.SpanId.ToString(), end.ReadOutputAs<string>());
        Assert.Equal("Completed", parent.GetTagItem("durabletask.task.status"));
        Assert.Equal(("orchestration", "Parent", "traced", "2"), (
            parent.GetTagItem("durabletask.type"), parent.GetTagItem("durabletask.task.name"),
            parent.GetTagItem("durabletask.task.instance_id"), parent.GetTagItem("durabletask.task.version")));
        Assert.Equal("traced", raised.GetTagItem("durabletask.event.target_instance_id"));
        Assert.NotNull(timer.GetTagItem("durabletask.fire_at"));
        Assert.True(parent.StartTimeUtc <= calling.StartTimeUtc && parent.Duration >= calling.Duration + timer.Duration);
    }

    [Fact]
    public async Task A_failure_is_an_error_of_its_spans()
    {
        root.Start();
        await using var engine = await Engine.InMemoryAsync(tasks => tasks
            .AddActivityFunc("Fails", new Action<TaskActivityContext>(_ => throw new InvalidOperationException("no paper")))
            .AddOrchestratorFunc<int>("Calls", context => context.CallActivityAsync<int>("Fails")));

        await engine.RunAsync("Calls");

        var scheduled = await ToldAsync("activity:Fails", ActivityKind.Client);
        var executed = await ToldAsync("activity:Fails", ActivityKind.Server);
        var run = await ToldAsync("orchestration:Calls", ActivityKind.Server);
        Assert.All([scheduled, executed, run], span => Assert.Equal(ActivityStatusCode.Error, span.Status));
        Assert.Equal("no paper", executed.StatusDescription);
        Assert.Equal("Failed", run.GetTagItem("durabletask.task.status"));
    }

    private async Task<Activity> ToldAsync(string name, ActivityKind kind)
    {
        var deadline = Engine.Soon;
        while (true)
        {
            if (told.SingleOrDefault(span => span.OperationName == name && span.Kind == kind) is { } found)
            {
                return found;
            }

            await Task.Delay(5, deadline);
        }
    }
}
