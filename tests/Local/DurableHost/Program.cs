using Microsoft.DurableTask;
using Microsoft.DurableTask.Entities;
using Microsoft.DurableTask.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using ToolboxAI.Local.DurableTask;
using ToolboxAI.Tests.DurableHost;

// A plain host that works on a task hub until it is killed: "ToolboxAI.Tests.DurableHost <connection string>".
var connection = args[0];
var database = NpgsqlDataSource.Create(connection);
var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
builder.Logging.AddSimpleConsole().SetMinimumLevel(LogLevel.Warning);
builder.Services.AddDurableTaskWorker(worker => worker
    .Configure(options => options.EnableEntitySupport = true)
    .UseHub(connection)
    .AddTasks(tasks => tasks
        .AddActivityFunc<string, int>("Effect", async (context, step) =>
        {
            await Execute("INSERT INTO runs (instance, step) VALUES ($1, $2)", context.InstanceId, step);
            await Execute("INSERT INTO effects (instance, step) VALUES ($1, $2) ON CONFLICT DO NOTHING", context.InstanceId, step);
            return 1;
        })
        .AddEntity<Tally>()
        .AddOrchestratorFunc<int, int>("Child", async (context, steps) =>
        {
            var sum = 0;
            for (var step = 0; step < steps; step++)
            {
                sum += await context.CallActivityAsync<int>("Effect", $"{step}");
            }

            return sum;
        })
        .AddOrchestratorFunc<int, int>("Work", async (context, steps) =>
        {
            var one = context.CallSubOrchestratorAsync<int>("Child", steps, new SubOrchestrationOptions(instanceId: context.InstanceId + "-child"));
            var two = Enumerable.Range(0, steps).Select(step => context.CallActivityAsync<int>("Effect", $"fan {step}"));
            await context.CreateTimer(TimeSpan.FromMilliseconds(100), CancellationToken.None);
            var sum = await one + (await Task.WhenAll(two)).Sum();
            await context.Entities.CallEntityAsync(new EntityInstanceId("tally", "all"), "add", sum);
            return sum + await context.WaitForExternalEvent<int>("last");
        })));
var host = builder.Build();
await host.StartAsync();
Console.WriteLine("ready");
await host.WaitForShutdownAsync();

async Task Execute(string sql, params string[] values)
{
    await using var command = database.CreateCommand(sql);
    foreach (var value in values)
    {
        command.Parameters.Add(new() { Value = value });
    }

    await command.ExecuteNonQueryAsync();
}
