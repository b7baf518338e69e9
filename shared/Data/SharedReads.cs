namespace ToolboxAI.Shared.Data;

/// <summary>
/// Reads that many ask for at the same time. A reading begins with all that were asked for until then; what is asked for while it is under
/// way waits for the next one. So nobody is told what was read before he asked, as if each had read for himself, and a busy process
/// reads once where it would have read a hundred times.
/// </summary>
/// <param name="read">Reads what is there of some keys.</param>
public sealed class SharedReads<TKey, TValue>(Func<IReadOnlyCollection<TKey>, Task<IReadOnlyDictionary<TKey, TValue>>> read)
    where TKey : notnull
    where TValue : class
{
    /// <summary>Readings under way at once: a second goes on while the first hangs.</summary>
    private const int MostReadings = 2;

    private readonly Lock gate = new();
    private Reading? next;
    private int underWay;

    /// <summary>The value of a key as it is now; null when there is none. A reading that fails, fails for all that it was for.</summary>
    /// <param name="key">What is asked for.</param>
    /// <param name="ct">Ends the wait, not the reading.</param>
    public async Task<TValue?> Get(TKey key, CancellationToken ct)
    {
        Reading mine;
        var starts = false;
        lock (gate)
        {
            mine = next ??= new();
            mine.Keys.Add(key);
            if (underWay < MostReadings)
            {
                (next, starts) = (null, true);
                underWay++;
            }
        }

        if (starts)
        {
            using (ExecutionContext.SuppressFlow())       // it is for others too: no caller's trace, no caller's correlation
            {
                _ = ReadOn(mine);
            }
        }

        return (await mine.Found.Task.WaitAsync(ct)).GetValueOrDefault(key);
    }

    private async Task ReadOn(Reading first)
    {
        await Task.Yield();
        for (var reading = first; reading is not null; reading = Following())
        {
            try
            {
                reading.Found.SetResult(await read(reading.Keys));
            }
            catch (Exception e)
            {
                reading.Found.SetException(e);
            }
        }
    }

    private Reading? Following()
    {
        lock (gate)
        {
            var following = next;
            next = null;
            underWay -= following is null ? 1 : 0;
            return following;
        }
    }

    private sealed class Reading
    {
        public HashSet<TKey> Keys { get; } = [];

        public TaskCompletionSource<IReadOnlyDictionary<TKey, TValue>> Found { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
