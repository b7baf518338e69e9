using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Local.Functions;

public sealed class StorageOut
{
    [BlobOutput("copies/{name}.txt")]
    public string? Copy { get; set; }

    [QueueOutput("notes")]
    public string[]? Notes { get; set; }

    [HttpResult]
    public IResult? Answer { get; set; }
}

public sealed class StorageSamples(Received received)
{
    [Function("OnText")]
    [BlobOutput("%CopyContainer%/{folder}/{name}.copy")]
    public string OnText([BlobTrigger("texts/{folder}/{name}.txt")] string text, string name, string folder)
    {
        received.Lines.Enqueue($"{folder} {name} {text}");
        return text.ToUpperInvariant();
    }

    [Function("OnBad")]
    public void OnBad([BlobTrigger("bad/{name}")] BlobClient blob)
    {
        received.Lines.Enqueue($"bad {blob.Name}");
        throw new InvalidOperationException("bad blob");
    }

    [Function("OnNote")]
    public void OnNote([QueueTrigger("notes")] string note, int dequeueCount)
    {
        received.Lines.Enqueue($"note {note} {dequeueCount}");
        if (note == "poison")
        {
            throw new InvalidOperationException("poison");
        }
    }

    [Function("OnOrder")]
    public void OnOrder([QueueTrigger("queued-orders")] Order order, string id) => received.Lines.Enqueue($"order {order.Amount} {id.Length > 0}");

    [Function("OnRaw")]
    public void OnRaw([QueueTrigger("raw")] QueueMessage message) => received.Lines.Enqueue($"raw {message.Body}");

    [Function("ReadBlob")]
    public static IResult ReadBlob(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "read/{name}")] HttpRequest _,
        [BlobInput("inputs/{name}")] string? text,
        [BlobInput("inputs/{name}")] BlobClient client,
        [BlobInput("inputs")] IReadOnlyList<string> all) => Results.Text($"{text ?? "none"} {client.Name} {string.Join(",", all)}");

    [Function("WriteBoth")]
    public static StorageOut WriteBoth([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "write/{name}")] HttpRequest _, string name) =>
        new() { Copy = $"copy of {name}", Notes = ["n1", "n2"], Answer = Results.Accepted() };
}

public sealed class StorageTests(Azurite azurite) : IClassFixture<Azurite>, IAsyncLifetime
{
    private readonly Received received = new();
    private TestDatabase? database;
    private LocalApp? app;
    private BlobServiceClient blobs = null!;
    private QueueServiceClient queues = null!;

    public async ValueTask InitializeAsync()
    {
        if (azurite.ConnectionString.Length == 0)
        {
            Assert.Skip("Azurite is not installed: start the application or its services once.");
        }

        blobs = new(azurite.ConnectionString);
        queues = new(azurite.ConnectionString, new() { MessageEncoding = QueueMessageEncoding.Base64 });
        database = await TestDatabase.CreateAsync();
        app = await LocalApp.StartAsync(Configure, typeof(StorageSamples));
    }

    public async ValueTask DisposeAsync()
    {
        if (app is not null)
        {
            await app.DisposeAsync();
        }

        if (database is not null)
        {
            await database.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_new_blob_and_each_new_version_set_a_function_off_once()
    {
        await blobs.GetBlobContainerClient("texts").CreateIfNotExistsAsync();
        var blob = blobs.GetBlobContainerClient("texts").GetBlobClient("a/one.txt");
        await blob.UploadAsync(new BinaryData("first"));
        await blobs.GetBlobContainerClient("texts").GetBlobClient("a/one.png").UploadAsync(new BinaryData("other"), overwrite: true);
        await Eventually.True(() => received.Lines.Contains("a one first"));
        await blob.UploadAsync(new BinaryData("second"), overwrite: true);
        await Eventually.True(() => received.Lines.Contains("a one second"));
        await Task.Delay(1500);
        Assert.Equal(2, received.Lines.Count(line => line.StartsWith("a one")));
        var copy = await blobs.GetBlobContainerClient("copied").GetBlobClient("a/one.copy").DownloadContentAsync();
        Assert.Equal("SECOND", copy.Value.Content.ToString());
    }

    [Fact]
    public async Task A_blob_that_fails_five_times_becomes_a_poison_message()
    {
        var container = blobs.GetBlobContainerClient("bad");
        await container.CreateIfNotExistsAsync();
        await container.UploadBlobAsync(Guid.NewGuid().ToString("N"), new BinaryData("x"));
        var poison = queues.GetQueueClient("webjobs-blobtrigger-poison");
        await Eventually.True(async () => await poison.ExistsAsync() && (await poison.PeekMessagesAsync()).Value.Length == 1);
        Assert.Equal(5, received.Lines.Count(line => line.StartsWith("bad")));
    }

    [Fact]
    public async Task Queue_messages_bind_and_a_failing_one_ends_in_the_poison_queue()
    {
        await CreateAsync("notes", "hello", "poison");
        await CreateAsync("queued-orders", """{"id":"o","amount":3}""");
        await CreateAsync("raw", "as it is");
        await Eventually.True(() => received.Lines.Contains("note hello 1") && received.Lines.Contains("order 3 True") && received.Lines.Contains("raw as it is"));
        var poison = queues.GetQueueClient("notes-poison");
        await Eventually.True(async () => await poison.ExistsAsync() && (await poison.PeekMessagesAsync()).Value is [{ Body: var body }] && body.ToString() == "poison");
        Assert.Equal(5, received.Lines.Count(line => line.StartsWith("note poison")));
    }

    [Fact]
    public async Task Blob_inputs_and_outputs_take_their_names_from_the_route()
    {
        var container = blobs.GetBlobContainerClient("inputs");
        await container.CreateIfNotExistsAsync();
        await container.GetBlobClient("x").UploadAsync(new BinaryData("content"), overwrite: true);
        Assert.Equal("content x content", await app!.Client.GetStringAsync("/api/read/x"));
        Assert.Equal("none y content", await app.Client.GetStringAsync("/api/read/y"));

        Assert.Equal(System.Net.HttpStatusCode.Accepted, (await app.Client.PostAsync("/api/write/z", null)).StatusCode);
        Assert.Equal("copy of z", (await blobs.GetBlobContainerClient("copies").GetBlobClient("z.txt").DownloadContentAsync()).Value.Content.ToString());
        await Eventually.True(() => received.Lines.Contains("note n1 1") && received.Lines.Contains("note n2 1"));
    }

    private async Task CreateAsync(string name, params string[] messages)
    {
        var queue = queues.GetQueueClient(name);
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
        builder.Services.AddSingleton(received);
    }
}
