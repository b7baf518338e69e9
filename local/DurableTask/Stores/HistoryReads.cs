namespace ToolboxAI.Local.DurableTask.Stores;

/// <summary>
/// Histories that many steps ask for at the same time, as after a worker's death: what is asked for while readings are under way shares the
/// next one. Only who holds an instance asks for its history, so it can't change meanwhile. Each makes events of its own text: one that
/// can't be read is nobody else's trouble.
/// </summary>
internal sealed class HistoryReads(Func<IReadOnlyList<long>, Task<IReadOnlyDictionary<long, List<string>>>> read)
{
    private const int MostTogether = 100;

    /// <summary>Readings under way at once: the next is on its way while one is worked on.</summary>
    private const int MostUnderWay = 2;

    private readonly Lock gate = new();
    private readonly Queue<Entry> waiting = new();
    private int underWay;

    /// <summary>The history of an instance as it is written, step by step; empty when there is none.</summary>
    public Task<IReadOnlyList<string>> ReadAsync(long key, CancellationToken cancellationToken)
    {
        var entry = new Entry(key);
        lock (gate)
        {
            waiting.Enqueue(entry);
            if (underWay < MostUnderWay)
            {
                underWay++;
                _ = Task.Run(ReadOnAsync, CancellationToken.None);
            }
        }

        return entry.Read.Task.WaitAsync(cancellationToken);
    }

    private async Task ReadOnAsync()
    {
        while (Take() is { Count: > 0 } together)
        {
            try
            {
                var found = await read(together.ConvertAll(entry => entry.Key)).ConfigureAwait(false);
                together.ForEach(entry => entry.Read.SetResult(found.TryGetValue(entry.Key, out var history) ? history : []));
            }
            catch (Exception e)
            {
                together.ForEach(entry => entry.Read.TrySetException(e));
            }
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
            return together;
        }
    }

    private sealed record Entry(long Key)
    {
        public TaskCompletionSource<IReadOnlyList<string>> Read { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
