namespace ToolboxAI.Local.ServiceBus;

/// <summary>Waits for something on a bus without polling: look, register as asleep, look once more, then wait to be woken.</summary>
internal static class BusWaiting
{
    /// <summary>
    /// Repeats <paramref name="look"/> until it finds something or the time is over. <paramref name="found"/> tells the two apart.
    /// </summary>
    public static async Task<T> UntilAsync<T>(
        this IBus bus, EntityAddress address, Func<Task<T>> look, Func<T, bool> found, TimeSpan atMost, CancellationToken cancellationToken)
    {
        var started = bus.Machine.GetTimestamp();
        while (true)
        {
            cancellationToken.ThrowIfCanceled();
            var result = await look();
            var left = atMost - bus.Machine.GetElapsedTime(started);
            if (found(result) || left <= TimeSpan.Zero)
            {
                return result;
            }

            var sleep = await FallAsleepAsync(bus, address, cancellationToken);
            result = await look();
            if (found(result))
            {
                return result;
            }

            var slice = sleep.AtMost < left ? sleep.AtMost : left;
            await WaitAsync(bus.Machine, sleep.Signal, slice, cancellationToken);
        }
    }

    private static async Task<Sleep> FallAsleepAsync(IBus bus, EntityAddress address, CancellationToken cancellationToken)
    {
        try
        {
            return await bus.FallAsleepAsync(address, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            cancellationToken.ThrowIfCanceled();
            throw;
        }
    }

    private static async Task WaitAsync(TimeProvider machine, Task signal, TimeSpan atMost, CancellationToken cancellationToken)
    {
        // Task.Delay accepts at most about 49 days.
        var slice = TimeSpan.FromTicks(Math.Clamp(atMost.Ticks, 0, TimeSpan.TicksPerDay));
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(signal, Task.Delay(slice, machine, over.Token));
        await over.CancelAsync();
        cancellationToken.ThrowIfCanceled();
    }

    /// <summary>The original's operations end with a <see cref="TaskCanceledException"/>, on which its users' code relies.</summary>
    public static void ThrowIfCanceled(this CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            throw new TaskCanceledException("The operation was cancelled.", null, cancellationToken);
        }
    }
}
