using ToolboxAI.Shared.Data;

namespace ToolboxAI.Tests.Data;

public sealed class SharedReadsTests
{
    private readonly Queue<TaskCompletionSource> held = [];
    private readonly List<string[]> readings = [];
    private readonly SharedReads<string, string> reads;
    private string value = "first";

    public SharedReadsTests() => reads = new(Read);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Those_who_ask_while_readings_are_under_way_share_the_next()
    {
        var (one, two) = (await Asked("a"), await Asked("a"));
        var later = Enumerable.Range(0, 100).Select(number => reads.Get($"{number % 10}", Ct)).ToList();
        Release();
        Assert.Equal("a=first", await await Task.WhenAny(one, two));
        await Held(2);
        Release();
        Release();
        Assert.Equal(string.Join(' ', Enumerable.Range(0, 100).Select(number => $"{number % 10}=first")), await Answers([.. later]));
        await Task.WhenAll(one, two);
        Assert.Equal([1, 1, 10], readings.Select(keys => keys.Length));
    }

    [Fact]
    public async Task Nobody_is_told_what_was_read_before_he_asked()
    {
        var (one, two) = (await Asked("a"), await Asked("a"));
        value = "second";
        var three = reads.Get("a", Ct);
        Release();
        Release();
        await Held(1);
        Release();
        Assert.Equal("a=first a=first a=second", await Answers(one, two, three));
    }

    [Fact]
    public async Task What_is_not_there_is_null_and_who_gives_up_leaves_the_others_their_answer()
    {
        using var patience = new CancellationTokenSource();
        var impatient = await Asked("missing");
        var gone = await Asked("b", patience.Token);
        var stays = reads.Get("b", Ct);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        Release();
        Release();
        Assert.Null(await impatient);
        await Held(1);
        Release();
        Assert.Equal("b=first", await stays.WaitAsync(Limit, Ct));
    }

    [Fact]
    public async Task A_reading_that_fails_fails_for_those_only_that_it_was_for()
    {
        var (bad, good) = (await Asked("bad"), await Asked("a"));
        var next = reads.Get("a", Ct);
        Release();
        Release();
        await Assert.ThrowsAsync<TimeoutException>(() => bad);
        await Held(1);
        Release();
        Assert.Equal("a=first a=first", await Answers(good, next));
    }

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static async Task<string> Answers(params Task<string?>[] asked) => string.Join(' ', await Task.WhenAll(asked));

    /// <summary>Asks, and waits until the reading for it has begun.</summary>
    private Task<Task<string?>> Asked(string key) => Asked(key, Ct);

    private async Task<Task<string?>> Asked(string key, CancellationToken ct)
    {
        int before;
        lock (held)
        {
            before = held.Count;
        }

        var asked = reads.Get(key, ct);
        await Held(before + 1);
        return asked;
    }

    private async Task Held(int readings)
    {
        using var patience = new CancellationTokenSource(Limit);
        while (true)
        {
            lock (held)
            {
                if (held.Count >= readings)
                {
                    return;
                }
            }

            await Task.Delay(5, patience.Token);
        }
    }

    private void Release()
    {
        lock (held)
        {
            held.Dequeue().SetResult();
        }
    }

    private async Task<IReadOnlyDictionary<string, string>> Read(IReadOnlyCollection<string> keys)
    {
        var found = keys.Where(key => key != "missing").ToDictionary(key => key, key => $"{key}={value}");
        var hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (held)
        {
            readings.Add([.. keys]);
            held.Enqueue(hold);
        }

        await hold.Task;
        return keys.Contains("bad") ? throw new TimeoutException() : found;
    }
}
