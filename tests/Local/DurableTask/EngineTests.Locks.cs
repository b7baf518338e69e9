using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Client.Entities;
using Microsoft.DurableTask.Entities;

namespace ToolboxAI.Tests.Local.DurableTask;

public abstract partial class EngineTests
{
    private static readonly EntityInstanceId Shared = new("account", "shared");

    [Fact]
    public async Task Code_that_takes_another_way_while_it_waits_for_a_lock_fails_and_gives_the_lock_back()
    {
        await using var engine = await StartAsync(tasks => tasks
            .AddEntity<Account>()
            .AddOrchestratorFunc("Changes", async context =>
            {
                if (!context.IsReplaying)
                {
                    await context.Entities.LockEntitiesAsync(Shared);
                }
            })
            .AddOrchestratorFunc<int>("Uses", context => context.Entities.CallEntityAsync<int>(Shared, "get")));

        var changed = await engine.RunAsync("Changes");

        Assert.Equal(OrchestrationRuntimeStatus.Failed, changed.RuntimeStatus);
        Assert.Contains("Non-Deterministic workflow detected", changed.FailureDetails!.ErrorMessage);
        Assert.Equal(0, (await engine.RunAsync("Uses")).ReadOutputAs<int>());
    }

    [Fact]
    public async Task A_lock_that_a_terminated_orchestration_has_asked_for_goes_to_the_next()
    {
        await using var engine = await StartAsync(HoldsUntilToldToGo);
        var first = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Holds");
        await engine.UntilStatusIsAsync(first, "locked");
        var second = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Holds");
        await engine.Client.WaitForInstanceStartAsync(second, Engine.Soon);
        var third = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Holds");
        await engine.Client.WaitForInstanceStartAsync(third, Engine.Soon);

        await engine.Client.TerminateInstanceAsync(second, Engine.Soon);
        await engine.EndOfAsync(second);
        await engine.Client.RaiseEventAsync(first, "go", 1, Engine.Soon);

        await engine.UntilStatusIsAsync(third, "locked");
    }

    [Fact]
    public async Task A_locked_entity_is_not_purged()
    {
        await using var engine = await StartAsync(HoldsUntilToldToGo);
        var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Holds");
        await engine.UntilStatusIsAsync(id, "locked");

        Assert.Equal(0, (await engine.Client.PurgeInstanceAsync(Shared.ToString())).PurgedInstanceCount);
        await engine.Client.RaiseEventAsync(id, "go", 1, Engine.Soon);
        await engine.EndOfAsync(id);
        var deadline = Engine.Soon;
        while ((await engine.Client.PurgeInstanceAsync(Shared.ToString(), deadline)).PurgedInstanceCount == 0)
        {
            await Task.Delay(5, deadline);   // the release is a message of the last step
        }
    }

    [Fact]
    public async Task A_critical_section_offers_only_what_is_not_being_called()
    {
        await using var engine = await StartAsync(tasks => tasks
            .AddEntity<Account>()
            .AddOrchestratorFunc<string>("Counts", async context =>
            {
                var other = new EntityInstanceId("account", "other");
                await using var section = await context.Entities.LockEntitiesAsync(Shared, other);
                var calls = new List<Task> { context.Entities.CallEntityAsync<int>(Shared, "get") };
                var during = Locked(context);
                calls.Add(context.Entities.CallEntityAsync<int>(other, "get"));
                var both = Locked(context);
                await Task.WhenAll(calls);
                return $"{during} {both} {Locked(context)}";
            }));

        Assert.Equal("1 0 2", (await engine.RunAsync("Counts")).ReadOutputAs<string>());

        static int Locked(TaskOrchestrationContext context) =>
            context.Entities.InCriticalSection(out var ids) ? ids!.Count : throw new InvalidOperationException("Not in a critical section.");
    }

    [Fact]
    public async Task The_operations_of_a_batch_are_run_by_one_object()
    {
        await using var engine = await StartAsync(tasks => tasks.AddEntity("tally", _ => new Batched()));
        var id = new EntityInstanceId("tally", "t");

        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => engine.Client.Entities.SignalEntityAsync(id, string.Empty)));

        var deadline = Engine.Soon;
        List<int> seen;
        while ((seen = (await engine.Client.Entities.GetEntityAsync<List<int>>(id))?.State ?? []).Count < 50)
        {
            await Task.Delay(5, deadline);
        }

        // Each object counts from one: within a batch the numbers follow each other.
        Assert.Equal(1, seen[0]);
        Assert.All(seen.Zip(seen.Skip(1)), pair => Assert.True(pair.Second == 1 || pair.Second == pair.First + 1, $"{pair}"));
        Assert.Contains(seen, number => number > 1);
    }

    [Theory]
    [InlineData("Account", 3)]
    [InlineData("@ACCOUNT@", 3)]
    [InlineData("Account@x", 2)]
    [InlineData("account@X", 0)]
    public async Task A_query_looks_for_an_entity_s_name_in_lower_case_and_for_its_key_as_it_stands(string prefix, int expected)
    {
        await using var engine = await StartAsync(tasks => tasks.AddEntity<Account>().AddOrchestratorFunc<string>(
            "Deposit", (context, key) => context.Entities.CallEntityAsync(new EntityInstanceId("account", key), "deposit", 2)));
        foreach (var key in (string[])["x1", "x2", "y"])
        {
            await engine.RunAsync("Deposit", key);
        }

        Assert.Equal(expected, engine.Client.Entities.GetAllEntitiesAsync(new EntityQuery { InstanceIdStartsWith = prefix }).ToBlockingEnumerable().Count());
    }

    [Fact]
    public async Task The_id_that_nobody_made_is_refused()
    {
        await using var engine = await StartAsync(tasks => tasks.AddOrchestratorFunc(
            "Signals", context => context.Entities.SignalEntityAsync(default, "get")));

        await Assert.ThrowsAsync<ArgumentNullException>(() => engine.Client.Entities.SignalEntityAsync(default, "get"));
        await Assert.ThrowsAsync<ArgumentNullException>(() => engine.Client.Entities.GetEntityAsync(default));
        Assert.True((await engine.RunAsync("Signals")).FailureDetails!.IsCausedBy<ArgumentNullException>());
    }

    private sealed class Batched : ITaskEntity
    {
        private int operations;

        public ValueTask<object?> RunAsync(TaskEntityOperation operation)
        {
            var seen = (List<int>?)operation.State.GetState(typeof(List<int>)) ?? [];
            operation.State.SetState(seen.Append(++operations).ToList());
            return default;
        }
    }

    private static void HoldsUntilToldToGo(DurableTaskRegistry tasks) => tasks
        .AddEntity<Account>()
        .AddOrchestratorFunc("Holds", async context =>
        {
            await using var section = await context.Entities.LockEntitiesAsync(Shared);
            context.SetCustomStatus("locked");
            await context.WaitForExternalEvent<object>("go");
        });
}
