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

    [Function("ReadLists")]
    public static IResult ReadLists(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "lists")] HttpRequest _,
        [BlobInput("lists/numbers.json")] int[] numbers,
        [BlobInput("lists/folder/")] string[] folder) => Results.Text($"{numbers.Sum()} {string.Join(",", folder)}");

    [Function("OnList")]
    public void OnList([BlobTrigger("incoming/{name}")] IReadOnlyList<int> numbers) => received.Lines.Enqueue($"list {numbers.Sum()}");

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

    [Fact]
    public async Task A_list_is_what_a_blob_holds_or_the_blobs_of_a_folder()
    {
        await UploadAsync("lists", "numbers.json", "[1,2,3]");
        await UploadAsync("lists", "folder/a", "A");
        await UploadAsync("lists", "folder/b", "B");
        Assert.Equal("6 A,B", await Client.GetStringAsync("/api/lists"));

        await UploadAsync("incoming", "numbers.json", "[4,5]");
        await Eventually.True(() => Received.Lines.Contains("list 9"));
    }
}
