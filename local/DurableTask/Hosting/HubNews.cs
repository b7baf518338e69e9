using ToolboxAI.Local.DurableTask.Stores;

namespace ToolboxAI.Local.DurableTask.Hosting;

/// <summary>Who in this process wants to hear of changes in a hub.</summary>
internal sealed class HubNews
{
    private const int MaxExpected = 1_000;

    private readonly Lock gate = new();
    private readonly Dictionary<string, List<StepWatch>> watches = [];
    private readonly Dictionary<string, StepWatch> expected = [];
    private readonly Queue<string> expectedInOrder = new();
    private CommitQueue[] writers = [];
    private TaskCompletionSource news = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Where a client of this process may put what it wants to be committed; <c>null</c> when no worker runs here.</summary>
    public CommitQueue? Writer => Volatile.Read(ref writers) is [var first, ..] ? first : null;

    /// <summary>Whether several workers of this process work on the hub.</summary>
    public bool HasSeveralWriters => Volatile.Read(ref writers).Length > 1;

    /// <summary>A worker of this process begins to commit.</summary>
    public void Attach(CommitQueue writer)
    {
        lock (gate)
        {
            Volatile.Write(ref writers, [.. writers, writer]);
        }
    }

    /// <summary>It ends.</summary>
    public void Detach(CommitQueue writer)
    {
        lock (gate)
        {
            Volatile.Write(ref writers, [.. writers.Where(one => one != writer)]);
        }
    }

    /// <summary>Ends when there may be new work. Take it before looking for work, so that no news is missed.</summary>
    public Task NextNews() => Volatile.Read(ref news).Task;

    /// <summary>Tells the workers of this process that there may be new work.</summary>
    public void Wake() =>
        Interlocked.Exchange(ref news, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    /// <summary>An instance is about to be started: who waits for it afterwards hears of all its steps, without looking first.</summary>
    public void Expect(string instanceId, string? executionId)
    {
        lock (gate)
        {
            if (expected.Remove(instanceId, out var earlier))
            {
                Forget(earlier);
            }

            expected.Add(instanceId, Add(new StepWatch(this, instanceId) { From = executionId }));
            expectedInOrder.Enqueue(instanceId);

            while (expectedInOrder.Count > MaxExpected && expectedInOrder.TryDequeue(out var oldest))
            {
                if (expected.Remove(oldest, out var unwanted))
                {
                    Forget(unwanted);
                }
            }
        }
    }

    /// <summary>A start was refused: nobody waits for it.</summary>
    public void Refused(string instanceId)
    {
        lock (gate)
        {
            if (expected.Remove(instanceId, out var unwanted))
            {
                Forget(unwanted);
            }
        }
    }

    /// <summary>Hears of each step that a worker of this process makes of the instance, until it is disposed.</summary>
    public StepWatch Watch(string instanceId)
    {
        lock (gate)
        {
            return expected.Remove(instanceId, out var watch) ? watch : Add(new StepWatch(this, instanceId));
        }
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

    private StepWatch Add(StepWatch watch)
    {
        if (!watches.TryGetValue(watch.InstanceId, out var all))
        {
            watches.Add(watch.InstanceId, all = []);
        }

        all.Add(watch);
        return watch;
    }
}
