namespace ToolboxAI.Shared.Data;

/// <summary>
/// Work on the database that many ask for at the same time, done for several in one transaction. What is asked for while a transaction is
/// under way gathers for the next one; so a busy process commits once where it would have committed a hundred times, and an idle one
/// waits for nobody. A transaction that fails is tried again for each of its items alone, so that one of them cannot take the others
/// down: what is done twice must be as good as done once.
/// </summary>
/// <param name="run">Does the work for some items in one transaction, and returns once that is committed; a result for each, in their order.</param>
/// <param name="clock">
/// Tells that a transaction takes long: a second goes on while the first hangs. None for work that all waits for the same lock anyway.
/// </param>
public sealed class SharedTransactions<TItem, TResult>(Func<IReadOnlyList<TItem>, Task<IReadOnlyList<TResult>>> run, TimeProvider? clock = null)
{
    /// <summary>How long a transaction may be under way before what is asked for starts a second one beside it.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(50);

    private const int MostTogether = 100;

    private readonly Lock gate = new();
    private readonly Queue<Entry> waiting = new();
    private int underWay;
    private DateTimeOffset lastBegan;

    /// <summary>Has the work done for an item; its result once it is committed.</summary>
    /// <param name="item">What is asked for.</param>
    /// <param name="ct">Ends the wait, not the work.</param>
    public Task<TResult> Run(TItem item, CancellationToken ct)
    {
        var entry = new Entry(item);
        lock (gate)
        {
            waiting.Enqueue(entry);
            if (underWay > 0 && !MayBeginAnother())
            {
                return entry.Done.Task.WaitAsync(ct);
            }

            underWay++;
        }

        // What follows is for others too: no caller's trace, no caller's correlation.
        AsyncFlowControl? unflowed = ExecutionContext.IsFlowSuppressed() ? null : ExecutionContext.SuppressFlow();
        try
        {
            _ = RunOn();
        }
        finally
        {
            unflowed?.Undo();
        }

        return entry.Done.Task.WaitAsync(ct);
    }

    private async Task RunOn()
    {
        while (Take() is { Count: > 0 } together)
        {
            try
            {
                await RunTogether(together);
            }
            catch (Exception) when (together.Count > 1)
            {
                await Task.WhenAll(together.Select(RunAlone));
            }
            catch (Exception e)
            {
                together[0].Done.SetException(e);
            }
        }
    }

    private async Task RunTogether(List<Entry> together)
    {
        var results = await run(together.ConvertAll(entry => entry.Item));
        for (var at = 0; at < together.Count; at++)
        {
            together[at].Done.SetResult(results[at]);
        }
    }

    private async Task RunAlone(Entry entry)
    {
        try
        {
            await RunTogether([entry]);
        }
        catch (Exception e)
        {
            entry.Done.SetException(e);
        }
    }

    private List<Entry> Take()
    {
        lock (gate)
        {
            var together = new List<Entry>();
            while (together.Count < MostTogether && waiting.TryDequeue(out var entry))
            {
                together.Add(entry);
            }

            underWay -= together.Count == 0 ? 1 : 0;
            lastBegan = clock?.GetUtcNow() ?? default;
            return together;
        }
    }

    private bool MayBeginAnother() => clock is not null && underWay == 1 && clock.GetUtcNow() - lastBegan > Patience;

    private sealed record Entry(TItem Item)
    {
        public TaskCompletionSource<TResult> Done { get; } = new();
    }
}
