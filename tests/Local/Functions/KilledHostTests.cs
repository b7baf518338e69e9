using Azure.Messaging.ServiceBus;
using Azure.Messaging.ServiceBus.Administration;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using Npgsql;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Local.Functions;

/// <summary>A host with every kind of trigger that is killed, or stopped, while its functions run.</summary>
public sealed class KilledHostTests(Azurite azurite) : IClassFixture<Azurite>, IAsyncLifetime
{
    private static readonly string[] Triggers = ["message", "session", "queue", "blob", "timer"];

    private readonly List<TestProcess> hosts = [];
    private readonly string place = "noted-" + Guid.NewGuid().ToString("N");
    private TestDatabase database = null!;
    private NpgsqlDataSource notes = null!;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(azurite.ConnectionString.Length == 0, "Azurite is not installed: start the application or its services once.");
        database = await TestDatabase.CreateAsync();
        notes = NpgsqlDataSource.Create(database.ConnectionString);
        await ExecuteAsync("CREATE TABLE notes (at timestamptz DEFAULT clock_timestamp(), trigger text, item text, what text, process integer); CREATE TABLE gate (closed boolean)");
        await new ServiceBusAdministrationClient(database.ConnectionString).CreateQueueAsync(new CreateQueueOptions("noted-sessions") { RequiresSession = true });
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in hosts)
        {
            await host.DisposeAsync();
        }

        if (notes is not null)
        {
            await notes.DisposeAsync();
            await database.DisposeAsync();
        }
    }

    [Fact]
    public async Task What_a_killed_host_worked_on_is_delivered_to_the_next_and_ends_there()
    {
        await ExecuteAsync("INSERT INTO gate VALUES (true)");
        var first = await StartAsync();
        await GiveWorkAsync("a");
        await Eventually.True(async () => await CountAsync("SELECT count(DISTINCT trigger) FROM notes WHERE what = 'begins'") == Triggers.Length, 40);
        await first.KillAsync();
        Assert.Equal(0, await CountAsync("SELECT count(*) FROM notes WHERE what = 'ends'"));

        await ExecuteAsync("DELETE FROM gate");
        var second = await StartAsync();
        await Eventually.True(
            async () => await CountAsync($"SELECT count(DISTINCT trigger) FROM notes WHERE what = 'ends' AND process = {second.Id}") == Triggers.Length, 60);
        await using var bus = new ServiceBusClient(database.ConnectionString);
        await Eventually.True(async () => await bus.CreateReceiver("noted").PeekMessageAsync() is null);
        Assert.Equal(Triggers.Length, await CountAsync("SELECT count(*) FROM notes WHERE what = 'ends'"));
    }

    [Fact]
    public async Task A_stop_lets_what_runs_end_and_leaves_the_rest_to_the_next()
    {
        await ExecuteAsync("INSERT INTO gate VALUES (true)");
        var first = await StartAsync();
        await GiveWorkAsync("b");
        await Eventually.True(async () => await CountAsync("SELECT count(DISTINCT trigger) FROM notes WHERE what = 'begins'") == Triggers.Length, 40);
        await first.TerminateAsync();
        await Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
        Assert.False(first.HasExited, "It did not wait for what runs.");
        await ExecuteAsync("DELETE FROM gate");
        Assert.Equal(0, await first.ExitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(Triggers.Length, await CountAsync("SELECT count(DISTINCT trigger) FROM notes WHERE what = 'ends'"));

        var ended = await CountAsync("SELECT count(*) FROM notes WHERE trigger <> 'timer'");
        await StartAsync();
        await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
        Assert.Equal(ended, await CountAsync("SELECT count(*) FROM notes WHERE trigger <> 'timer'"));
    }

    private async Task GiveWorkAsync(string item)
    {
        await using var bus = new ServiceBusClient(database.ConnectionString);
        await bus.CreateSender("noted").SendMessageAsync(new(item));
        await bus.CreateSender("noted-sessions").SendMessageAsync(new(item) { SessionId = "s" });
        var queue = new QueueClient(azurite.ConnectionString, place, new() { MessageEncoding = QueueMessageEncoding.Base64 });
        await queue.CreateIfNotExistsAsync();
        await queue.SendMessageAsync(item);
        var container = new BlobContainerClient(azurite.ConnectionString, place);
        await container.CreateIfNotExistsAsync();
        await container.GetBlobClient(item).UploadAsync(new BinaryData(item), overwrite: true);
    }

    private async Task<TestProcess> StartAsync()
    {
        var environment = new Dictionary<string, string>
        {
            ["AZURE_FUNCTIONS_ENVIRONMENT"] = "Production",
            ["ToolboxLocal__Database"] = database.ConnectionString,
            ["Place"] = place,
            ["Notes"] = database.ConnectionString,
            ["Bus"] = database.ConnectionString,
            ["AzureWebJobsStorage"] = azurite.ConnectionString,
        };
        var host = TestProcess.Start("ToolboxAI.Tests.TriggerHost", environment, "--port", "0");
        hosts.Add(host);
        await Eventually.True(() => host.Output.Contains("ready") || host.HasExited, 30);
        Assert.False(host.HasExited, host.Output);
        return host;
    }

    private async Task<long> CountAsync(string sql)
    {
        await using var command = notes.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = notes.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
