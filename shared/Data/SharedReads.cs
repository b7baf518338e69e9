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

    /// <summary>How often those who are about to ask are let go first.</summary>
    private const int MostPasses = 10;

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
            mine.Askers++;
            if (mine.Askers == 1 && underWay < MostReadings)
            {
                starts = true;
                underWay++;
            }
        }

        if (starts)
        {
            using (ExecutionContext.SuppressFlow())       // it is for others too: no caller's trace, no caller's correlation
            {
                _ = ReadOn();
            }
        }

        return (await mine.Found.Task.WaitAsync(ct)).GetValueOrDefault(key);
    }

    private async Task ReadOn()
    {
        while (await Gather() is { } reading)
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

    /// <summary>
    /// Those who have asked until now; null, and this one's end, when there are none. As long as more come, what else is ready to run goes
    /// first: it may be about to ask, too.
    /// </summary>
    private async ValueTask<Reading?> Gather()
    {
        for (var (pass, known) = (1, 1); ; pass++)
        {
            await Task.Yield();
            lock (gate)
            {
                if (next is null)
                {
                    underWay--;
                    return null;
                }

                if (next.Askers == known || pass == MostPasses)
                {
                    var gathered = next;
                    next = null;
                    return gathered;
                }

                known = next.Askers;
            }
        }
    }

    private sealed class Reading
    {
        public HashSet<TKey> Keys { get; } = [];

        public int Askers { get; set; }

        public TaskCompletionSource<IReadOnlyDictionary<TKey, TValue>> Found { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
