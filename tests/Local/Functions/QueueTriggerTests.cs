using Azure.Storage.Queues.Models;
using Microsoft.Azure.Functions.Worker;

namespace ToolboxAI.Tests.Local.Functions;

public sealed class QueueSamples(Received received)
{
    [Function("OnNote")]
    public void OnNote([QueueTrigger("noted-texts")] string note, int dequeueCount)
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

    [Function("OnData")]
    public void OnData([QueueTrigger("data")] BinaryData data, DateTimeOffset insertionTime) =>
        received.Lines.Enqueue($"data {data} {insertionTime > DateTimeOffset.UnixEpoch}");

    [Function("Splits")]
    [QueueOutput("words")]
    public static string[] Splits([QueueTrigger("sentences")] string sentence) => sentence.Split(' ');

    [Function("OnWord")]
    public void OnWord([QueueTrigger("words")] string word) => received.Lines.Enqueue($"word {word}");

    [Function("TakesLong")]
    public async Task TakesLong([QueueTrigger("long")] string message, CancellationToken cancellationToken)
    {
        received.Lines.Enqueue($"begins {message}");
        if (message == "slow")
        {
            await received.Gate.Task.WaitAsync(cancellationToken);
        }

        received.Lines.Enqueue($"ends {message}");
    }
}

public sealed class QueueTriggerTests(Azurite azurite) : StorageTriggerTests(azurite, typeof(QueueSamples)), IClassFixture<Azurite>
{
    [Fact]
    public async Task Messages_bind_as_text_json_bytes_and_as_they_are()
    {
        await QueueAsync("noted-texts", "hello");
        await QueueAsync("queued-orders", """{"id":"o","amount":3}""");
        await QueueAsync("raw", "as it is");
        await QueueAsync("data", "bytes");
        await Eventually.True(() => Received.Lines.Contains("note hello 1") && Received.Lines.Contains("order 3 True"));
        await Eventually.True(() => Received.Lines.Contains("raw as it is") && Received.Lines.Contains("data bytes True"));
    }

    [Fact]
    public async Task A_failing_message_is_tried_five_times_and_ends_in_the_poison_queue()
    {
        await QueueAsync("noted-texts", "poison");
        var poison = Queues.GetQueueClient("noted-texts-poison");
        await Eventually.True(async () => await poison.ExistsAsync() && (await poison.PeekMessagesAsync()).Value is [{ Body: var body }] && body.ToString() == "poison");
        Assert.Equal(["1", "2", "3", "4", "5"], Received.Lines.Where(line => line.StartsWith("note poison")).Select(line => line[^1..]));
    }

    [Fact]
    public async Task A_message_leads_to_one_message_for_each_element_that_is_returned()
    {
        await QueueAsync("sentences", "one two three");
        await Eventually.True(() => Received.Lines.Count(line => line.StartsWith("word")) == 3);
        Assert.Equal(["word one", "word three", "word two"], Received.Lines.Where(line => line.StartsWith("word")).Order());
    }

    [Fact]
    public async Task A_slow_message_stays_invisible_while_it_is_worked_on_and_holds_up_no_other()
    {
        await QueueAsync("long", "slow");
        await Eventually.True(() => Received.Lines.Contains("begins slow"));
        await QueueAsync("long", "quick");
        await Eventually.True(() => Received.Lines.Contains("ends quick"));

        // Longer than a message is hidden at a time: only renewing keeps it from being delivered again.
        await Task.Delay(TimeSpan.FromSeconds(18), TestContext.Current.CancellationToken);
        Assert.Single(Received.Lines, line => line == "begins slow");
        Received.Gate.SetResult();
        await Eventually.True(() => Received.Lines.Contains("ends slow"));
        await Eventually.True(async () => (await Queues.GetQueueClient("long").GetPropertiesAsync()).Value.ApproximateMessagesCount == 0);
    }
}
