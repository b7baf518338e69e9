using Npgsql;
using ToolboxAI.Tests.Benchmarks.Bus;
using ToolboxAI.Tests.Benchmarks.Durable;
using ToolboxAI.Tests.Benchmarks.Http;
using ToolboxAI.Tests.Support;
using static ToolboxAI.Tests.Benchmarks.Guards.Counting;

namespace ToolboxAI.Tests.Benchmarks.Guards;

/// <summary>
/// Regressions of speed, found by counting work (statements, commits, bytes) and not by time: the same on a slow and a busy machine.
/// The bounds lie a little above what is measured; who makes them tighter lowers them, who needs more says why.
/// </summary>
[Collection(nameof(Counting))]      // statements are counted for the whole process
public sealed class CountedWorkTests
{
    [Fact]
    public async Task A_workflow_of_three_steps_costs_few_commits_and_statements()
    {
        const int Workflows = 300;
        await using var run = await DurableRun.StartAsync();
        await Chains(50);
        var before = await Written(run.ConnectionString);
        var statements = await Statements(() => Chains(Workflows));
        var commits = await Written(run.ConnectionString) - before;
        Bound("writing commits per workflow", commits / (double)Workflows, 0.3);
        Bound("statements per workflow", statements / (double)Workflows, 0.5);

        Task Chains(int count) => Parallel.ForEachAsync(
            Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (_, _) => await run.RunAsync("Chain", 3));
    }

    [Fact]
    public async Task An_idle_hub_hardly_asks_its_database()
    {
        await using var run = await DurableRun.StartAsync();
        await Parallel.ForEachAsync(Enumerable.Range(0, 100), async (_, ct) =>
            await run.Client.WaitForInstanceStartAsync(await run.Client.ScheduleNewOrchestrationInstanceAsync("Idle", 24, ct), ct));
        var statements = await Statements(() => Task.Delay(TimeSpan.FromSeconds(5)));
        Bound("statements in five seconds with 100 timers", statements, 45);
    }

    [Fact]
    public async Task What_another_worker_left_is_read_and_led_on_in_few_statements()
    {
        const int Instances = 300;
        var ct = TestContext.Current.CancellationToken;
        await using var database = await TestDatabase.CreateAsync();
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        await using (var first = await DurableRun.StartAsync(database.ConnectionString))
        {
            await Parallel.ForEachAsync(Enumerable.Range(0, Instances), ct, async (_, stop) =>
                await first.Client.WaitForInstanceStartAsync(await first.Client.ScheduleNewOrchestrationInstanceAsync("Idle", 24, stop), stop));
        }

        await using (var due = source.CreateCommand("UPDATE durable.inbox SET due_at = installation.now()"))
        {
            await due.ExecuteNonQueryAsync(ct);
        }

        var statements = await Statements(async () =>
        {
            await using var next = await DurableRun.StartAsync(database.ConnectionString);
            await using var ended = source.CreateCommand("SELECT count(*) FROM durable.instances WHERE status = 1");
            while ((long)(await ended.ExecuteScalarAsync(ct))! < Instances)
            {
                await Task.Delay(250, ct);
            }
        });
        Bound("statements per instance that was left", statements / (double)Instances, 0.8);
    }

    [Fact]
    public async Task A_message_costs_one_commit_to_send_one_to_receive_and_one_to_settle()
    {
        const int Messages = 100;
        await using var run = await BusRun.StartAsync();
        await run.Fill("one", 1);
        await run.Drain("one", 1);
        await using var sender = run.Client.CreateSender("one");
        await using var receiver = run.Client.CreateReceiver("one");
        var before = await Written(run.ConnectionString);
        var statements = await Statements(async () =>
        {
            for (var message = 0; message < Messages; message++)
            {
                await sender.SendMessageAsync(new("x"));
                await receiver.CompleteMessageAsync((await receiver.ReceiveMessageAsync(TimeSpan.FromSeconds(30)))!);
            }
        });
        Bound("writing commits per message", (await Written(run.ConnectionString) - before) / (double)Messages, 3.2);
        Bound("statements per message", statements / (double)Messages, 4);
    }

    [Fact]
    public async Task A_message_for_a_waiting_receiver_costs_one_commit_to_send_and_receive_and_one_to_settle()
    {
        const int Messages = 50;
        await using var run = await BusRun.StartAsync();
        await run.Fill("awaited", 1);
        await run.Drain("awaited", 1);
        await using var sender = run.Client.CreateSender("awaited");
        await using var receiver = run.Client.CreateReceiver("awaited");
        var before = await Written(run.ConnectionString);
        for (var message = 0; message < Messages; message++)
        {
            var waiting = receiver.ReceiveMessageAsync(TimeSpan.FromSeconds(30));
            await Task.Delay(50);
            await sender.SendMessageAsync(new("x"));
            await receiver.CompleteMessageAsync((await waiting)!);
        }

        Bound("writing commits per message", (await Written(run.ConnectionString) - before) / (double)Messages, 2.5);
    }

    [Fact]
    public async Task Messages_that_many_send_and_settle_at_once_share_commits()
    {
        const int Messages = 320;
        await using var run = await BusRun.StartAsync();
        await run.Fill("shared", 1);
        await using var sender = run.Client.CreateSender("shared");
        await using var receiver = run.Client.CreateReceiver("shared");
        var before = await Written(run.ConnectionString);
        await Task.WhenAll(Enumerable.Range(0, Messages).Select(_ => sender.SendMessageAsync(new("x"))));
        Bound("writing commits per message sent", (await Written(run.ConnectionString) - before) / (double)Messages, 0.1);
        var received = await receiver.ReceiveMessagesAsync(Messages, TimeSpan.FromSeconds(30));
        before = await Written(run.ConnectionString);
        await Task.WhenAll(received.Select(message => receiver.CompleteMessageAsync(message)));
        Bound("writing commits per message settled", (await Written(run.ConnectionString) - before) / (double)received.Count, 0.1);
    }

    [Fact]
    public async Task A_hundred_messages_are_sent_in_one_commit()
    {
        await using var run = await BusRun.StartAsync();
        await run.Fill("many", 100);
        var before = await Written(run.ConnectionString);
        var statements = await Statements(() => run.Fill("many", 1_000));
        Bound("writing commits for ten hundreds", await Written(run.ConnectionString) - before, 12);
        Bound("statements for ten hundreds", statements, 14);
    }

    [Fact]
    public async Task A_request_to_a_function_allocates_little_and_always_the_same()
    {
        using var host = await Servers.OfFunctions();
        using var client = new RawClient(Servers.AddressOf(host), Servers.Path);
        await PerRequest(2_000);
        var (early, late) = (await PerRequest(2_000), await PerRequest(2_000));
        Bound("bytes per request", late, 7_000);
        Bound("late requests' bytes by early ones'", late / early, 1.2);
        await host.StopAsync(TestContext.Current.CancellationToken);

        async Task<double> PerRequest(int count)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            for (var request = 0; request < count; request++)
            {
                Assert.Equal(200, await client.Get());
            }

            return (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)count;
        }
    }
}
