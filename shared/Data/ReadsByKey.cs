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
        Line? line;
        lock (gate)
        {
            if (lines.TryGetValue(key, out line))
            {
                return (line.Next ??= New()).Task.WaitAsync(ct);
            }

            lines.Add(key, line = new() { Next = New() });
        }

        var mine = line.Next.Task;
        AsyncFlowControl? unflowed = ExecutionContext.IsFlowSuppressed() ? null : ExecutionContext.SuppressFlow();     // it is for others too: no caller's trace
        try
        {
            _ = ReadOn(key, line);
        }
        finally
        {
            unflowed?.Undo();
        }

        return mine.WaitAsync(ct);
    }

    private async Task ReadOn(TKey key, Line line)
    {
        while (Take(key, line) is { } asked)
        {
            var next = clock.GetUtcNow() + Apart;
            try
            {
                asked.SetResult(await read(key));
            }
            catch (Exception e)
            {
                asked.SetException(e);
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
            return line.Next is not null;
        }
    }

    /// <summary>Those who asked since the last reading began; null, and the key is forgotten, when there are none.</summary>
    private TaskCompletionSource<TValue>? Take(TKey key, Line line)
    {
        lock (gate)
        {
            var asked = line.Next;
            line.Next = null;
            if (asked is null)
            {
                lines.Remove(key);
            }

            return asked;
        }
    }

    private static TaskCompletionSource<TValue> New() => new();

    private sealed class Line
    {
        public TaskCompletionSource<TValue>? Next { get; set; }
    }
}
