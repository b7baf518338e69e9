using System.Collections.Concurrent;
using ToolboxAI.Shared.Data;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Data;

public sealed class ReadsByKeyTests
{
    private readonly TestClock clock = new();
    private readonly ConcurrentDictionary<string, ConcurrentQueue<TaskCompletionSource<string>>> held = [];
    private readonly ReadsByKey<string, string> reads;

    public ReadsByKeyTests() => reads = new(Read, clock);

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
        Pass();
        Taken("a").SetException(new IOException("cut"));
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

    [Fact]
    public async Task An_object_that_is_asked_for_again_and_again_is_read_after_a_pause_and_one_that_nobody_waited_for_at_once()
    {
        var (first, second) = (reads.Get("a", Ct), reads.Get("a", Ct));
        Taken("a").SetResult("one");
        Assert.Equal("one", await first);
        Assert.Empty(held["a"]);
        var third = reads.Get("a", Ct);
        for (var waited = 0; held["a"].IsEmpty && waited < 20_000; waited += 10)
        {
            await Task.Delay(10, Ct);
        }

        Release("a", "two");
        Assert.Equal("two two", $"{await second} {await third}");

        var alone = reads.Get("a", Ct);
        Release("a", "three");
        Assert.Equal("three", await alone);
    }

    private Task<string> Read(string key)
    {
        var reading = new TaskCompletionSource<string>();
        held.GetOrAdd(key, _ => new()).Enqueue(reading);
        return reading.Task;
    }

    /// <summary>A reading ends so long after it began that the next one of its object begins at once.</summary>
    private void Release(string key, string value)
    {
        Pass();
        Taken(key).SetResult(value);
    }

    private void Pass() => clock.Advance(ReadsByKey<string, string>.Apart);

    private TaskCompletionSource<string> Taken(string key) =>
        held[key].TryDequeue(out var reading) ? reading : throw new InvalidOperationException($"No reading of {key} is under way.");
}
