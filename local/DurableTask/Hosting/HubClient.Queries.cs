using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using ToolboxAI.Local.DurableTask.Stores;

namespace ToolboxAI.Local.DurableTask.Hosting;

internal sealed partial class HubClient
{
    public override async Task<OrchestrationMetadata?> GetInstancesAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        var hub = await open().ConfigureAwait(false);
        var instance = await hub.Store.FindAsync(instanceId, cancellation).ConfigureAwait(false);
        return instance is null or { IsEntity: true } ? null : ToMetadata(instance, getInputsAndOutputs);
    }

    public override AsyncPageable<OrchestrationMetadata> GetAllInstancesAsync(OrchestrationQuery? filter = null)
    {
        filter ??= new OrchestrationQuery();
        return Pageable.Create<OrchestrationMetadata>(async (token, size, cancellation) =>
        {
            var hub = await open().ConfigureAwait(false);
            var limit = size ?? filter.PageSize;
            if (filter.TaskHubNames?.Any() == true && !filter.TaskHubNames.Contains(hub.Name, StringComparer.OrdinalIgnoreCase))
            {
                return new Page<OrchestrationMetadata>([]);
            }

            var found = await hub.Store.QueryAsync(
                new InstanceQuery
                {
                    CreatedFrom = filter.CreatedFrom,
                    CreatedTo = filter.CreatedTo,
                    Statuses = filter.Statuses?.ToList(),
                    IdPrefix = filter.InstanceIdPrefix,
                    AfterKey = KeyOf(token ?? filter.ContinuationToken),
                    Limit = limit,
                },
                cancellation).ConfigureAwait(false);
            return new Page<OrchestrationMetadata>([.. found.Select(instance => ToMetadata(instance, filter.FetchInputsAndOutputs))], Next(found, limit));
        });
    }

    public override async Task<Page<string>> ListInstanceIdsAsync(
        IEnumerable<OrchestrationRuntimeStatus>? runtimeStatus = null,
        DateTimeOffset? completedTimeFrom = null,
        DateTimeOffset? completedTimeTo = null,
        int pageSize = 100,
        string? lastInstanceKey = null,
        CancellationToken cancellation = default)
    {
        var hub = await open().ConfigureAwait(false);
        var statuses = runtimeStatus?.ToList();
        var found = await hub.Store.QueryAsync(
            new InstanceQuery
            {
                CompletedFrom = completedTimeFrom ?? DateTimeOffset.MinValue,
                CompletedTo = completedTimeTo,
                Statuses = statuses,
                AfterKey = KeyOf(lastInstanceKey),
                Limit = pageSize,
            },
            cancellation).ConfigureAwait(false);
        return new Page<string>([.. found.Select(instance => instance.Id)], Next(found, pageSize));
    }

    public override async Task<PurgeResult> PurgeInstanceAsync(
        string instanceId, PurgeInstanceOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        var hub = await open().ConfigureAwait(false);
        return new PurgeResult(await PurgeAsync(hub, instanceId, options?.Recursive ?? false, cancellation).ConfigureAwait(false));
    }

    public override async Task<PurgeResult> PurgeAllInstancesAsync(
        PurgeInstancesFilter filter, PurgeInstanceOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var hub = await open().ConfigureAwait(false);
        var until = filter.Timeout is { } timeout ? TimeProvider.System.GetUtcNow() + timeout : DateTimeOffset.MaxValue;
        var purged = 0;
        for (long after = 0; ;)
        {
            var page = await hub.Store.QueryAsync(
                new InstanceQuery
                {
                    CreatedFrom = filter.CreatedFrom,
                    CreatedTo = filter.CreatedTo,
                    Statuses = filter.Statuses?.ToList(),
                    AfterKey = after,
                    Limit = 500,
                },
                cancellation).ConfigureAwait(false);
            if (page.Count == 0)
            {
                return new PurgeResult(purged, true);
            }

            foreach (var instance in page.Where(instance => instance.IsEnded))
            {
                purged += await PurgeAsync(hub, instance.Id, options?.Recursive ?? false, cancellation).ConfigureAwait(false);
            }

            after = page[^1].Key;
            if (TimeProvider.System.GetUtcNow() > until)
            {
                return new PurgeResult(purged, false);
            }
        }
    }

    private static async Task<int> PurgeAsync(Hub hub, string instanceId, bool recursive, CancellationToken cancellation)
    {
        if (await hub.Store.FindAsync(instanceId, cancellation).ConfigureAwait(false) is not { Entity: null or { LockedBy: null } } instance)
        {
            return 0;   // unknown, or an entity that somebody has locked
        }

        var children = recursive ? await hub.Store.FindChildrenAsync(instanceId, cancellation).ConfigureAwait(false) : [];
        var purged = await hub.Store.PurgeAsync([instance.Key], cancellation).ConfigureAwait(false);
        if (purged > 0)
        {
            foreach (var child in children)
            {
                purged += await PurgeAsync(hub, child, recursive, cancellation).ConfigureAwait(false);
            }
        }

        return purged;
    }

    private static long KeyOf(string? token) => string.IsNullOrEmpty(token) ? 0
        : long.TryParse(token, out var key) ? key
        : throw new ArgumentException($"'{token}' is not a continuation token of this hub.");

    private static string? Next(IReadOnlyList<Instance> page, int limit) => page.Count == limit && limit > 0 ? page[^1].Key.ToString() : null;

    private OrchestrationMetadata ToMetadata(Instance instance, bool payloads) => new(instance.Name, instance.Id)
    {
        RuntimeStatus = instance.Status,
        CreatedAt = instance.CreatedAt,
        LastUpdatedAt = instance.UpdatedAt,
        SerializedInput = payloads ? instance.Input : null,
        SerializedOutput = payloads ? instance.Output : null,
        SerializedCustomStatus = payloads ? instance.CustomStatus : null,
        FailureDetails = payloads ? instance.Failure?.ToDetails() : null,
        Tags = instance.Tags ?? [],
        DataConverter = payloads ? converter : null,
    };
}
