using ToolboxAI.Shared.Data;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Data;

public sealed class SharedTransactionsTests
{
    private readonly List<string> ran = [];
    private readonly Queue<TaskCompletionSource> held = [];
    private readonly TestClock clock = new();
    private readonly SharedTransactions<string, string> transactions;

    public SharedTransactionsTests() => transactions = new(Run, clock);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_asked_for_while_a_transaction_is_under_way_shares_the_next()
    {
        var first = Ask("a", "b", "c", "a");
        Assert.Equal(["a"], ran);
        Release();
        Assert.Equal(["a", "b c a"], ran);
        Release();
        Assert.Equal(["a done", "b done", "c done", "a done"], await Task.WhenAll(first));
    }

    [Fact]
    public async Task Beside_one_that_takes_long_a_second_goes_on_and_no_third()
    {
        var all = Ask("hangs");
        clock.Advance(SharedTransactions<string, string>.Patience);
        all.AddRange(Ask("b"));
        Assert.Equal(["hangs"], ran);
        clock.Advance(TimeSpan.FromMilliseconds(1));
        all.AddRange(Ask("c"));
        clock.Advance(TimeSpan.FromMinutes(1));
        all.AddRange(Ask("d"));
        Assert.Equal(["hangs", "b c"], ran);
        held.Enqueue(held.Dequeue());
        Release();
        Assert.Equal(["hangs", "b c", "d"], ran);
        Release();
        Release();
        Assert.Equal(["hangs done", "b done", "c done", "d done"], await Task.WhenAll(all));
    }

    [Fact]
    public async Task What_waits_for_one_lock_anyway_never_has_a_second()
    {
        var one = new SharedTransactions<string, string>(Run);
        var hangs = one.Run("hangs", Ct);
        clock.Advance(TimeSpan.FromMinutes(1));
        var waits = one.Run("waits", Ct);
        Assert.Equal(["hangs"], ran);
        Release();
        Release();
        Assert.Equal(["hangs done", "waits done"], await Task.WhenAll(hangs, waits));
    }

    [Fact]
    public async Task Who_comes_alone_waits_for_nobody()
    {
        foreach (var item in (string[])["a", "b", "c"])
        {
            var asked = Ask(item);
            Release();
            Assert.Equal($"{item} done", await asked[0]);
        }

        Assert.Equal(["a", "b", "c"], ran);
    }

    [Fact]
    public async Task One_that_fails_takes_none_of_the_others_down()
    {
        var all = Ask("a", "b", "bad", "c");
        Release();
        Release();
        Assert.Equal(["a", "b bad c", "b", "bad", "c"], ran);
        Release();
        Release();
        Release();
        await Assert.ThrowsAsync<TimeoutException>(() => all[2]);
        Assert.Equal(["a done", "b done", "c done"], await Task.WhenAll(all.Where(task => task != all[2])));
        await Continues();
    }

    [Fact]
    public async Task A_failure_of_one_alone_is_its_own_and_the_next_goes_on()
    {
        var bad = Ask("bad");
        Release();
        await Assert.ThrowsAsync<TimeoutException>(() => bad[0]);
        await Continues();
    }

    [Fact]
    public async Task Who_gives_up_is_not_waited_for_and_the_work_is_done()
    {
        using var patience = new CancellationTokenSource();
        var stays = Ask("a", "b", "c");
        var gone = transactions.Run("d", patience.Token);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        Release();
        Release();
        await Task.WhenAll(stays);
        Assert.Equal(["a", "b c d"], ran);
    }

    [Fact]
    public async Task A_transaction_takes_a_hundred_at_most()
    {
        var all = Ask([.. Enumerable.Range(0, 231).Select(number => $"{number}")]);
        for (var count = 0; count < 4; count++)
        {
            Release();
        }

        await Task.WhenAll(all);
        Assert.Equal([1, 100, 100, 30], ran.Select(items => items.Split(' ').Length));
    }

    [Fact]
    public async Task Nobody_s_trace_becomes_that_of_the_others()
    {
        var caller = new AsyncLocal<string?>();
        var seen = new List<string?>();
        var tracing = new SharedTransactions<int, int>(async items =>
        {
            await Task.Yield();
            seen.Add(caller.Value);
            return [.. items];
        });
        caller.Value = "mine";
        Assert.Equal(1, await tracing.Run(1, Ct));
        Assert.Equal([null], seen);
        Assert.Equal("mine", caller.Value);
    }

    private async Task Continues()
    {
        var next = Ask("next");
        Release();
        Assert.Equal("next done", await next[0]);
    }

    private List<Task<string>> Ask(params string[] items) => [.. items.Select(item => transactions.Run(item, Ct))];

    private void Release() => held.Dequeue().SetResult();

    private async Task<IReadOnlyList<string>> Run(IReadOnlyList<string> items)
    {
        ran.Add(string.Join(' ', items));
        var hold = new TaskCompletionSource();
        held.Enqueue(hold);
        await hold.Task;
        return items.Contains("bad") ? throw new TimeoutException() : [.. items.Select(item => $"{item} done")];
    }
}
