using System.Text.Json;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace ToolboxAI.Tests.Local.DurableTask;

public abstract partial class EngineTests
{
    [Fact]
    public async Task A_replay_safe_logger_writes_each_line_once()
    {
        await using var engine = await StartAsync(tasks => tasks
            .AddActivityFunc<int>("Nothing", _ => 0)
            .AddOrchestratorFunc("Tells", async context =>
            {
                var log = context.CreateReplaySafeLogger("test");
                log.LogInformation("begun {Replaying}", context.IsReplaying);
                await context.CallActivityAsync("Nothing");
                log.LogInformation("half");
                await context.CallActivityAsync("Nothing");
                context.ReplaySafeLoggerFactory.CreateLogger("test").LogInformation("done");
            }));

        await engine.RunAsync("Tells");

        Assert.Equal(["begun False", "half", "done"], engine.Logged);
    }

    [Fact]
    public async Task Code_that_asks_whether_it_replays_sees_its_replays()
    {
        await using var engine = await StartAsync(tasks => tasks.AddOrchestratorFunc<List<bool>>("Asks", async context =>
        {
            var seen = new List<bool> { context.IsReplaying };
            await context.CreateTimer(TimeSpan.Zero, CancellationToken.None);
            seen.Add(context.IsReplaying);
            await context.CreateTimer(TimeSpan.Zero, CancellationToken.None);
            return [.. seen, context.IsReplaying];
        }));

        Assert.Equal([true, true, false], (await engine.RunAsync("Asks")).ReadOutputAs<List<bool>>()!);
    }

    [Fact]
    public async Task A_list_can_be_read_page_by_page_in_an_orchestrator()
    {
        await using var engine = await StartAsync(tasks => tasks
            .AddActivityFunc<string?, Page<int>>("Read", (_, token) => token is null ? new Page<int>([1, 2], "more") : new Page<int>([3]))
            .AddOrchestratorFunc<int>("Sums", async context =>
            {
                var sum = 0;
                await foreach (var number in Pageable.Create((token, _) => context.CallActivityAsync<Page<int>>("Read", token)))
                {
                    sum += number;
                }

                return sum;
            }));

        Assert.Equal(6, (await engine.RunAsync("Sums")).ReadOutputAs<int>());
    }

    [Fact]
    public async Task Inputs_and_outputs_may_be_typed_untyped_or_absent()
    {
        await using var engine = await StartAsync(tasks => tasks
            .AddActivityFunc<JsonElement, int>("Measure", (_, any) => any.GetRawText().Length)
            .AddActivityFunc<int, string>("Number", (_, number) => $"{number}")
            .AddActivityFunc("Nothing", _ => { })
            .AddOrchestratorFunc<object?, object?>("Mixed", async (context, _) =>
            {
                var raw = context.GetInput<JsonElement>();
                var point = context.GetInput<Point>()!;
                var size = await context.CallActivityAsync<int>("Measure", raw);
                var absent = await context.CallActivityAsync<string>("Number");
                await context.CallActivityAsync("Number", point.Left);
                var nothing = await context.CallActivityAsync<Point?>("Nothing");
                return new { size, absent, point.Top, nothing };
            }));

        var end = await engine.RunAsync("Mixed", new Point(3, 4));

        Assert.Equal("""{"size":18,"absent":"0","Top":4,"nothing":null}""", end.SerializedOutput);
        Assert.Equal(new Point(3, 4), end.ReadInputAs<Point>());
        Assert.Equal(18, end.ReadOutputAs<Dictionary<string, object>>()!["size"] is JsonElement size ? size.GetInt32() : 0);
    }

    [Fact]
    public async Task Tags_are_seen_on_the_instance_and_in_queries()
    {
        await using var engine = await StartAsync(tasks => tasks.AddOrchestratorFunc<int>("One", _ => 1));
        var start = new StartOrchestrationOptions("tagged") { Tags = new Dictionary<string, string> { ["school"] = "north" } };

        await engine.Client.ScheduleNewOrchestrationInstanceAsync("One", start, Engine.Soon);
        await engine.EndOfAsync("tagged");

        await foreach (var found in engine.Client.GetAllInstancesAsync(new OrchestrationQuery(InstanceIdPrefix: "tag")))
        {
            Assert.Equal(KeyValuePair.Create("school", "north"), Assert.Single(found.Tags));
            Assert.Null(found.SerializedOutput);   // not asked for
        }
    }

    private sealed record Point(int Left, int Top);
}
