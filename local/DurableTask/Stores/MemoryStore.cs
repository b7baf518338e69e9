using ToolboxAI.Local.DurableTask.Engine;

namespace ToolboxAI.Local.DurableTask.Stores;

/// <summary>
/// A task hub in memory. It gives out keys, messages and work in one order only, so that a simulation is repeated exactly.
/// </summary>
internal partial class MemoryStore(TimeProvider clock) : IHubStore
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, Row> byId = [];
    private readonly SortedDictionary<long, Row> byKey = [];
    private readonly SortedSet<long> withMessages = [];
    private readonly SortedDictionary<long, ActivityRow> activities = [];
    private readonly HashSet<int> workers = [];
    private long lastKey;
    private long lastId;
    private int lastWorker;

    public Task<bool> StartAsync(NewInstance start, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            return Task.FromResult(Start(start));
        }
    }

    public Task<bool> SendAsync(NewMessage message, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            return Task.FromResult(Send(message));
        }
    }

    public Task<Instance?> FindAsync(string instanceId, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            return Task.FromResult(byId.GetValueOrDefault(instanceId)?.Instance);
        }
    }

    public Task<IReadOnlyList<HistoryEvent>> ReadHistoryAsync(long key, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            return Task.FromResult<IReadOnlyList<HistoryEvent>>(byKey.TryGetValue(key, out var row) ? [.. row.History] : []);
        }
    }

    public Task<Round> CommitAsync(int worker, IReadOnlyList<WorkCommit> commits, FetchRequest? fetch, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            List<CommitResult> results = [.. commits.Select(commit => commit switch
            {
                StepCommit step => Commit(worker, step),
                ActivityCommit activity => CommitResult.Of(Commit(worker, activity)),
                StartCommit start => Start(worker, start),
                SendCommit send => CommitResult.Of(Send(send.Message)),
                _ => throw new ArgumentException($"Unknown commit {commit}.", nameof(commits)),
            })];
            return Task.FromResult(new Round(results, fetch is null ? FetchedWork.None : Fetch(worker, fetch)));
        }
    }

    public Task ReleaseInstanceAsync(int worker, long key, TimeSpan retryAfter, bool counts, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (byKey.TryGetValue(key, out var row) && row.Owner == worker)
            {
                row.Owner = null;
                row.RetryAt = clock.GetUtcNow() + retryAfter;
                row.Instance = counts ? row.Instance : row.Instance with { Attempts = row.Instance.Attempts - 1 };
            }
        }

        return Task.CompletedTask;
    }

    public Task ReleaseActivityAsync(int worker, long id, TimeSpan retryAfter, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (activities.TryGetValue(id, out var row) && row.Owner == worker)
            {
                row.Owner = null;
                row.RetryAt = clock.GetUtcNow() + retryAfter;
            }
        }

        return Task.CompletedTask;
    }

    public Task<DateTimeOffset?> NextDueAsync(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            return Task.FromResult(NextDue());
        }
    }

    public Task<int> JoinAsync(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            workers.Add(++lastWorker);
            return Task.FromResult(lastWorker);
        }
    }

    public Task LeaveAsync(int worker, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            workers.Remove(worker);
            foreach (var row in byKey.Values.Where(row => row.Owner == worker))
            {
                row.Owner = null;
            }

            foreach (var row in activities.Values.Where(row => row.Owner == worker))
            {
                row.Owner = null;
            }
        }

        return Task.CompletedTask;
    }

    private FetchedWork Fetch(int worker, FetchRequest wanted)
    {
        var instances = withMessages.Select(key => byKey[key]).Where(IsDue)
            .Where(row => wanted.Filter is null || wanted.Filter.Allows(row.Instance)).Take(wanted.MaxInstances).ToList()
            .ConvertAll(row => Lease(worker, row));
        var calls = activities.Values.Where(IsDue)
            .Where(row => wanted.Filter is null || wanted.Filter.Allows(row.Call.Name, row.Call.Version)).Take(wanted.MaxActivities).ToList()
            .ConvertAll(row => Lease(worker, row));
        return new FetchedWork(instances, calls) { NextDue = NextDue() };
    }

    private DateTimeOffset? NextDue()
    {
        var now = clock.GetUtcNow();
        var dues = withMessages.SelectMany(key => byKey[key].Inbox.Values.Select(message => message.DueAt))
            .Where(due => due > now)
            .Select(due => (DateTimeOffset?)due);
        return dues.Min();
    }

    private bool IsDue(Row row)
    {
        var now = clock.GetUtcNow();
        return row.Owner is null && row.Instance.SetAside is null && row.RetryAt <= now && row.Inbox.Values.Any(message => message.DueAt <= now);
    }

    private bool IsDue(ActivityRow row) => row.Owner is null && row.SetAside is null && row.RetryAt <= clock.GetUtcNow();

    private LeasedInstance Lease(int worker, Row row)
    {
        var now = clock.GetUtcNow();
        row.Owner = worker;
        row.Instance = row.Instance with { Attempts = row.Instance.Attempts + 1 };
        return new LeasedInstance(
            row.Instance,
            [.. row.Inbox.Values.Where(message => message.DueAt <= now).Select(message => new InboxMessage(message.Id, message.Message.Body))]);
    }

    private static LeasedActivity Lease(int worker, ActivityRow row)
    {
        row.Owner = worker;
        row.Attempts++;
        return new LeasedActivity(row.Id, row.InstanceKey, row.ExecutionId, row.Call, row.Attempts);
    }

    private sealed class Row(Instance instance)
    {
        public Instance Instance { get; set; } = instance;

        public List<HistoryEvent> History { get; } = [];

        public SortedDictionary<long, MessageRow> Inbox { get; } = [];

        public int? Owner { get; set; }

        public DateTimeOffset RetryAt { get; set; }
    }

    private sealed record MessageRow(long Id, DateTimeOffset DueAt, NewMessage Message);

    private sealed record ActivityRow(long Id, long InstanceKey, string ExecutionId, ActivityCall Call)
    {
        public int? Owner { get; set; }

        public int Attempts { get; set; }

        public string? SetAside { get; set; }

        public DateTimeOffset RetryAt { get; set; }
    }
}
