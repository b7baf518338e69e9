using System.Text;
using Azure.Storage.Blobs;
using Microsoft.Azure.Functions.Worker;

namespace ToolboxAI.Tests.Local.Functions;

public sealed class BlobSamples(Received received)
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

    [Function("OnStream")]
    public async Task OnStream([BlobTrigger("streamed/{name}")] Stream content, string name)
    {
        using var reader = new StreamReader(content);
        received.Lines.Enqueue($"stream {name} {await reader.ReadToEndAsync()}");
    }

    [Function("OnBytes")]
    public void OnBytes([BlobTrigger("counted/{name}.{extension}")] byte[] content, string extension) =>
        received.Lines.Enqueue($"bytes {extension} {Encoding.UTF8.GetString(content)}");

    [Function("OnJson")]
    public void OnJson([BlobTrigger("orders/{name}")] Order order, string blobTrigger, Uri uri) =>
        received.Lines.Enqueue($"json {order.Amount} {blobTrigger} {uri.AbsolutePath.EndsWith("orders/one.json", StringComparison.Ordinal)}");

    [Function("Signs")]
    [BlobOutput("signed/{name}")]
    public static string Signs([BlobTrigger("letters/{name}")] string letter, [BlobInput("signatures/{name}")] string? signature) =>
        $"{letter}, {signature ?? "unsigned"}";

    [Function("IsSlow")]
    public async Task IsSlow([BlobTrigger("slow/{name}")] string content)
    {
        if (content == "slow")
        {
            await received.Gate.Task;
        }

        received.Lines.Enqueue($"done {content}");
    }
}

public sealed class BlobTriggerTests(Azurite azurite) : StorageTriggerTests(azurite, typeof(BlobSamples)), IClassFixture<Azurite>
{
    [Fact]
    public async Task A_new_blob_and_each_new_version_set_a_function_off_once()
    {
        await UploadAsync("texts", "a/one.txt", "first");
        await UploadAsync("texts", "a/one.png", "other");
        await Eventually.True(() => Received.Lines.Contains("a one first"));
        await UploadAsync("texts", "a/one.txt", "second");
        await Eventually.True(() => Received.Lines.Contains("a one second"));
        await Task.Delay(1500);
        Assert.Equal(2, Received.Lines.Count(line => line.StartsWith("a one")));
        Assert.Equal("SECOND", await ReadAsync("copied", "a/one.copy"));
    }

    [Fact]
    public async Task A_blob_that_fails_five_times_becomes_a_poison_message()
    {
        await UploadAsync("bad", Guid.NewGuid().ToString("N"), "x");
        var poison = Queues.GetQueueClient("webjobs-blobtrigger-poison");
        await Eventually.True(async () => await poison.ExistsAsync() && (await poison.PeekMessagesAsync()).Value.Length == 1);
        Assert.Equal(5, Received.Lines.Count(line => line.StartsWith("bad")));
    }

    [Fact]
    public async Task A_blob_binds_to_a_stream_to_bytes_and_from_json_with_what_the_trigger_tells()
    {
        await UploadAsync("streamed", "s", "flows");
        await UploadAsync("counted", "n.txt", "abc");
        await UploadAsync("orders", "one.json", """{"id":"o","amount":3}""");
        await Eventually.True(() => Received.Lines.Contains("stream s flows"));
        await Eventually.True(() => Received.Lines.Contains("bytes txt abc"));
        await Eventually.True(() => Received.Lines.Contains("json 3 orders/one.json True"));
    }

    [Fact]
    public async Task A_trigger_reads_a_second_blob_and_writes_a_third()
    {
        await UploadAsync("signatures", "known", "Ann");
        await UploadAsync("letters", "known", "Hello");
        await UploadAsync("letters", "unknown", "Hello");
        var signed = Blobs.GetBlobContainerClient("signed");
        await Eventually.True(async () => await signed.GetBlobClient("known").ExistsAsync() && await signed.GetBlobClient("unknown").ExistsAsync());
        Assert.Equal("Hello, Ann", await ReadAsync("signed", "known"));
        Assert.Equal("Hello, unsigned", await ReadAsync("signed", "unknown"));
    }

    [Fact]
    public async Task A_slow_blob_holds_up_no_other()
    {
        await UploadAsync("slow", "a", "slow");
        await UploadAsync("slow", "b", "quick");
        await Eventually.True(() => Received.Lines.Contains("done quick"));
        await UploadAsync("slow", "c", "later");
        await Eventually.True(() => Received.Lines.Contains("done later"));
        Assert.DoesNotContain("done slow", Received.Lines);
        Received.Gate.SetResult();
        await Eventually.True(() => Received.Lines.Contains("done slow"));
    }
}
