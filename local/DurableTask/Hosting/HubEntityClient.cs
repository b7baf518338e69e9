using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Client.Entities;
using Microsoft.DurableTask.Entities;
using ToolboxAI.Local.DurableTask.Engine;
using ToolboxAI.Local.DurableTask.Stores;

namespace ToolboxAI.Local.DurableTask.Hosting;

/// <summary>The client of a hub's entities.</summary>
internal sealed class HubEntityClient(string name, Func<Task<Hub>> open, DataConverter converter) : DurableEntityClient(name)
{
    public override async Task SignalEntityAsync(
        EntityInstanceId id,
        string operationName,
        object? input = null,
        SignalEntityOptions? options = null,
        CancellationToken cancellation = default)
    {
        id.ThrowIfEmpty();
        ArgumentNullException.ThrowIfNull(operationName);
        var hub = await open().ConfigureAwait(false);
        var due = options?.SignalTime?.ToUniversalTime();
        var signal = new EntityOperationRequested(id.ToString(), operationName, converter.Serialize(input))
        {
            TaskId = -1,
            IsSignal = true,
            At = hub.Clock.GetUtcNow(),
        };
        await hub.SendAsync(new NewMessage(id.ToString(), signal) { DueAt = due }, cancellation).ConfigureAwait(false);
    }

    public override async Task<EntityMetadata?> GetEntityAsync(
        EntityInstanceId id, bool includeState = true, CancellationToken cancellation = default)
    {
        id.ThrowIfEmpty();
        var hub = await open().ConfigureAwait(false);
        var instance = await hub.Store.FindAsync(id.ToString(), cancellation).ConfigureAwait(false);
        return instance?.Entity?.State is { } state
            ? await ToMetadataAsync(hub, instance, includeState ? new SerializedData(state, converter) : null, cancellation).ConfigureAwait(false)
            : null;
    }

    public override async Task<EntityMetadata<T>?> GetEntityAsync<T>(
        EntityInstanceId id, bool includeState = true, CancellationToken cancellation = default) =>
        await GetEntityAsync(id, includeState, cancellation).ConfigureAwait(false) is { } entity ? Typed<T>(entity) : null;

    public override AsyncPageable<EntityMetadata> GetAllEntitiesAsync(EntityQuery? filter = null) => Query(filter, entity => entity);

    public override AsyncPageable<EntityMetadata<T>> GetAllEntitiesAsync<T>(EntityQuery? filter = null) => Query(filter, Typed<T>);

    public override async Task<CleanEntityStorageResult> CleanEntityStorageAsync(
        CleanEntityStorageRequest? request = null, bool continueUntilComplete = true, CancellationToken cancellation = default)
    {
        var hub = await open().ConfigureAwait(false);
        var wish = request ?? CleanEntityStorageRequest.Default;
        var (removed, released) = (0, 0);
        var after = string.IsNullOrEmpty(wish.ContinuationToken) ? 0 : long.Parse(wish.ContinuationToken);
        while (true)
        {
            var page = await hub.Store.QueryAsync(new InstanceQuery { Entities = true, AfterKey = after }, cancellation).ConfigureAwait(false);
            foreach (var entity in page)
            {
                if (wish.ReleaseOrphanedLocks && await IsOrphanedAsync(hub, entity, cancellation).ConfigureAwait(false))
                {
                    var unlock = new EntityUnlocked([entity.Id]) { TaskId = -1, CallerId = entity.Entity!.LockedBy };
                    await hub.SendAsync(new NewMessage(entity.Id, unlock), cancellation).ConfigureAwait(false);
                    released++;
                }
                else if (wish.RemoveEmptyEntities && await IsEmptyAsync(hub, entity, cancellation).ConfigureAwait(false))
                {
                    removed += await hub.Store.PurgeAsync([entity.Key], cancellation).ConfigureAwait(false);
                }
            }

            var token = page.Count == 0 ? null : page[^1].Key.ToString();
            if (token is null || !continueUntilComplete)
            {
                hub.Wake();
                return new CleanEntityStorageResult { EmptyEntitiesRemoved = removed, OrphanedLocksReleased = released, ContinuationToken = token };
            }

            after = page[^1].Key;
        }
    }

    private static async Task<bool> IsOrphanedAsync(Hub hub, Instance entity, CancellationToken cancellation) =>
        entity.Entity?.LockedBy is { } holder
        && await hub.Store.FindAsync(holder, cancellation).ConfigureAwait(false) is null or { IsEnded: true };

    private static async Task<bool> IsEmptyAsync(Hub hub, Instance entity, CancellationToken cancellation) =>
        entity.Entity is null or { State: null, LockedBy: null, Waiting: null }
        && await hub.Store.CountMessagesAsync(entity.Key, cancellation).ConfigureAwait(false) == 0;

    private static EntityMetadata<T> Typed<T>(EntityMetadata entity)
    {
        var typed = entity.IncludesState ? new EntityMetadata<T>(entity.Id, entity.State.ReadAs<T>()) : new EntityMetadata<T>(entity.Id);
        return new EntityMetadata<T>(entity.Id, typed.IncludesState ? typed.State : default)
        {
            LastModifiedTime = entity.LastModifiedTime,
            BacklogQueueSize = entity.BacklogQueueSize,
            LockedBy = entity.LockedBy,
        };
    }

    private static async Task<EntityMetadata> ToMetadataAsync(Hub hub, Instance instance, SerializedData? state, CancellationToken cancellation) =>
        new(EntityInstanceId.FromString(instance.Id), state)
        {
            LastModifiedTime = instance.UpdatedAt,
            LockedBy = instance.Entity?.LockedBy,
            BacklogQueueSize = (instance.Entity?.Waiting?.Count ?? 0)
                + await hub.Store.CountMessagesAsync(instance.Key, cancellation).ConfigureAwait(false),
        };

    private AsyncPageable<TEntity> Query<TEntity>(EntityQuery? filter, Func<EntityMetadata, TEntity> convert)
        where TEntity : notnull
    {
        filter ??= new EntityQuery();
        return Pageable.Create<TEntity>(async (token, size, cancellation) =>
        {
            var hub = await open().ConfigureAwait(false);
            var limit = size ?? filter.PageSize ?? EntityQuery.DefaultPageSize;
            var after = token ?? filter.ContinuationToken;
            var found = await hub.Store.QueryAsync(
                new InstanceQuery
                {
                    Entities = true,
                    UpdatedFrom = filter.LastModifiedFrom,
                    UpdatedTo = filter.LastModifiedTo,
                    IdPrefix = filter.InstanceIdStartsWith,
                    AfterKey = string.IsNullOrEmpty(after) ? 0 : long.Parse(after),
                    Limit = limit,
                },
                cancellation).ConfigureAwait(false);
            var entities = new List<TEntity>();
            foreach (var instance in found.Where(instance => filter.IncludeTransient || instance.Entity?.State is not null))
            {
                var state = filter.IncludeState && instance.Entity?.State is { } text ? new SerializedData(text, converter) : null;
                entities.Add(convert(await ToMetadataAsync(hub, instance, state, cancellation).ConfigureAwait(false)));
            }

            return new Page<TEntity>(entities, found.Count == limit ? found[^1].Key.ToString() : null);
        });
    }
}
