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
        Assert.Single((await FetchAsync(first)).Instances);
        Assert.True(IsEmpty(await FetchAsync(second)));

        await store.LeaveAsync(first, Stop);

        Assert.Equal("one", Assert.Single((await FetchAsync(second)).Instances).Instance.Id);
    }

    [Fact]
    public async Task A_step_on_an_older_sequence_is_refused_and_changes_nothing()
    {
        var worker = await store.JoinAsync(Stop);
        await StartAsync("one");
        var leased = Assert.Single((await FetchAsync(worker)).Instances);
        var step = Step(leased, new NewActivity(0, "Mail", null, null));

        Assert.True((await CommitAsync(worker, step)).Accepted);
        Assert.False((await CommitAsync(worker, step)).Accepted);

        Assert.Single((await FetchAsync(worker)).Activities);
    }

    [Fact]
    public async Task An_activity_that_was_set_aside_is_listed_with_its_reason_and_leased_again_after_its_release()
    {
        var worker = await store.JoinAsync(Stop);
        await StartAsync("one");
        var leased = Assert.Single((await FetchAsync(worker)).Instances);
        await CommitAsync(worker, Step(leased, new NewActivity(0, "Mail", null, "\"x\"")));
        var activity = Assert.Single((await FetchAsync(worker)).Activities);

        await store.SetActivityAsideAsync(worker, activity.Id, "its paper is full of holes", Stop);

        Assert.True(IsEmpty(await FetchAsync(worker)));
        Assert.Equal(new SetAsideWork("one", "Mail", "its paper is full of holes", 1), Assert.Single(await store.ListSetAsideAsync(Stop)));
        Assert.Equal(0, await store.ReleaseSetAsideAsync("two", Stop));
        Assert.Equal(1, await store.ReleaseSetAsideAsync("one", Stop));
        var again = Assert.Single((await FetchAsync(worker)).Activities);
        Assert.Equal((activity.Id, "\"x\"", 1), (again.Id, again.Call.Input, again.Attempts));
        Assert.Empty(await store.ListSetAsideAsync(Stop));
    }

    [Fact]
    public async Task An_instance_that_was_set_aside_keeps_its_messages_until_its_release()
    {
        var worker = await store.JoinAsync(Stop);
        await StartAsync("one");
        var leased = Assert.Single((await FetchAsync(worker)).Instances);

        await store.SetInstanceAsideAsync(worker, leased.Instance.Key, "poison", Stop);
        Assert.True(await store.SendAsync(new NewMessage("one", new EventRaised("late", null)), Stop));

        Assert.True(IsEmpty(await FetchAsync(worker)));
        Assert.Equal(new SetAsideWork("one", null, "poison", 1), Assert.Single(await store.ListSetAsideAsync(Stop)));
        Assert.Equal(1, await store.ReleaseSetAsideAsync("one", Stop));
        Assert.Equal(2, Assert.Single((await FetchAsync(worker)).Instances).Messages.Count);
    }

    [Fact]
    public async Task A_start_its_lease_and_what_a_step_starts_share_transactions()
    {
        var worker = await store.JoinAsync(Stop);
        var start = new StartCommit(new NewInstance("one", new ExecutionStarted { Name = "Any", ExecutionId = "1" }));

        var first = await store.CommitAsync(worker, [start, start], new FetchRequest(10, 10, null), Stop);
        Assert.Equal([true, false], first.Results.Select(result => result.Accepted));
        var leased = Assert.Single(first.Work.Instances);

        var second = await store.CommitAsync(
            worker, [Step(leased, new NewActivity(0, "Mail", "2", "\"x\"") { IsLeased = true })], new FetchRequest(10, 10, null), Stop);
        var activity = Assert.Single(Assert.Single(second.Results).Activities);
        Assert.Equal(("one", "Mail", "2", "\"x\"", 1), (activity.Call.InstanceId, activity.Call.Name, activity.Call.Version, activity.Call.Input, activity.Attempts));
        Assert.True(IsEmpty(second.Work));
    }

    [Fact]
    public async Task An_activity_that_was_leased_with_its_step_is_leased_again_when_its_worker_leaves()
    {
        var (first, second) = (await store.JoinAsync(Stop), await store.JoinAsync(Stop));
        var (_, activity) = await LeasedActivityAsync(first);
        Assert.True(IsEmpty(await FetchAsync(second)));

        await store.LeaveAsync(first, Stop);

        Assert.Equal(activity.Id, Assert.Single((await FetchAsync(second)).Activities).Id);
    }

    [Fact]
    public async Task A_step_takes_in_an_outcome_and_its_activity_is_gone_with_it()
    {
        var worker = await store.JoinAsync(Stop);
        var (after, activity) = await LeasedActivityAsync(worker);

        Assert.True((await CommitAsync(worker, Next(after) with { Done = [activity.Id] })).Accepted);

        Assert.False((await CommitAsync(worker, new ActivityCommit(activity.Id, after.Key, new TaskCompleted(null) { TaskId = 0 }))).Accepted);
        await store.LeaveAsync(worker, Stop);
        Assert.True(IsEmpty(await FetchAsync(await store.JoinAsync(Stop))));
    }

    [Fact]
    public async Task A_step_that_takes_in_the_outcome_of_somebody_else_s_activity_is_refused_and_changes_nothing()
    {
        var (first, second) = (await store.JoinAsync(Stop), await store.JoinAsync(Stop));
        var (after, activity) = await LeasedActivityAsync(first);
        await store.LeaveAsync(first, Stop);
        Assert.Single((await FetchAsync(second)).Activities);

        Assert.False((await CommitAsync(first, Next(after) with { Done = [activity.Id] })).Accepted);

        Assert.Equal(after.Sequence, (await store.FindAsync("one", Stop))!.Sequence);
        Assert.True((await CommitAsync(second, new ActivityCommit(activity.Id, after.Key, new TaskCompleted(null) { TaskId = 0 }))).Accepted);
    }

    [Fact]
    public async Task A_step_with_a_message_that_another_step_has_taken_is_refused()
    {
        var worker = await store.JoinAsync(Stop);
        await StartAsync("one");
        var leased = Assert.Single((await FetchAsync(worker)).Instances);
        Assert.True((await CommitAsync(worker, Step(leased, new NewActivity(0, "Mail", null, null)))).Accepted);
        var after = (await store.FindAsync("one", Stop))!;

        Assert.False((await CommitAsync(worker, Next(after) with { Consumed = [leased.Messages[0].Id] })).Accepted);
        Assert.True((await CommitAsync(worker, Next(after))).Accepted);
    }

    [Fact]
    public async Task Of_a_group_only_what_is_wanted_is_committed()
    {
        var worker = await store.JoinAsync(Stop);
        await StartAsync("one");
        await StartAsync("two");
        var leased = (await FetchAsync(worker)).Instances;
        var stale = Step(leased[0], new NewActivity(0, "Mail", null, null)) with { Sequence = 7, Messages = [new("two", new EventRaised("lost", null))] };
        var wanted = Step(leased[1], new NewActivity(5, "Call", null, null)) with { Messages = [new("@tally@a", new EntityUnlocked([]) { TaskId = -1 })] };

        var round = await store.CommitAsync(worker, [stale, wanted], new FetchRequest(10, 10, null), Stop);

        Assert.Equal([false, true], round.Results.Select(result => result.Accepted));
        Assert.Equal("Call", Assert.Single(round.Work.Activities).Call.Name);
        Assert.Equal("@tally@a", Assert.Single(round.Work.Instances).Instance.Id);
    }

    private protected abstract Task<IHubStore> OpenAsync();

    private async Task<FetchedWork> FetchAsync(int worker) => (await store.CommitAsync(worker, [], new FetchRequest(10, 10, null), Stop)).Work;

    private async Task<CommitResult> CommitAsync(int worker, WorkCommit commit) => (await store.CommitAsync(worker, [commit], null, Stop)).Results[0];

    private static bool IsEmpty(FetchedWork work) => work.Instances.Count + work.Activities.Count == 0;

    private async Task<(Instance After, LeasedActivity Activity)> LeasedActivityAsync(int worker)
    {
        await StartAsync("one");
        var leased = Assert.Single((await FetchAsync(worker)).Instances);
        var step = await CommitAsync(worker, Step(leased, new NewActivity(0, "Mail", null, null) { IsLeased = true }));
        return ((await store.FindAsync("one", Stop))!, Assert.Single(step.Activities));
    }

    private static StepCommit Next(Instance instance) => new(instance.Key, instance.Sequence, [])
    {
        InstanceId = instance.Id,
        After = instance with { Sequence = instance.Sequence + 1 },
    };

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
