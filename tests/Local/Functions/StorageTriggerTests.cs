using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Local.Functions;

/// <summary>An application with functions of storage triggers, on a real Azurite.</summary>
public abstract class StorageTriggerTests(Azurite azurite, Type functions) : IAsyncLifetime
{
    private TestDatabase? database;
    private LocalApp? app;

    protected Received Received { get; } = new();

    protected BlobServiceClient Blobs { get; private set; } = null!;

    protected QueueServiceClient Queues { get; private set; } = null!;

    protected HttpClient Client => app!.Client;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(azurite.ConnectionString.Length == 0, "Azurite is not installed: start the application or its services once.");
        Blobs = new(azurite.ConnectionString);
        Queues = new(azurite.ConnectionString, new() { MessageEncoding = QueueMessageEncoding.Base64 });
        database = await TestDatabase.CreateAsync();
        app = await LocalApp.StartAsync(Configure, functions);
    }

    public async ValueTask DisposeAsync()
    {
        Received.Gate.TrySetResult();
        if (app is not null)
        {
            await app.DisposeAsync();
        }

        if (database is not null)
        {
            await database.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    protected async Task UploadAsync(string container, string name, string content)
    {
        await Blobs.GetBlobContainerClient(container).CreateIfNotExistsAsync();
        await Blobs.GetBlobContainerClient(container).GetBlobClient(name).UploadAsync(new BinaryData(content), overwrite: true);
    }

    protected async Task<string> ReadAsync(string container, string name) =>
        (await Blobs.GetBlobContainerClient(container).GetBlobClient(name).DownloadContentAsync()).Value.Content.ToString();

    protected async Task QueueAsync(string name, params string[] messages)
    {
        var queue = Queues.GetQueueClient(name);
        await queue.CreateIfNotExistsAsync();
        foreach (var message in messages)
        {
            await queue.SendMessageAsync(message);
        }
    }

    private void Configure(FunctionsApplicationBuilder builder)
    {
        builder.Configuration["AzureWebJobsStorage"] = azurite.ConnectionString;
        builder.Configuration["CopyContainer"] = "copied";
        builder.Configuration["ToolboxLocal:Database"] = database!.ConnectionString;
        builder.Services.AddSingleton(Received);
    }
}
