using ToolboxAI.Local.DurableTask.Engine;

namespace ToolboxAI.Local.DurableTask.Stores;

/// <summary>
/// All that is kept of one task hub. Two implementations, PostgreSQL and memory; one suite of tests runs on both.
/// </summary>
internal interface IHubStore
{
    /// <summary>Stores a start; false when an instance of the id refuses it.</summary>
    Task<bool> StartAsync(NewInstance start, CancellationToken cancellationToken);

    /// <summary>Sends a message; false when there is no instance of the id, or it has ended.</summary>
    Task<bool> SendAsync(NewMessage message, CancellationToken cancellationToken);

    /// <summary>The instance of an id; <c>null</c> when there is none.</summary>
    Task<Instance?> FindAsync(string instanceId, CancellationToken cancellationToken);

    /// <summary>The instances that a query asks for, by their keys.</summary>
    Task<IReadOnlyList<Instance>> QueryAsync(InstanceQuery query, CancellationToken cancellationToken);

    /// <summary>How many messages wait for each of these instances.</summary>
    Task<int> CountMessagesAsync(long key, CancellationToken cancellationToken);

    /// <summary>The history of an instance's current execution, oldest first.</summary>
    Task<IReadOnlyList<HistoryEvent>> ReadHistoryAsync(long key, CancellationToken cancellationToken);

    /// <summary>The ids of the orchestrations that this one started as sub-orchestrations.</summary>
    Task<IReadOnlyList<string>> FindChildrenAsync(string instanceId, CancellationToken cancellationToken);

    /// <summary>Removes ended instances (and entities) with all that belongs to them; returns how many.</summary>
    Task<int> PurgeAsync(IReadOnlyList<long> keys, CancellationToken cancellationToken);

    /// <summary>Replaces what is kept of an instance that nobody works on, for a rewind; false when somebody did meanwhile.</summary>
    Task<bool> RewindAsync(RewindCommit rewind, CancellationToken cancellationToken);

    /// <summary>
    /// In one transaction: commits pieces of work, each of them all or nothing, then leases what is due to <paramref name="worker"/>,
    /// when <paramref name="fetch"/> asks for it.
    /// </summary>
    Task<Round> CommitAsync(int worker, IReadOnlyList<WorkCommit> commits, FetchRequest? fetch, CancellationToken cancellationToken);

    /// <summary>
    /// Gives up the lease of an instance; it is not leased again before <paramref name="retryAfter"/> of machine time.
    /// <paramref name="counts"/> says whether the lease was an attempt.
    /// </summary>
    Task ReleaseInstanceAsync(int worker, long key, TimeSpan retryAfter, bool counts, CancellationToken cancellationToken);

    /// <summary>Gives up the lease of an activity; it is not leased again before <paramref name="retryAfter"/> of machine time.</summary>
    Task ReleaseActivityAsync(int worker, long id, TimeSpan retryAfter, CancellationToken cancellationToken);

    /// <summary>Sets an instance aside: it is not leased again until it is released.</summary>
    Task SetInstanceAsideAsync(int worker, long key, string reason, CancellationToken cancellationToken);

    /// <summary>Sets an activity aside: it is not leased again until it is released.</summary>
    Task SetActivityAsideAsync(int worker, long id, string reason, CancellationToken cancellationToken);

    /// <summary>All that was set aside.</summary>
    Task<IReadOnlyList<SetAsideWork>> ListSetAsideAsync(CancellationToken cancellationToken);

    /// <summary>Lets what was set aside of an instance be tried again; returns how many pieces of work.</summary>
    Task<int> ReleaseSetAsideAsync(string instanceId, CancellationToken cancellationToken);

    /// <summary>The next moment at which a message becomes due; <c>null</c> when there is none.</summary>
    Task<DateTimeOffset?> NextDueAsync(CancellationToken cancellationToken);

    /// <summary>Registers a worker; its leases end with this process.</summary>
    Task<int> JoinAsync(CancellationToken cancellationToken);

    /// <summary>Gives up all leases of a worker that has stopped.</summary>
    Task LeaveAsync(int worker, CancellationToken cancellationToken);
}

/// <summary>Work that failed too often and waits for a person.</summary>
/// <param name="InstanceId">The instance that it belongs to.</param>
/// <param name="Activity">The activity's name; <c>null</c> when the instance itself was set aside.</param>
/// <param name="Reason">Why.</param>
/// <param name="Attempts">How often it was tried.</param>
public sealed record SetAsideWork(string InstanceId, string? Activity, string Reason, int Attempts);

/// <summary>An instance taken back to before its failure.</summary>
internal sealed record RewindCommit(
    Instance Instance, IReadOnlyList<HistoryEvent> History, IReadOnlyList<NewActivity> Activities, IReadOnlyList<NewMessage> Messages)
{
    /// <summary>The failed sub-orchestrations that are to be rewound too.</summary>
    public IReadOnlyList<string> Children { get; init; } = [];
}
