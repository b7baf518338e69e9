using System.Collections.Concurrent;
using ToolboxAI.Local.DurableTask.Stores;
using ToolboxAI.Local.Installation;

namespace ToolboxAI.Local.DurableTask.Hosting;

/// <summary>One task hub, as this process sees it: its store, its clock, and who wants to hear of changes.</summary>
internal sealed class Hub(string name, IHubStore store, TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> watched = [];
    private TaskCompletionSource news = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Name => name;

    public IHubStore Store => store;

    public TimeProvider Clock => clock;

    /// <summary>How many executions a worker keeps in memory between their steps; 0 makes each step a replay.</summary>
    public int LiveExecutions { get; init; } = 10_000;

    /// <summary>Ends when there may be new work. Take it before looking for work, so that no news is missed.</summary>
    public Task NextNews() => Volatile.Read(ref news).Task;

    /// <summary>Tells the workers of this process that there may be new work.</summary>
    public void Wake() =>
        Interlocked.Exchange(ref news, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    /// <summary>Ends when a worker of this process has made a step of the instance. Take it before reading the instance.</summary>
    public Task NextStepOf(string instanceId) =>
        watched.GetOrAdd(instanceId, static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>Tells those who watch the instance that it made a step.</summary>
    public void Stepped(string instanceId)
    {
        if (!watched.IsEmpty && watched.TryRemove(instanceId, out var watchers))
        {
            watchers.TrySetResult();
        }
    }

    /// <summary>Waits for news, for a moment on the hub's clock, or for so much machine time.</summary>
    public async Task WaitAsync(Task newsToCome, DateTimeOffset? due, TimeSpan longest, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var waits = new List<Task> { newsToCome, Task.Delay(longest, stop.Token) };
        if (due is { } moment)
        {
            waits.Add(UntilAsync(moment, longest, stop.Token));
        }

        await Task.WhenAny(waits).ConfigureAwait(false);
        await stop.CancelAsync().ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private Task UntilAsync(DateTimeOffset moment, TimeSpan longest, CancellationToken cancellationToken)
    {
        if (clock is MovedTimeProvider moved)
        {
            return moved.WaitUntilAsync(moment, cancellationToken);
        }

        var left = moment - clock.GetUtcNow();
        return left <= TimeSpan.Zero ? Task.CompletedTask : Task.Delay(left < longest ? left : longest, clock, cancellationToken);
    }
}
