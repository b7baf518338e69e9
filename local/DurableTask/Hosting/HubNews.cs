using ToolboxAI.Local.DurableTask.Stores;

namespace ToolboxAI.Local.DurableTask.Hosting;

/// <summary>Who in this process wants to hear of changes in a hub.</summary>
internal sealed class HubNews
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, List<StepWatch>> watches = [];
    private TaskCompletionSource news = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when there may be new work. Take it before looking for work, so that no news is missed.</summary>
    public Task NextNews() => Volatile.Read(ref news).Task;

    /// <summary>Tells the workers of this process that there may be new work.</summary>
    public void Wake() =>
        Interlocked.Exchange(ref news, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    /// <summary>Hears of each step that a worker of this process makes of the instance, until it is disposed.</summary>
    public StepWatch Watch(string instanceId)
    {
        var watch = new StepWatch(this, instanceId);
        lock (gate)
        {
            if (!watches.TryGetValue(instanceId, out var all))
            {
                watches.Add(instanceId, all = []);
            }

            all.Add(watch);
        }

        return watch;
    }

    /// <summary>Tells those who watch the instance that it made a step.</summary>
    public void Stepped(Instance after)
    {
        lock (gate)
        {
            watches.GetValueOrDefault(after.Id)?.ForEach(watch => watch.Tell(after));
        }
    }

    /// <summary>Ends a watch.</summary>
    public void Forget(StepWatch watch)
    {
        lock (gate)
        {
            if (watches.TryGetValue(watch.InstanceId, out var all) && all.Remove(watch) && all.Count == 0)
            {
                watches.Remove(watch.InstanceId);
            }
        }
    }
}
