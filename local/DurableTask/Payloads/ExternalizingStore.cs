using ToolboxAI.Local.DurableTask.Engine;
using ToolboxAI.Local.DurableTask.Stores;

namespace ToolboxAI.Local.DurableTask.Hosting;

/// <summary>
/// A hub's store, as somebody sees it who keeps large payloads elsewhere. Leased work and commits pass as they are: what is done with
/// them can fail, and is the worker's affair.
/// </summary>
internal sealed class ExternalizingStore(IHubStore inner, ExternalPayloads payloads) : IHubStore
{
    public async Task<bool> StartAsync(NewInstance start, CancellationToken cancellationToken) =>
        await inner.StartAsync(await payloads.ExternalizeAsync(start, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

    public async Task<bool> SendAsync(NewMessage message, CancellationToken cancellationToken) =>
        await inner.SendAsync(await payloads.ExternalizeAsync(message, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

    public async Task<Instance?> FindAsync(string instanceId, CancellationToken cancellationToken) =>
        await inner.FindAsync(instanceId, cancellationToken).ConfigureAwait(false) is { } found
            ? await payloads.ResolveAsync(found, cancellationToken).ConfigureAwait(false)
            : null;

    public async Task<IReadOnlyList<Instance>> QueryAsync(InstanceQuery query, CancellationToken cancellationToken)
    {
        var found = new List<Instance>();
        foreach (var instance in await inner.QueryAsync(query, cancellationToken).ConfigureAwait(false))
        {
            found.Add(await payloads.ResolveAsync(instance, cancellationToken).ConfigureAwait(false));
        }

        return found;
    }

    public async Task<IReadOnlyList<HistoryEvent>> ReadHistoryAsync(long key, CancellationToken cancellationToken) =>
        await payloads.ResolveAsync(await inner.ReadHistoryAsync(key, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

    public async Task<bool> RewindAsync(RewindCommit rewind, CancellationToken cancellationToken) =>
        await inner.RewindAsync(await payloads.ExternalizeAsync(rewind, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

    public Task<Round> CommitAsync(int worker, IReadOnlyList<WorkCommit> commits, FetchRequest? fetch, CancellationToken cancellationToken) =>
        inner.CommitAsync(worker, commits, fetch, cancellationToken);

    public Task<int> CountMessagesAsync(long key, CancellationToken cancellationToken) => inner.CountMessagesAsync(key, cancellationToken);

    public Task<IReadOnlyList<string>> FindChildrenAsync(string instanceId, CancellationToken cancellationToken) =>
        inner.FindChildrenAsync(instanceId, cancellationToken);

    public Task<int> PurgeAsync(IReadOnlyList<long> keys, CancellationToken cancellationToken) => inner.PurgeAsync(keys, cancellationToken);

    public Task ReleaseInstanceAsync(int worker, long key, TimeSpan retryAfter, bool counts, CancellationToken cancellationToken) =>
        inner.ReleaseInstanceAsync(worker, key, retryAfter, counts, cancellationToken);

    public Task ReleaseActivityAsync(int worker, long id, TimeSpan retryAfter, CancellationToken cancellationToken) =>
        inner.ReleaseActivityAsync(worker, id, retryAfter, cancellationToken);

    public Task SetInstanceAsideAsync(int worker, long key, string reason, CancellationToken cancellationToken) =>
        inner.SetInstanceAsideAsync(worker, key, reason, cancellationToken);

    public Task SetActivityAsideAsync(int worker, long id, string reason, CancellationToken cancellationToken) =>
        inner.SetActivityAsideAsync(worker, id, reason, cancellationToken);

    public Task<IReadOnlyList<SetAsideWork>> ListSetAsideAsync(CancellationToken cancellationToken) => inner.ListSetAsideAsync(cancellationToken);

    public Task<int> ReleaseSetAsideAsync(string instanceId, CancellationToken cancellationToken) =>
        inner.ReleaseSetAsideAsync(instanceId, cancellationToken);

    public Task<DateTimeOffset?> NextDueAsync(CancellationToken cancellationToken) => inner.NextDueAsync(cancellationToken);

    public Task<int> JoinAsync(CancellationToken cancellationToken) => inner.JoinAsync(cancellationToken);

    public Task LeaveAsync(int worker, CancellationToken cancellationToken) => inner.LeaveAsync(worker, cancellationToken);
}
