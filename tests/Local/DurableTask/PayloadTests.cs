using System.Collections.Concurrent;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.DurableTask;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Entities;
using Microsoft.DurableTask.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using ToolboxAI.Local.DurableTask;
using ToolboxAI.Tests.Local.Functions;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Local.DurableTask;

/// <summary>Large payloads, kept in a store of their own.</summary>
public sealed class PayloadTests(Azurite azurite) : IClassFixture<Azurite>
{
    private const int Threshold = 1000;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Large_payloads_of_every_kind_are_moved_out_and_seen_as_they_were()
    {
        var store = new KnownStore();
        var hub = new InMemoryHub();
        using var host = await StartAsync(worker => worker.UseInMemoryHub(hub), client => client.UseInMemoryHub(hub), store);
        var client = host.Services.GetRequiredService<DurableTaskClient>();

        await RunAsync(client);

        foreach (var instance in await hub.Store.QueryAsync(new() { Limit = 10 }, Stop))
        {
            Assert.All([instance.Input, instance.Output], payload => Assert.StartsWith("known:", payload));
        }

        Assert.All(await hub.Store.QueryAsync(new() { Entities = true }, Stop), entity => Assert.StartsWith("known:", entity.Entity!.State));
        Assert.InRange(store.Kept.Count, 8, 40);
    }

    [Fact]
    public async Task On_postgres_nothing_large_is_in_the_database()
    {
        await using var database = await TestDatabase.CreateAsync();
        var store = new KnownStore();
        using var host = await StartAsync(
            worker => worker.UseHub(database.ConnectionString), client => client.UseHub(database.ConnectionString), store);

        await RunAsync(host.Services.GetRequiredService<DurableTaskClient>());

        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        await using var command = source.CreateCommand("""
            SELECT greatest((SELECT max(length(events)) FROM durable.history),
                (SELECT max(greatest(length(input), length(output), length(entity))) FROM durable.instances))
            """);
        Assert.InRange((int)(await command.ExecuteScalarAsync(Stop))!, 1, 4 * Threshold);
        await host.StopAsync(Stop);
    }

    [Fact]
    public async Task A_payload_over_the_limit_fails_what_produced_it_and_is_not_tried_again()
    {
        var hub = new InMemoryHub();
        using var host = await StartAsync(worker => worker.UseInMemoryHub(hub), client => client.UseInMemoryHub(hub), new KnownStore());
        var client = host.Services.GetRequiredService<DurableTaskClient>();

        foreach (var orchestrator in (string[])["AsksTooMuch", "SaysTooMuch"])
        {
            var id = await client.ScheduleNewOrchestrationInstanceAsync(orchestrator, Engine.Soon);
            var end = await client.WaitForInstanceCompletionAsync(id, true, Engine.Soon);
            Assert.Equal(OrchestrationRuntimeStatus.Failed, end.RuntimeStatus);
            var failure = end.FailureDetails!.InnerFailure ?? end.FailureDetails;
            Assert.True(failure.IsCausedBy<PayloadStorageException>());
            Assert.Contains("exceeds the configured maximum of 19 KB", failure.ErrorMessage);
        }

        await Assert.ThrowsAsync<PayloadStorageException>(() => client.ScheduleNewOrchestrationInstanceAsync("Carry", Text(30_000), Engine.Soon));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Blobs_keep_payloads(bool compressed)
    {
        Assert.SkipWhen(azurite.ConnectionString.Length == 0, "Azurite was never installed here: start the application once.");
        var options = new LargePayloadStorageOptions(azurite.ConnectionString) { CompressionEnabled = compressed, ContainerName = $"payloads-{compressed}".ToLowerInvariant() };
        var store = new BlobPayloadStore(options);

        var token = await store.UploadAsync("äöü " + Text(100_000), Stop);

        Assert.StartsWith($"blob:v1:{options.ContainerName}:", token);
        Assert.True(store.IsKnownPayloadToken(token));
        Assert.Equal("äöü " + Text(100_000), await store.DownloadAsync(token, Stop));
        await Assert.ThrowsAsync<PayloadStorageException>(() => store.DownloadAsync(token + "0", Stop));
        await Assert.ThrowsAsync<ArgumentException>(() => store.DownloadAsync("blob:v1:other:1", Stop));
        Assert.Throws<ArgumentOutOfRangeException>(() => options.ThresholdBytes = (1024 * 1024) + 1);
        Assert.Throws<ArgumentException>(() => new BlobPayloadStore(new LargePayloadStorageOptions()));
    }

    [Fact]
    public async Task A_run_keeps_its_payloads_in_blobs()
    {
        Assert.SkipWhen(azurite.ConnectionString.Length == 0, "Azurite was never installed here: start the application once.");
        var hub = new InMemoryHub();
        using var host = await StartAsync(worker => worker.UseInMemoryHub(hub), client => client.UseInMemoryHub(hub), null);

        await RunAsync(host.Services.GetRequiredService<DurableTaskClient>());

        Assert.StartsWith("blob:v1:durabletask-payloads:", (await hub.Store.FindAsync("one", Stop))!.Input);
    }

    [Fact]
    public async Task In_a_function_app_the_functions_and_their_clients_see_the_payloads_and_the_hub_does_not()
    {
        var store = new KnownStore();
        await using var app = await LocalApp.StartAsync(
            builder =>
            {
                builder.Services.AddSingleton<PayloadStore>(store);
                builder.ConfigureDurableWorker().UseExternalizedPayloads(options => options.ThresholdBytes = Threshold);
            },
            typeof(Greetings),
            typeof(Greet));
        var hub = app.Host.Services.GetRequiredService<FunctionsHub>();
        var client = hub.CreateClient(null);
        var id = await client.ScheduleNewOrchestrationInstanceAsync(nameof(Greetings.GreetAll), new Greetings.Input(Text(2000), 2), Engine.Soon);

        var end = await client.WaitForInstanceCompletionAsync(id, true, Engine.Soon);

        Assert.Equal(OrchestrationRuntimeStatus.Completed, end.RuntimeStatus);
        Assert.InRange(end.ReadOutputAs<string>()!.Length, 4000, 5000);
        Assert.Equal(Text(2000), end.ReadInputAs<Greetings.Input>()!.Name);
        var shown = await app.Client.GetStringAsync($"runtime/webhooks/durabletask/instances/{id}?code=test_master_key", Engine.Soon);
        Assert.Contains(Text(2000), shown);
        Assert.DoesNotContain("known:", shown);
        Assert.InRange(store.Kept.Count, 4, 12);   // input, two calls and their answers, output
    }

    private static string Text(int length) => new('x', length);

    private static async Task RunAsync(DurableTaskClient client)
    {
        await client.ScheduleNewOrchestrationInstanceAsync("Carry", Text(2000), new StartOrchestrationOptions("one"), Engine.Soon);
        await client.RaiseEventAsync("one", "more", Text(3000), Engine.Soon);

        var end = await client.WaitForInstanceCompletionAsync("one", true, Engine.Soon);

        Assert.Equal(OrchestrationRuntimeStatus.Completed, end.RuntimeStatus);
        Assert.Equal(2000 + 2000 + 2000 + 3000, end.ReadOutputAs<string>()!.Length);
        Assert.Equal(Text(2000), end.ReadInputAs<string>());
        Assert.Equal(9000, (await client.Entities.GetEntityAsync<string>(new EntityInstanceId("shelf", "a"), true, Engine.Soon))!.State.Length);
        Assert.Contains(
            await client.GetOrchestrationHistoryAsync("one", Engine.Soon),
            happened => happened is global::DurableTask.Core.History.TaskCompletedEvent { Result.Length: 2002 });
    }

    private async Task<IHost> StartAsync(
        Action<IDurableTaskWorkerBuilder> useWorker, Action<IDurableTaskClientBuilder> useClient, PayloadStore? store)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddExternalizedPayloadStore(options =>
        {
            options.ConnectionString = azurite.ConnectionString;
            options.ThresholdBytes = Threshold;
            options.MaxPayloadBytes = 20_000;
        });
        if (store is not null)
        {
            builder.Services.AddSingleton(store);
        }

        builder.Services.AddDurableTaskWorker(worker => useWorker(worker
            .Configure(options => options.EnableEntitySupport = true)
            .UseExternalizedPayloads()
            .AddTasks(tasks => tasks
                .AddEntity<Shelf>()
                .AddActivityFunc<string, string>("Same", (_, text) => text)
                .AddActivityFunc<int, string>("Make", (_, length) => Text(length))
                .AddOrchestratorFunc<string, string>("Child", (_, text) => text)
                .AddOrchestratorFunc<string, string>("Carry", async (context, text) =>
                {
                    var all = text + await context.CallActivityAsync<string>("Same", text) + await context.CallSubOrchestratorAsync<string>("Child", text)
                        + await context.WaitForExternalEvent<string>("more");
                    return await context.Entities.CallEntityAsync<string>(new EntityInstanceId("shelf", "a"), "Put", all);
                })
                .AddOrchestratorFunc<string>("AsksTooMuch", context => context.CallActivityAsync<string>(
                    "Make", 25_000, TaskOptions.FromRetryPolicy(new RetryPolicy(3, TimeSpan.FromHours(1)))))
                .AddOrchestratorFunc<string>("SaysTooMuch", _ => Text(25_000)))));
        builder.Services.AddDurableTaskClient(client => useClient(client
            .Configure(options => options.EnableEntitySupport = true).UseExternalizedPayloads()));
        var host = builder.Build();
        await host.StartAsync(Stop);
        return host;
    }

    private sealed class Shelf : TaskEntity<string>
    {
        public string Put(string text) => State = text;
    }

    private sealed class KnownStore : PayloadStore
    {
        public ConcurrentDictionary<string, string> Kept { get; } = [];

        public override Task<string> UploadAsync(string payLoad, CancellationToken cancellationToken)
        {
            var token = $"known:{Guid.NewGuid():N}";
            Kept[token] = payLoad;
            return Task.FromResult(token);
        }

        public override Task<string> DownloadAsync(string token, CancellationToken cancellationToken) => Task.FromResult(Kept[token]);

        public override bool IsKnownPayloadToken(string value) => value.StartsWith("known:", StringComparison.Ordinal);
    }
}
