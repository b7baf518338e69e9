using System.Collections.Concurrent;

namespace ToolboxAI.Local.DurableTask.Hosting;

/// <summary>Who in this process wants to hear of changes in a hub.</summary>
internal sealed class HubNews
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> watched = [];
    private TaskCompletionSource news = new(TaskCreationOptions.RunContinuationsAsynchronously);

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
}
