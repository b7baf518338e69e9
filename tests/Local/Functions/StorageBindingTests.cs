using Azure.Storage.Blobs;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

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
    [Function("OnNote")]
    public void OnNote([QueueTrigger("notes")] string note, int dequeueCount) => received.Lines.Enqueue($"note {note} {dequeueCount}");

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

/// <summary>Storage inputs and outputs of functions that another trigger sets off.</summary>
public sealed class StorageBindingTests(Azurite azurite) : StorageTriggerTests(azurite, typeof(StorageSamples)), IClassFixture<Azurite>
{
    [Fact]
    public async Task Blob_inputs_and_outputs_take_their_names_from_the_route()
    {
        await UploadAsync("inputs", "x", "content");
        Assert.Equal("content x content", await Client.GetStringAsync("/api/read/x"));
        Assert.Equal("none y content", await Client.GetStringAsync("/api/read/y"));

        Assert.Equal(System.Net.HttpStatusCode.Accepted, (await Client.PostAsync("/api/write/z", null)).StatusCode);
        Assert.Equal("copy of z", await ReadAsync("copies", "z.txt"));
        await Eventually.True(() => Received.Lines.Contains("note n1 1") && Received.Lines.Contains("note n2 1"));
    }
}
