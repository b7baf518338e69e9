using Microsoft.DurableTask;
using ToolboxAI.Local.DurableTask;

namespace ToolboxAI.Tests.Local.DurableTask;

/// <summary>Work whose worker dies each time.</summary>
public sealed class SetAsideTests
{
    [Fact]
    public async Task An_activity_that_kills_its_worker_is_set_aside_and_can_be_released()
    {
        var hub = new InMemoryHub();
        var client = hub.CreateClient();
        var tasks = new DurableTaskRegistry()
            .AddActivityFunc<int>("Deadly", _ => 7)
            .AddOrchestratorFunc<int>("Calls", context => context.CallActivityAsync<int>("Deadly"));
        await client.ScheduleNewOrchestrationInstanceAsync("Calls", new StartOrchestrationOptions("one"));
        var worker = hub.CreateWorker(tasks);
        await worker.ExecuteAsync(hub.Ready().Single());
        for (var i = 0; i < 10; i++)
        {
            Assert.False(await worker.ExecuteAsync(hub.Ready().Single(), CrashPoint.BeforeCommit));
        }

        Assert.False(await worker.ExecuteAsync(hub.Ready().Single()));

        Assert.Empty(hub.Ready());
        var aside = Assert.Single(await client.ListSetAsideWorkAsync());
        Assert.Equal(("one", "Deadly"), (aside.InstanceId, aside.Activity));
        Assert.Equal(1, await client.ReleaseSetAsideWorkAsync("one"));
        while (hub.Ready() is [var item, ..])
        {
            Assert.True(await worker.ExecuteAsync(item));
        }

        Assert.Equal(7, (await client.GetInstanceAsync("one", true))!.ReadOutputAs<int>());
    }
}
