namespace ToolboxAI.Local.DurableTask.Stores;

internal partial class MemoryStore
{
    public Task<IReadOnlyList<Instance>> QueryAsync(InstanceQuery query, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            return Task.FromResult<IReadOnlyList<Instance>>(
                [.. byKey.Values.Select(row => row.Instance).Where(instance => Matches(query, instance)).Take(query.Limit)]);
        }
    }

    public Task<int> CountMessagesAsync(long key, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            return Task.FromResult(byKey.TryGetValue(key, out var row) ? row.Inbox.Count : 0);
        }
    }

    public Task<IReadOnlyList<string>> FindChildrenAsync(string instanceId, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            return Task.FromResult<IReadOnlyList<string>>(
                [.. byKey.Values.Where(row => row.Instance.Parent?.InstanceId == instanceId).Select(row => row.Instance.Id)]);
        }
    }

    public Task<int> PurgeAsync(IReadOnlyList<long> keys, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            var rows = keys.Select(key => byKey.GetValueOrDefault(key)).OfType<Row>()
                .Where(row => row.Instance.IsEnded || row.Instance.IsEntity)
                .ToList();
            rows.ForEach(Drop);
            return Task.FromResult(rows.Count);
        }
    }

    public Task<bool> RewindAsync(RewindCommit rewind, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (!byKey.TryGetValue(rewind.Instance.Key, out var row) || row.Instance.Sequence != rewind.Instance.Sequence)
            {
                return Task.FromResult(false);
            }

            row.Instance = rewind.Instance with { Sequence = rewind.Instance.Sequence + 1 };
            row.History.Clear();
            row.History.AddRange(rewind.History);
            foreach (var call in rewind.Activities)
            {
                AddActivity(row, call);
            }

            foreach (var message in rewind.Messages)
            {
                Send(message);
            }

            return Task.FromResult(true);
        }
    }

    public Task SetInstanceAsideAsync(int worker, long key, string reason, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (byKey.TryGetValue(key, out var row) && row.Owner == worker)
            {
                row.Owner = null;
                row.Instance = row.Instance with { SetAside = reason };
            }
        }

        return Task.CompletedTask;
    }

    public Task SetActivityAsideAsync(int worker, long id, string reason, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (activities.TryGetValue(id, out var row) && row.Owner == worker)
            {
                row.Owner = null;
                row.SetAside = reason;
            }
        }

        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<SetAsideWork>> ListSetAsideAsync(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            var instances = byKey.Values.Where(row => row.Instance.SetAside is not null)
                .Select(row => new SetAsideWork(row.Instance.Id, null, row.Instance.SetAside!, row.Instance.Attempts));
            var calls = activities.Values.Where(row => row.SetAside is not null)
                .Select(row => new SetAsideWork(row.Call.InstanceId, row.Call.Name, row.SetAside!, row.Attempts));
            return Task.FromResult<IReadOnlyList<SetAsideWork>>([.. instances, .. calls]);
        }
    }

    public Task<int> ReleaseSetAsideAsync(string instanceId, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            var released = 0;
            if (byId.TryGetValue(instanceId, out var row) && row.Instance.SetAside is not null)
            {
                row.Instance = row.Instance with { SetAside = null, Attempts = 0 };
                released++;
            }

            foreach (var activity in activities.Values.Where(call => call.Call.InstanceId == instanceId && call.SetAside is not null))
            {
                activity.SetAside = null;
                activity.Attempts = 0;
                released++;
            }

            return Task.FromResult(released);
        }
    }

    private static bool Matches(InstanceQuery query, Instance instance) =>
        instance.Key > query.AfterKey
        && instance.IsEntity == query.Entities
        && !(instance.CreatedAt < query.CreatedFrom) && !(instance.CreatedAt > query.CreatedTo)
        && !(instance.UpdatedAt < query.UpdatedFrom) && !(instance.UpdatedAt > query.UpdatedTo)
        && (query.CompletedFrom is null || instance.CompletedAt >= query.CompletedFrom)
        && (query.CompletedTo is null || instance.CompletedAt <= query.CompletedTo)
        && (query.Statuses is null or { Count: 0 } || query.Statuses.Contains(instance.Status))
        && (query.IdPrefix is null || instance.Id.StartsWith(query.IdPrefix, StringComparison.Ordinal));
}
