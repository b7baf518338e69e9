namespace ToolboxAI.Local.DurableTask.Stores;

/// <summary>What a simulation needs beyond the store itself: to see what is ready, and to take just one piece of it.</summary>
internal partial class MemoryStore
{
    public IReadOnlyList<WorkItem> Ready()
    {
        lock (gate)
        {
            var instances = withMessages.Select(key => byKey[key]).Where(IsDue).Select(row => new WorkItem(
                row.Instance.IsEntity ? WorkItemKind.Entity : WorkItemKind.Orchestration,
                row.Instance.Key,
                row.Instance.Id,
                row.Instance.Name,
                row.Instance.Attempts));
            var calls = activities.Values.Where(IsDue).Select(row =>
                new WorkItem(WorkItemKind.Activity, row.Id, row.Call.InstanceId, row.Call.Name, row.Attempts));
            return [.. instances, .. calls];
        }
    }

    public LeasedInstance? TakeInstance(int worker, long key)
    {
        lock (gate)
        {
            return byKey.TryGetValue(key, out var row) && IsDue(row) ? Lease(worker, row) : null;
        }
    }

    public LeasedActivity? TakeActivity(int worker, long id)
    {
        lock (gate)
        {
            return activities.TryGetValue(id, out var row) && IsDue(row) ? Lease(worker, row) : null;
        }
    }

    /// <summary>Commits one piece of work. A simulation that plants a bug in the store overrides it.</summary>
    public virtual bool Commit(int worker, WorkCommit commit) => CommitAsync(worker, [commit], null, CancellationToken.None).Result.Results[0].Accepted;

    public void Release(int worker, long key)
    {
        lock (gate)
        {
            if (byKey.TryGetValue(key, out var row) && row.Owner == worker)
            {
                row.Owner = null;
            }
        }
    }

    public void Expire(WorkItem item)
    {
        lock (gate)
        {
            if (item.Kind == WorkItemKind.Activity)
            {
                if (activities.TryGetValue(item.Id, out var activity))
                {
                    activity.Owner = null;
                }
            }
            else if (byKey.TryGetValue(item.Id, out var row))
            {
                row.Owner = null;
            }
        }
    }

    public int Join() => JoinAsync(CancellationToken.None).Result;

    public void Leave(int worker) => LeaveAsync(worker, CancellationToken.None).GetAwaiter().GetResult();
}
