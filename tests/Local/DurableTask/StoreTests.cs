using Microsoft.DurableTask.Client;
using ToolboxAI.Local.DurableTask.Engine;
using ToolboxAI.Local.DurableTask.Stores;
using ToolboxAI.Local.Installation;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Local.DurableTask;

/// <summary>What a hub's store promises about leases and about work that is set aside; both stores run it.</summary>
public abstract class StoreTests : IAsyncLifetime
{
    private IHubStore store = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => store = await OpenAsync();

    public abstract ValueTask DisposeAsync();

    [Fact]
    public async Task Leased_work_is_leased_again_when_its_worker_leaves()
    {
        var (first, second) = (await store.JoinAsync(Stop), await store.JoinAsync(Stop));
        await StartAsync("one");
        Assert.Single((await store.FetchAsync(first, 10, 10, null, Stop)).Instances);
        Assert.True((await store.FetchAsync(second, 10, 10, null, Stop)).IsEmpty);

        await store.LeaveAsync(first, Stop);

        Assert.Equal("one", Assert.Single((await store.FetchAsync(second, 10, 10, null, Stop)).Instances).Instance.Id);
    }

    [Fact]
    public async Task A_step_on_an_older_sequence_is_refused_and_changes_nothing()
    {
        var worker = await store.JoinAsync(Stop);
        await StartAsync("one");
        var leased = Assert.Single((await store.FetchAsync(worker, 10, 10, null, Stop)).Instances);
        var step = Step(leased, new NewActivity(0, "Mail", null, null));

        Assert.True((await store.CommitAsync(worker, [step], Stop))[0]);
        Assert.False((await store.CommitAsync(worker, [step], Stop))[0]);

        Assert.Single((await store.FetchAsync(worker, 10, 10, null, Stop)).Activities);
    }

    [Fact]
    public async Task An_activity_that_was_set_aside_is_listed_with_its_reason_and_leased_again_after_its_release()
    {
        var worker = await store.JoinAsync(Stop);
        await StartAsync("one");
        var leased = Assert.Single((await store.FetchAsync(worker, 10, 10, null, Stop)).Instances);
        await store.CommitAsync(worker, [Step(leased, new NewActivity(0, "Mail", null, "\"x\""))], Stop);
        var activity = Assert.Single((await store.FetchAsync(worker, 10, 10, null, Stop)).Activities);

        await store.SetActivityAsideAsync(worker, activity.Id, "its paper is full of holes", Stop);

        Assert.True((await store.FetchAsync(worker, 10, 10, null, Stop)).IsEmpty);
        Assert.Equal(new SetAsideWork("one", "Mail", "its paper is full of holes", 1), Assert.Single(await store.ListSetAsideAsync(Stop)));
        Assert.Equal(0, await store.ReleaseSetAsideAsync("two", Stop));
        Assert.Equal(1, await store.ReleaseSetAsideAsync("one", Stop));
        var again = Assert.Single((await store.FetchAsync(worker, 10, 10, null, Stop)).Activities);
        Assert.Equal((activity.Id, "\"x\"", 1), (again.Id, again.Call.Input, again.Attempts));
        Assert.Empty(await store.ListSetAsideAsync(Stop));
    }

    [Fact]
    public async Task An_instance_that_was_set_aside_keeps_its_messages_until_its_release()
    {
        var worker = await store.JoinAsync(Stop);
        await StartAsync("one");
        var leased = Assert.Single((await store.FetchAsync(worker, 10, 10, null, Stop)).Instances);

        await store.SetInstanceAsideAsync(worker, leased.Instance.Key, "poison", Stop);
        Assert.True(await store.SendAsync(new NewMessage("one", new EventRaised("late", null)), Stop));

        Assert.True((await store.FetchAsync(worker, 10, 10, null, Stop)).IsEmpty);
        Assert.Equal(new SetAsideWork("one", null, "poison", 1), Assert.Single(await store.ListSetAsideAsync(Stop)));
        Assert.Equal(1, await store.ReleaseSetAsideAsync("one", Stop));
        Assert.Equal(2, Assert.Single((await store.FetchAsync(worker, 10, 10, null, Stop)).Instances).Messages.Count);
    }

    private protected abstract Task<IHubStore> OpenAsync();

    private async Task StartAsync(string id) => Assert.True(await store.StartAsync(
        new NewInstance(id, new ExecutionStarted { Name = "Any", ExecutionId = "1" }), Stop));

    private static StepCommit Step(LeasedInstance leased, NewActivity call) =>
        new(leased.Instance.Key, leased.Instance.Sequence, [.. leased.Messages.Select(message => message.Id)])
        {
            InstanceId = leased.Instance.Id,
            After = leased.Instance with { Status = OrchestrationRuntimeStatus.Running, Sequence = leased.Instance.Sequence + 1 },
            Activities = [call],
        };
}

public sealed class MemoryStoreTests : StoreTests
{
    public override ValueTask DisposeAsync() => default;

    private protected override Task<IHubStore> OpenAsync() => Task.FromResult<IHubStore>(new MemoryStore(TimeProvider.System));
}

public sealed class PostgresStoreTests : StoreTests
{
    private TestDatabase database = null!;

    public override ValueTask DisposeAsync() => database.DisposeAsync();

    private protected override async Task<IHubStore> OpenAsync()
    {
        database = await TestDatabase.CreateAsync();
        var session = await InstallationSession.ForAsync(database.ConnectionString);
        return await PostgresStore.ConnectAsync(database.ConnectionString, session, "tests");
    }
}
