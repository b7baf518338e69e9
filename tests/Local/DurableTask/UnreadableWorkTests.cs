using Microsoft.DurableTask;
using Npgsql;
using ToolboxAI.Local.DurableTask;
using ToolboxAI.Local.DurableTask.Engine;
using ToolboxAI.Local.DurableTask.Stores;
using ToolboxAI.Local.Installation;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Local.DurableTask;

/// <summary>Rows that can't be read: what they belong to is set aside, and nobody else notices.</summary>
public sealed class UnreadableWorkTests : IAsyncLifetime
{
    private TestDatabase database = null!;
    private NpgsqlDataSource source = null!;

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.CreateAsync();
        source = NpgsqlDataSource.Create(database.ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        await source.DisposeAsync();
        await database.DisposeAsync();
    }

    [Theory]
    [InlineData("{", "The stored message can't be read: ")]
    [InlineData("""{"$":"of a newer release"}""", "The stored message can't be read: ")]
    [InlineData("{}", "The stored message can't be read: ")]
    [InlineData("null", "The stored message can't be read: it is null")]
    public async Task A_message_stops_its_instance_only_and_that_goes_on_when_it_is_gone(string body, string reason)
    {
        await using var engine = await StartTwoAsync();
        await ExecuteAsync(
            "UPDATE durable.instances SET attempts = 9 WHERE id = 'one'",
            $"INSERT INTO durable.inbox (hub, instance, due_at, body) SELECT hub, key, '-infinity', '{body}' FROM durable.instances WHERE id = 'one'");

        await EndAsync(engine, "two");
        var aside = await SetAsideAsync(engine);
        Assert.Equal(("one", null, 10), (aside.InstanceId, aside.Activity, aside.Attempts));
        Assert.Contains(reason, aside.Reason);

        await ExecuteAsync($"DELETE FROM durable.inbox WHERE body = '{body}'");
        await engine.Client.ReleaseSetAsideWorkAsync("one", Engine.Soon);
        await EndAsync(engine, "one");
    }

    [Theory]
    [InlineData("tags", "The stored tags can't be read: ")]
    [InlineData("parent", "The stored parent can't be read: ")]
    public async Task An_instance_that_can_t_be_read_is_set_aside(string column, string reason)
    {
        await using var engine = await StartTwoAsync();
        await ExecuteAsync($"UPDATE durable.instances SET attempts = 9, {column} = '[' WHERE id = 'one'");
        await ExecuteAsync("""
            INSERT INTO durable.inbox (hub, instance, due_at, body)
            SELECT hub, key, '-infinity', '{"$":"event","name":"End","input":"1"}' FROM durable.instances WHERE id = 'one'
            """);

        await EndAsync(engine, "two");
        var aside = await SetAsideAsync(engine);
        Assert.Equal(("one", null, 10), (aside.InstanceId, aside.Activity, aside.Attempts));
        Assert.Contains(reason, aside.Reason);
    }

    [Fact]
    public async Task An_activity_that_can_t_be_read_is_tried_again_and_then_set_aside_and_others_run()
    {
        await using var engine = await StartTwoAsync();
        await ExecuteAsync("""
            INSERT INTO durable.activities (hub, instance, instance_id, execution, task, name, tags, attempts)
            SELECT hub, key, id, execution, 7, 'Say', '{', 8 FROM durable.instances WHERE id = 'one'
            """);

        await EndAsync(engine, "two");
        var aside = await SetAsideAsync(engine);
        Assert.Equal(("one", "Say", 10), (aside.InstanceId, aside.Activity, aside.Attempts));
        Assert.Contains("The stored tags can't be read: ", aside.Reason);
        await EndAsync(engine, "one");
    }

    [Fact]
    public async Task A_history_fails_for_its_own_instance_only_though_many_are_read_together()
    {
        await using var engine = await StartTwoAsync();
        var session = await InstallationSession.ForAsync(database.ConnectionString);
        var store = await PostgresStore.ConnectAsync(database.ConnectionString, session, await HubNameAsync());
        var (one, two) = ((await store.FindAsync("one", Engine.Soon))!.Key, (await store.FindAsync("two", Engine.Soon))!.Key);
        await ExecuteAsync($"UPDATE durable.history SET events = '[' WHERE instance = {one}");

        var reads = Enumerable.Range(0, 40).Select(at => store.ReadHistoryAsync(at % 2 == 0 ? one : two, Engine.Soon)).ToList();

        for (var at = 1; at < reads.Count; at += 2)
        {
            Assert.Contains(await reads[at], happened => happened is ExecutionStarted);
        }

        Assert.Contains("The stored history can't be read: ", (await Assert.ThrowsAsync<InvalidDataException>(() => reads[0])).Message);
    }

    /// <summary>Two orchestrations that wait for the event that lets them end.</summary>
    private async Task<Engine> StartTwoAsync()
    {
        var engine = await Engine.OnPostgresAsync(database, tasks => tasks
            .AddActivityFunc<int, int>("Say", (_, number) => number)
            .AddOrchestratorFunc<int>("Waits", async context =>
            {
                context.SetCustomStatus("waits");
                return await context.CallActivityAsync<int>("Say", await context.WaitForExternalEvent<int>("End"));
            }));
        foreach (var id in (string[])["one", "two"])
        {
            await engine.Client.ScheduleNewOrchestrationInstanceAsync("Waits", new StartOrchestrationOptions(id), Engine.Soon);
            await engine.UntilStatusIsAsync(id, "waits");
        }

        return engine;
    }

    private static async Task EndAsync(Engine engine, string id)
    {
        await engine.Client.RaiseEventAsync(id, "End", 7, Engine.Soon);
        Assert.Equal(7, (await engine.Client.WaitForInstanceCompletionAsync(id, true, Engine.Soon)).ReadOutputAs<int>());
    }

    private static async Task<SetAsideWork> SetAsideAsync(Engine engine)
    {
        var deadline = Engine.Soon;
        while (true)
        {
            if (await engine.Client.ListSetAsideWorkAsync(deadline) is [var one])
            {
                return one;
            }

            await Task.Delay(20, deadline);
        }
    }

    private async Task<string> HubNameAsync()
    {
        await using var command = source.CreateCommand("SELECT name FROM durable.hubs");
        return (string)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>In one transaction, so that nobody reads what is half done.</summary>
    private async Task ExecuteAsync(params string[] statements)
    {
        await using var command = source.CreateCommand(string.Join(";", statements));
        await command.ExecuteNonQueryAsync();
    }
}
