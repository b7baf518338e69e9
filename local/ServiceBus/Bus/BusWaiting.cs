using Azure.Messaging.ServiceBus;

namespace ToolboxAI.Local.ServiceBus;

/// <summary>Waits for something on a bus without polling: look, register as asleep, look once more, then wait to be woken.</summary>
internal static class BusWaiting
{
    /// <summary>Receives what there is, or waits for it: what is sent in this process is handed over, the rest is looked for.</summary>
    /// <param name="bus">The bus.</param>
    /// <param name="request">What is wanted; asked again for each look.</param>
    /// <param name="atMost">How long to wait.</param>
    /// <param name="cancellationToken">Ends the wait. Looking is never cancelled half-way: what it locked is always handed out.</param>
    public static Task<IReadOnlyList<Delivery>> ReceiveUntilAsync(
        this IBus bus, Func<ReceiveRequest> request, TimeSpan atMost, CancellationToken cancellationToken) =>
        bus.UntilAsync(
            request().Address,
            () => bus.ReceiveAsync(request(), CancellationToken.None),
            found => found.Count > 0,
            atMost,
            cancellationToken,
            async (signal, slice) =>
            {
                var handOver = await bus.AwaitAsync(request(), CancellationToken.None);
                await WaitAsync(bus.Machine, handOver is null ? signal : Task.WhenAny(signal, handOver.Handed), slice, cancellationToken);
                return handOver is null ? [] : await handOver.EndAsync();
            },
            takes: request() is { MayBeHanded: true, Mode: ServiceBusReceiveMode.PeekLock });

    /// <summary>
    /// Repeats <paramref name="look"/> until it finds something or the time is over. <paramref name="found"/> tells the two apart.
    /// <paramref name="wait"/>, where it is given, waits for the signal or so long, and may find something itself;
    /// <paramref name="takes"/>: what senders in other processes lock for it, too.
    /// </summary>
    public static async Task<T> UntilAsync<T>(
        this IBus bus,
        EntityAddress address,
        Func<Task<T>> look,
        Func<T, bool> found,
        TimeSpan atMost,
        CancellationToken cancellationToken,
        Func<Task, TimeSpan, Task<T>>? wait = null,
        bool takes = false)
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

            var sleep = await FallAsleepAsync(bus, address, takes, cancellationToken);
            result = await look();
            if (found(result))
            {
                return result;
            }

            var slice = sleep.AtMost < left ? sleep.AtMost : left;
            if (wait is null)
            {
                await WaitAsync(bus.Machine, sleep.Signal, slice, cancellationToken);
            }
            else if (await wait(sleep.Signal, slice) is var handed && found(handed))
            {
                return handed;
            }
        }
    }

    private static async Task<Sleep> FallAsleepAsync(IBus bus, EntityAddress address, bool takes, CancellationToken cancellationToken)
    {
        try
        {
            return await bus.FallAsleepAsync(address, takes, cancellationToken);
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
