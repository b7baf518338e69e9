namespace ToolboxAI.Shared.Data;

/// <summary>
/// Readings of single objects that several ask for at the same time. One that begins after somebody asked is as good as his own, so all who
/// ask until it begins share it; who asks while it is under way waits for the next one. Objects never wait for each other. An object that is
/// asked for again and again is read at most every <see cref="Apart"/>, whoever it is read from having limits; others are read at once.
/// </summary>
/// <param name="read">Reads the object of a key.</param>
/// <param name="clock">Keeps readings of one object apart.</param>
public sealed class ReadsByKey<TKey, TValue>(Func<TKey, Task<TValue>> read, TimeProvider clock)
    where TKey : notnull
{
    /// <summary>From the beginning of a reading to that of the next one of the same object, when somebody asked meanwhile.</summary>
    public static readonly TimeSpan Apart = TimeSpan.FromMilliseconds(50);

    private readonly Lock gate = new();
    private readonly Dictionary<TKey, Line> lines = [];       // of the keys that are being read

    /// <summary>The object as it is now. A reading that fails, fails for all that it was for.</summary>
    /// <param name="key">Which.</param>
    /// <param name="ct">Ends the wait, not the reading.</param>
    public Task<TValue> Get(TKey key, CancellationToken ct)
    {
        var mine = new TaskCompletionSource<TValue>();
        Line? line;
        lock (gate)
        {
            if (lines.TryGetValue(key, out line))
            {
                line.Asked.Add(mine);
                return mine.Task.WaitAsync(ct);
            }

            lines.Add(key, line = new() { Asked = [mine] });
        }

        AsyncFlowControl? unflowed = ExecutionContext.IsFlowSuppressed() ? null : ExecutionContext.SuppressFlow();     // it is for others too: no caller's trace
        try
        {
            _ = ReadOn(key, line);
        }
        finally
        {
            unflowed?.Undo();
        }

        return mine.Task.WaitAsync(ct);
    }

    private async Task ReadOn(TKey key, Line line)
    {
        while (Take(key, line) is { Count: > 0 } asked)
        {
            var next = clock.GetUtcNow() + Apart;
            try
            {
                var found = await read(key);
                asked.ForEach(one => one.SetResult(found));
            }
            catch (Exception e)
            {
                asked.ForEach(one => one.TrySetException(e));
            }

            if (IsAskedFor(line) && next - clock.GetUtcNow() is var left && left > TimeSpan.Zero)
            {
                await Task.Delay(left, clock);
            }
        }
    }

    private bool IsAskedFor(Line line)
    {
        lock (gate)
        {
            return line.Asked.Count > 0;
        }
    }

    /// <summary>Those who asked since the last reading began; when there are none, the key is forgotten.</summary>
    private List<TaskCompletionSource<TValue>> Take(TKey key, Line line)
    {
        lock (gate)
        {
            var asked = line.Asked;
            line.Asked = [];
            if (asked.Count == 0)
            {
                lines.Remove(key);
            }

            return asked;
        }
    }

    private sealed class Line
    {
        /// <summary>Who waits for the next reading: each is told for himself, one after the other, as the simulation's histories need.</summary>
        public List<TaskCompletionSource<TValue>> Asked { get; set; } = [];
    }
}
