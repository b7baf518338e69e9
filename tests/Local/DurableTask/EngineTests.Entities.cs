using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Client.Entities;
using Microsoft.DurableTask.Entities;

namespace ToolboxAI.Tests.Local.DurableTask;

public abstract partial class EngineTests
{
    [Fact]
    public async Task An_entity_keeps_state_over_calls_and_signals()
    {
        await using var engine = await StartAsync(tasks => tasks
            .AddEntity<Account>()
            .AddOrchestratorFunc<int>("Use", async context =>
            {
                var id = new EntityInstanceId("account", "a");
                await context.Entities.SignalEntityAsync(id, "Deposit", 5);
                await context.Entities.CallEntityAsync(id, "deposit", 7);
                return await context.Entities.CallEntityAsync<int>(id, "get");
            }));

        Assert.Equal(12, (await engine.RunAsync("Use")).ReadOutputAs<int>());
        var entity = await engine.Client.Entities.GetEntityAsync<int>(new EntityInstanceId("Account", "a"));
        Assert.Equal(12, entity!.State);
        Assert.Equal(0, entity.BacklogQueueSize);
        Assert.Null(await engine.Client.Entities.GetEntityAsync(new EntityInstanceId("Account", "none")));
    }

    [Fact]
    public async Task A_failed_operation_leaves_the_state_as_it_was()
    {
        await using var engine = await StartAsync(tasks => tasks
            .AddEntity<Account>()
            .AddOrchestratorFunc<string>("Use", async context =>
            {
                var id = new EntityInstanceId("account", "a");
                await context.Entities.CallEntityAsync(id, "deposit", 3);
                try
                {
                    await context.Entities.CallEntityAsync(id, "withdraw", 5);
                    return "none";
                }
                catch (EntityOperationFailedException e)
                {
                    return $"{e.OperationName} {e.EntityId} {e.FailureDetails.IsCausedBy<InvalidOperationException>()} "
                        + await context.Entities.CallEntityAsync<int>(id, "get");
                }
            }));

        Assert.Equal("withdraw @account@a True 3", (await engine.RunAsync("Use")).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Locks_make_transfers_atomic()
    {
        await using var engine = await StartAsync(tasks => tasks
            .AddEntity<Account>()
            .AddOrchestratorFunc<string>("Transfer", async (context, direction) =>
            {
                var (from, to) = (new EntityInstanceId("account", $"{direction[0]}"), new EntityInstanceId("account", $"{direction[1]}"));
                await using (await context.Entities.LockEntitiesAsync(from, to))
                {
                    Assert.True(context.Entities.InCriticalSection(out var locked));
                    Assert.Equal(2, locked!.Count);
                    var has = await context.Entities.CallEntityAsync<int>(from, "get");
                    if (has > 0)
                    {
                        await context.Entities.CallEntityAsync(from, "withdraw", 1);
                        await context.Entities.CallEntityAsync(to, "deposit", 1);
                    }
                }

                Assert.False(context.Entities.InCriticalSection());
            }));
        var (a, b) = (new EntityInstanceId("account", "a"), new EntityInstanceId("account", "b"));
        await engine.Client.Entities.SignalEntityAsync(a, "deposit", 10);
        await engine.Client.Entities.SignalEntityAsync(b, "deposit", 10);

        var transfers = Enumerable.Range(0, 12).Select(n => engine.RunAsync("Transfer", n % 2 == 0 ? "ab" : "ba"));
        var ends = await Task.WhenAll(transfers);

        Assert.All(ends, end => Assert.Equal(OrchestrationRuntimeStatus.Completed, end.RuntimeStatus));
        Assert.Equal(10, (await engine.Client.Entities.GetEntityAsync<int>(a))!.State);
        var deadline = Engine.Soon;
        while ((await engine.Client.Entities.GetEntityAsync<int>(b))!.LockedBy is not null)
        {
            await Task.Delay(5, deadline);   // the release is a message of the last transfer's last step
        }
    }

    [Fact]
    public async Task A_lock_is_released_when_its_orchestration_fails()
    {
        await using var engine = await StartAsync(tasks => tasks
            .AddEntity<Account>()
            .AddOrchestratorFunc("Fails", async context =>
            {
                await context.Entities.LockEntitiesAsync(new EntityInstanceId("account", "a"));
                throw new InvalidOperationException("oops");
            })
            .AddOrchestratorFunc<int>("Uses", context => context.Entities.CallEntityAsync<int>(new EntityInstanceId("account", "a"), "get")));

        Assert.Equal(OrchestrationRuntimeStatus.Failed, (await engine.RunAsync("Fails")).RuntimeStatus);
        Assert.Equal(0, (await engine.RunAsync("Uses")).ReadOutputAs<int>());
    }

    [Fact]
    public async Task A_terminated_orchestration_gives_its_locks_back()
    {
        await using var engine = await StartAsync(tasks => tasks
            .AddEntity<Account>()
            .AddOrchestratorFunc("Holds", async context =>
            {
                await using var section = await context.Entities.LockEntitiesAsync(new EntityInstanceId("account", "a"));
                context.SetCustomStatus("locked");
                await context.WaitForExternalEvent<object>("never");
            })
            .AddOrchestratorFunc<int>("Uses", context => context.Entities.CallEntityAsync<int>(new EntityInstanceId("account", "a"), "get")));
        var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Holds");
        await engine.UntilStatusIsAsync(id, "locked");
        await engine.Client.TerminateInstanceAsync(id, Engine.Soon);

        Assert.Equal(0, (await engine.RunAsync("Uses")).ReadOutputAs<int>());
        Assert.Equal(0, (await engine.Client.Entities.CleanEntityStorageAsync()).OrphanedLocksReleased);
    }

    [Fact]
    public async Task Deleted_entities_are_gone_and_a_delayed_signal_waits_for_its_time()
    {
        await using var engine = await StartAsync(tasks => tasks.AddEntity<Account>().AddOrchestratorFunc(
            "Delete", context => context.Entities.CallEntityAsync(new EntityInstanceId("account", "a"), "delete")));
        var a = new EntityInstanceId("account", "a");
        await engine.Client.Entities.SignalEntityAsync(a, "deposit", 1);
        await engine.RunAsync("Delete");
        Assert.Null(await engine.Client.Entities.GetEntityAsync(a));

        await engine.Client.Entities.SignalEntityAsync(a, "deposit", 4, new SignalEntityOptions { SignalTime = DateTimeOffset.UtcNow.AddHours(1) });
        await Task.Delay(100);
        Assert.Null(await engine.Client.Entities.GetEntityAsync(a));
        await engine.AdvanceAsync(TimeSpan.FromHours(2));

        var deadline = Engine.Soon;
        EntityMetadata<int>? entity;
        while ((entity = await engine.Client.Entities.GetEntityAsync<int>(a)) is null)
        {
            await Task.Delay(10, deadline);
        }

        Assert.Equal(4, entity.State);
    }

    [Fact]
    public async Task Entities_can_be_listed()
    {
        await using var engine = await StartAsync(tasks => tasks.AddEntity<Account>().AddOrchestratorFunc<string>(
            "Deposit", (context, key) => context.Entities.CallEntityAsync(new EntityInstanceId("account", key), "deposit", 2)));
        foreach (var key in (string[])["x", "y", "z"])
        {
            await engine.RunAsync("Deposit", key);
        }

        var found = new List<string>();
        await foreach (var entity in engine.Client.Entities.GetAllEntitiesAsync<int>(new EntityQuery { InstanceIdStartsWith = "@account@", PageSize = 2 }))
        {
            found.Add($"{entity.Id.Key}{entity.State}");
        }

        Assert.Equal(["x2", "y2", "z2"], found);
    }

    public sealed class Account : TaskEntity<int>
    {
        public void Deposit(int amount) => State += amount;

        public void Withdraw(int amount) => State = State >= amount ? State - amount : throw new InvalidOperationException("not enough");

        public int Get() => State;
    }
}
