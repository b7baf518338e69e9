using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Entities;
using Microsoft.DurableTask.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ToolboxAI.Local.DurableTask;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Benchmarks.Durable;

/// <summary>A worker and a client on a hub in a PostgreSQL database of its own.</summary>
public sealed class DurableRun : IAsyncDisposable
{
    private readonly IHost host;
    private readonly TestDatabase? database;

    private DurableRun(IHost host, string connectionString, TestDatabase? database)
    {
        this.host = host;
        this.database = database;
        ConnectionString = connectionString;
        Client = host.Services.GetRequiredService<DurableTaskClient>();
    }

    /// <summary>The hub's client.</summary>
    public DurableTaskClient Client { get; }

    /// <summary>The hub's database.</summary>
    public string ConnectionString { get; }

    /// <summary>Starts them on a hub of their own.</summary>
    public static async Task<DurableRun> StartAsync()
    {
        var made = await TestDatabase.CreateAsync();
        return await StartAsync(made.ConnectionString, made);
    }

    /// <summary>Starts them on a hub that is there, or comes to be.</summary>
    public static Task<DurableRun> StartAsync(string connectionString) => StartAsync(connectionString, null);

    /// <summary>Does something as a client of a hub whose workers are elsewhere.</summary>
    public static async Task WithClientAsync(string connectionString, Func<DurableTaskClient, Task> work)
    {
        await using var services = new ServiceCollection().AddDurableTaskClient(client => client.UseHub(connectionString)).BuildServiceProvider();
        await work(services.GetRequiredService<DurableTaskClient>());
    }

    private static async Task<DurableRun> StartAsync(string connectionString, TestDatabase? database)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddDurableTaskClient(client => client.UseHub(connectionString));
        builder.Services.AddDurableTaskWorker(worker => worker
            .Configure(options => options.EnableEntitySupport = true)
            .UseHub(connectionString)
            .AddTasks(tasks => tasks
                .AddActivityFunc<int, int>("Step", (_, value) => value)
                .AddEntity<Tally>()
                .AddOrchestratorFunc<int, int>("Chain", async (context, steps) =>
                {
                    var sum = 0;
                    for (var step = 1; step <= steps; step++)
                    {
                        sum += await context.CallActivityAsync<int>("Step", step);
                    }

                    return sum;
                })
                .AddOrchestratorFunc<int, int>("Fan", async (context, width) =>
                    (await Task.WhenAll(Enumerable.Range(0, width).Select(step => context.CallActivityAsync<int>("Step", step)))).Sum())
                .AddOrchestratorFunc<int, int>("Idle", async (context, hours) =>
                {
                    await context.CreateTimer(TimeSpan.FromHours(hours), CancellationToken.None);
                    return hours;
                })
                .AddOrchestratorFunc<int, int>("Count", async (context, times) =>
                {
                    for (var time = 0; time < times; time++)
                    {
                        await context.Entities.CallEntityAsync(new EntityInstanceId(nameof(Tally), "all"), nameof(Tally.Add), 1);
                    }

                    return times;
                })));
        var built = builder.Build();
        await built.StartAsync();
        return new(built, connectionString, database);
    }

    /// <summary>Starts an orchestration and waits for its end.</summary>
    public async Task<int> RunAsync(string name, int input)
    {
        var id = await Client.ScheduleNewOrchestrationInstanceAsync(name, input);
        var ended = await Client.WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true);
        return ended.RuntimeStatus == OrchestrationRuntimeStatus.Completed
            ? ended.ReadOutputAs<int>()
            : throw new InvalidOperationException($"{name} ended {ended.RuntimeStatus}: {ended.FailureDetails}");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        host.Dispose();
        await (database?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    /// <summary>An entity that everybody wants.</summary>
    public sealed class Tally : TaskEntity<int>
    {
        /// <summary>Adds.</summary>
        public void Add(int amount) => State += amount;
    }
}
