using System.Diagnostics;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Entities;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using ToolboxAI.Local.DurableTask;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Local.DurableTask;

/// <summary>
/// Two processes work on one hub and are killed again and again. <c>TOOLBOX_SOAK_SECONDS</c> makes it longer than the test run's ten seconds.
/// </summary>
public sealed class KilledWorkerTests(ITestOutputHelper output)
{
    private const int Instances = 100;
    private const int Steps = 4;

    private readonly List<TestProcess> hosts = [];

    [Fact]
    public async Task Two_processes_that_are_killed_again_and_again_lose_nothing_and_repeat_no_effect()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        await Execute(source, "CREATE TABLE runs (instance text, step text); CREATE TABLE effects (instance text, step text, PRIMARY KEY (instance, step))");
        var client = new ServiceCollection()
            .AddDurableTaskClient(builder => builder.Configure(options => options.EnableEntitySupport = true).UseHub(database.ConnectionString))
            .BuildServiceProvider()
            .GetRequiredService<DurableTaskClient>();
        var soak = TimeSpan.FromSeconds(int.TryParse(Environment.GetEnvironmentVariable("TOOLBOX_SOAK_SECONDS"), out var seconds) ? seconds : 10);
        var deadline = new CancellationTokenSource(soak + TimeSpan.FromSeconds(60)).Token;
        try
        {
            hosts.Add(await StartAsync(database));
            hosts.Add(await StartAsync(database));
            var started = Stopwatch.StartNew();
            var (count, kills) = (0, 0);
            while (started.Elapsed < soak)
            {
                for (var i = 0; i < Instances / 10; i++)
                {
                    await client.ScheduleNewOrchestrationInstanceAsync("Work", Steps, new StartOrchestrationOptions($"w{count++}"), deadline);
                }

                await Task.Delay(Random.Shared.Next(300, 900), deadline);
                await ReplaceAsync(database, Random.Shared.Next(hosts.Count));
                kills++;
            }

            for (var i = 0; i < count; i++)
            {
                await client.RaiseEventAsync($"w{i}", "last", 1, deadline);
            }

            for (var i = 0; i < count; i++)
            {
                var end = await client.WaitForInstanceCompletionAsync($"w{i}", true, deadline);
                Assert.Equal(OrchestrationRuntimeStatus.Completed, end.RuntimeStatus);
                Assert.Equal((2 * Steps) + 1, end.ReadOutputAs<int>());
            }

            Assert.Equal(count * 2 * Steps, await Count(source, "SELECT count(*) FROM effects"));
            Assert.Equal(count * 2 * Steps, (await client.Entities.GetEntityAsync<int>(new EntityInstanceId("tally", "all"), true, deadline))!.State);
            Assert.Equal(0, await Count(source, "SELECT (SELECT count(*) FROM durable.inbox) + (SELECT count(*) FROM durable.activities)"));
            output.WriteLine(
                $"{count} instances, {kills} kills, {await Count(source, "SELECT count(*) FROM runs")} runs of {count * 2 * Steps} activities, {started.Elapsed}.");
            await UntilAsync(source, "SELECT count(*) FROM durable.workers", hosts.Count, deadline);   // the rows of the killed are gone
        }
        finally
        {
            foreach (var host in hosts)
            {
                await host.KillAsync();
                await host.DisposeAsync();
            }
        }
    }

    private static async Task<TestProcess> StartAsync(TestDatabase database)
    {
        var process = TestProcess.Start("ToolboxAI.Tests.DurableHost", new Dictionary<string, string>(), database.ConnectionString);
        var deadline = Engine.Soon;
        while (!process.Output.Contains("ready"))
        {
            Assert.False(process.HasExited, process.Output);
            await Task.Delay(10, deadline);
        }

        return process;
    }

    private static async Task<long> Count(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static async Task UntilAsync(NpgsqlDataSource source, string sql, long expected, CancellationToken deadline)
    {
        while (await Count(source, sql) != expected)
        {
            await Task.Delay(50, deadline);
        }
    }

    private static async Task Execute(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private async Task ReplaceAsync(TestDatabase database, int index)
    {
        await hosts[index].KillAsync();
        await hosts[index].DisposeAsync();
        hosts[index] = await StartAsync(database);
    }
}
