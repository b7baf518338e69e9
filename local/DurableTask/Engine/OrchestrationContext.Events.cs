namespace ToolboxAI.Local.DurableTask.Engine;

/// <summary>External events: kept in the order of their arrival until somebody waits, given to the newest waiter.</summary>
internal sealed partial class OrchestrationContext
{
    private readonly Dictionary<string, List<EventWaiter>> waiters = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<EventRaised> untaken = [];

    /// <summary>Whether an event could lead the code on.</summary>
    public bool AwaitsEvents => waiters.Count > 0;

    public override Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default)
    {
        execution.CheckThread();
        ArgumentException.ThrowIfNullOrEmpty(eventName);
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(cancellationToken);
        }

        var kept = untaken.FindIndex(raised => Same.Name(raised.Name, eventName));
        if (kept >= 0)
        {
            var taken = untaken[kept];
            untaken.RemoveAt(kept);
            return Task.FromResult(settings.Converter.Deserialize<T>(taken.Input)!);
        }

        if (waiters.TryGetValue(eventName, out var stack) && stack[^1].Type != typeof(T))
        {
            throw new ArgumentException(
                $"Events with the same name must have the same type argument: {stack[^1].Type} is awaited already, {typeof(T)} was asked for.");
        }

        return Waiting<T>(eventName, cancellationToken);
    }

    /// <summary>Gives an event to the newest waiter, or keeps it.</summary>
    public void Raise(EventRaised raised)
    {
        if (!waiters.TryGetValue(raised.Name, out var stack))
        {
            untaken.Add(raised);
            return;
        }

        var newest = stack[^1];
        Forget(raised.Name, newest);
        newest.Arrived.SetResult(raised.Input);
    }

    /// <summary>The events that nobody has taken, oldest first.</summary>
    public IReadOnlyList<EventRaised> UntakenEvents() => untaken;

    private async Task<T> Waiting<T>(string name, CancellationToken cancellationToken)
    {
        var waiter = new EventWaiter(typeof(T), new TaskCompletionSource<string?>());
        if (!waiters.TryGetValue(name, out var stack))
        {
            waiters.Add(name, stack = []);
        }

        stack.Add(waiter);
        using var registration = cancellationToken.UnsafeRegister(
            (_, token) =>
            {
                Forget(name, waiter);
                waiter.Arrived.TrySetCanceled(token);
            },
            null);
        return settings.Converter.Deserialize<T>(await waiter.Arrived.Task)!;
    }

    private void Forget(string name, EventWaiter waiter)
    {
        if (waiters.TryGetValue(name, out var stack) && stack.Remove(waiter) && stack.Count == 0)
        {
            waiters.Remove(name);
        }
    }

    private sealed record EventWaiter(Type Type, TaskCompletionSource<string?> Arrived);
}
