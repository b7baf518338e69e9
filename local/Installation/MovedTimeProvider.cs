namespace ToolboxAI.Local.Installation;

/// <summary>
/// The moved clock: the machine's clock plus an offset that all processes of an installation share.
/// Only <see cref="GetUtcNow"/> is moved; timestamps and timers stay the machine's (two kinds of time, docs/adr/0006).
/// </summary>
public sealed class MovedTimeProvider : TimeProvider
{
    private readonly Lock gate = new();
    private long offsetTicks;
    private TaskCompletionSource moved = NewSignal();

    /// <summary>How far the moved clock is ahead of the machine's. Never negative, never shrinks.</summary>
    public TimeSpan Offset => TimeSpan.FromTicks(Volatile.Read(ref offsetTicks));

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Offset;

    /// <summary>Waits until the moved clock shows <paramref name="due"/>, also when it gets there by an advance.</summary>
    public async Task WaitUntilAsync(DateTimeOffset due, CancellationToken cancellationToken)
    {
        while (true)
        {
            var signal = NextMove();
            var left = due - GetUtcNow();
            if (left <= TimeSpan.Zero)
            {
                return;
            }

            // Task.Delay accepts at most about 49 days; a day at a time is simpler and costs nothing.
            var slice = left < TimeSpan.FromDays(1) ? left : TimeSpan.FromDays(1);
            await Task.WhenAny(signal, Task.Delay(slice, cancellationToken)).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>A task that ends at the next advance. Take it before reading the time, so that no move is missed.</summary>
    public Task NextMove()
    {
        lock (gate)
        {
            return moved.Task;
        }
    }

    internal void MoveTo(TimeSpan offset)
    {
        TaskCompletionSource signal;
        lock (gate)
        {
            if (offset.Ticks <= offsetTicks)
            {
                return;
            }

            Volatile.Write(ref offsetTicks, offset.Ticks);
            signal = moved;
            moved = NewSignal();
        }

        signal.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
