using ToolboxAI.Shared.Data;

namespace ToolboxAI.Tests.Data;

public sealed class ReadsByKeyTests
{
    private readonly Dictionary<string, Queue<TaskCompletionSource<string>>> held = [];
    private readonly ReadsByKey<string, string> reads;

    public ReadsByKeyTests() => reads = new(Read);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Those_who_ask_while_an_object_is_read_share_the_next_reading_of_it()
    {
        var first = reads.Get("a", Ct);
        var later = Enumerable.Range(0, 100).Select(_ => reads.Get("a", Ct)).ToList();
        Release("a", "before they asked");
        Assert.Equal("before they asked", await first);
        Assert.All(later, one => Assert.False(one.IsCompleted));
        Release("a", "after");
        Assert.All(await Task.WhenAll(later), read => Assert.Equal("after", read));
        Assert.Empty(held["a"]);
    }

    [Fact]
    public async Task An_object_that_hangs_delays_no_other()
    {
        var hangs = reads.Get("a", Ct);
        var other = reads.Get("b", Ct);
        Release("b", "read");
        Assert.Equal("read", await other);
        Assert.False(hangs.IsCompleted);
    }

    [Fact]
    public async Task A_reading_that_fails_fails_for_those_it_was_for_and_no_later_one()
    {
        var first = reads.Get("a", Ct);
        var second = reads.Get("a", Ct);
        held["a"].Dequeue().SetException(new IOException("cut"));
        await Assert.ThrowsAsync<IOException>(() => first);
        Release("a", "read");
        Assert.Equal("read", await second);
    }

    [Fact]
    public async Task Who_gives_up_leaves_the_others_their_answer_and_an_object_can_be_read_again_later()
    {
        using var patience = new CancellationTokenSource();
        var first = reads.Get("a", Ct);
        var (gone, stays) = (reads.Get("a", patience.Token), reads.Get("a", Ct));
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        Release("a", "one");
        Release("a", "two");
        Assert.Equal("one two", $"{await first} {await stays}");
        var again = reads.Get("a", Ct);
        Release("a", "three");
        Assert.Equal("three", await again);
    }

    private Task<string> Read(string key)
    {
        var reading = new TaskCompletionSource<string>();
        held.TryAdd(key, new());
        held[key].Enqueue(reading);
        return reading.Task;
    }

    private void Release(string key, string value) => held[key].Dequeue().SetResult(value);
}
