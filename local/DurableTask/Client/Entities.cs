using Microsoft.DurableTask.Entities;

namespace Microsoft.DurableTask.Client.Entities;

/// <summary>Signals, reads and cleans up the entities of a task hub.</summary>
public abstract class DurableEntityClient
{
    /// <summary>Creates a client.</summary>
    protected DurableEntityClient(string name)
    {
        Name = name;
    }

    /// <summary>The client's name.</summary>
    public string Name { get; }

    /// <summary>Signals an operation; returns as soon as the signal is stored.</summary>
    public abstract Task SignalEntityAsync(
        EntityInstanceId id,
        string operationName,
        object? input = null,
        SignalEntityOptions? options = null,
        CancellationToken cancellation = default);

    /// <inheritdoc cref="SignalEntityAsync(EntityInstanceId, string, object, SignalEntityOptions, CancellationToken)"/>
    public virtual Task SignalEntityAsync(
        EntityInstanceId id, string operationName, SignalEntityOptions options, CancellationToken cancellation = default) =>
        SignalEntityAsync(id, operationName, null, options, cancellation);

    /// <inheritdoc cref="SignalEntityAsync(EntityInstanceId, string, object, SignalEntityOptions, CancellationToken)"/>
    public virtual Task SignalEntityAsync(EntityInstanceId id, string operationName, CancellationToken cancellation) =>
        SignalEntityAsync(id, operationName, null, null, cancellation);

    /// <summary>The entity; <c>null</c> when there is none of that id.</summary>
    public abstract Task<EntityMetadata?> GetEntityAsync(
        EntityInstanceId id, bool includeState = true, CancellationToken cancellation = default);

    /// <inheritdoc cref="GetEntityAsync(EntityInstanceId, bool, CancellationToken)"/>
    public virtual Task<EntityMetadata?> GetEntityAsync(EntityInstanceId id, CancellationToken cancellation) =>
        GetEntityAsync(id, true, cancellation);

    /// <inheritdoc cref="GetEntityAsync(EntityInstanceId, bool, CancellationToken)"/>
    public abstract Task<EntityMetadata<T>?> GetEntityAsync<T>(
        EntityInstanceId id, bool includeState = true, CancellationToken cancellation = default);

    /// <inheritdoc cref="GetEntityAsync(EntityInstanceId, bool, CancellationToken)"/>
    public virtual Task<EntityMetadata<T>?> GetEntityAsync<T>(EntityInstanceId id, CancellationToken cancellation) =>
        GetEntityAsync<T>(id, true, cancellation);

    /// <summary>The entities that match <paramref name="filter"/>.</summary>
    public abstract AsyncPageable<EntityMetadata> GetAllEntitiesAsync(EntityQuery? filter = null);

    /// <inheritdoc cref="GetAllEntitiesAsync(EntityQuery)"/>
    public abstract AsyncPageable<EntityMetadata<T>> GetAllEntitiesAsync<T>(EntityQuery? filter = null);

    /// <summary>Removes empty entities and frees locks whose holder is gone.</summary>
    public abstract Task<CleanEntityStorageResult> CleanEntityStorageAsync(
        CleanEntityStorageRequest? request = null, bool continueUntilComplete = true, CancellationToken cancellation = default);
}

/// <summary>What is known of an entity.</summary>
public class EntityMetadata<TState>
{
    private readonly TState? state;

    /// <summary>Metadata without the state.</summary>
    public EntityMetadata(EntityInstanceId id)
    {
        Id = id;
    }

    /// <summary>Metadata with the state.</summary>
    public EntityMetadata(EntityInstanceId id, TState? state)
    {
        Id = id;
        IncludesState = state is not null;
        this.state = state;
    }

    /// <summary>The entity's id.</summary>
    public EntityInstanceId Id { get; }

    /// <summary>When it was last changed, UTC.</summary>
    public DateTimeOffset LastModifiedTime { get; init; }

    /// <summary>How many operations wait.</summary>
    public int BacklogQueueSize { get; init; }

    /// <summary>The orchestration that holds its lock, if any.</summary>
    public string? LockedBy { get; init; }

    /// <summary>Whether the state was read too.</summary>
    public bool IncludesState { get; }

    /// <summary>The state.</summary>
    /// <exception cref="InvalidOperationException">It was not read.</exception>
    public TState State => IncludesState
        ? state!
        : throw new InvalidOperationException($"The state was not read: {nameof(IncludesState)} is false.");
}

/// <summary>What is known of an entity, its state not read yet.</summary>
public sealed class EntityMetadata : EntityMetadata<SerializedData>
{
    /// <summary>Creates metadata.</summary>
    public EntityMetadata(EntityInstanceId id, SerializedData? state = null)
        : base(id, state)
    {
    }
}

/// <summary>Which entities a query returns.</summary>
public record EntityQuery
{
    /// <summary>How many entities a page holds unless said otherwise.</summary>
    public const int DefaultPageSize = 100;

    /// <summary>
    /// Only those whose id begins so; <c>@name@</c> for one kind, <c>name</c> works too. A name is looked for in lower case, as ids
    /// have it, a key as it stands.
    /// </summary>
    public string? InstanceIdStartsWith
    {
        get;
        init => field = value is null ? null : Prefix(value);
    }

    /// <summary>Only those changed at this time or later.</summary>
    public DateTimeOffset? LastModifiedFrom { get; init; }

    /// <summary>Only those changed at this time or earlier.</summary>
    public DateTimeOffset? LastModifiedTo { get; init; }

    /// <summary>Whether states are read too; true unless set.</summary>
    public bool IncludeState { get; init; } = true;

    /// <summary>Whether entities without a state are returned too.</summary>
    public bool IncludeTransient { get; init; }

    /// <summary>How many a page holds.</summary>
    public int? PageSize { get; init; }

    /// <summary>Where to go on.</summary>
    public string? ContinuationToken { get; init; }

    private static string Prefix(string start)
    {
        var id = start.StartsWith('@') ? start : $"@{start}";
        var key = id.IndexOf('@', 1);
        return key < 0 ? id.ToLowerInvariant() : id[..key].ToLowerInvariant() + id[key..];
    }
}

/// <summary>What a clean-up does.</summary>
public readonly struct CleanEntityStorageRequest : IEquatable<CleanEntityStorageRequest>
{
    /// <summary>Removes empty entities and frees orphaned locks.</summary>
    public static CleanEntityStorageRequest Default => new() { RemoveEmptyEntities = true, ReleaseOrphanedLocks = true };

    /// <summary>Whether entities without state, lock and waiting operations are removed.</summary>
    public bool RemoveEmptyEntities { get; init; }

    /// <summary>Whether locks of orchestrations that don't run are freed.</summary>
    public bool ReleaseOrphanedLocks { get; init; }

    /// <summary>Where to go on.</summary>
    public string? ContinuationToken { get; init; }

    public static bool operator ==(CleanEntityStorageRequest left, CleanEntityStorageRequest right) => left.Equals(right);

    public static bool operator !=(CleanEntityStorageRequest left, CleanEntityStorageRequest right) => !left.Equals(right);

    public bool Equals(CleanEntityStorageRequest other) =>
        (RemoveEmptyEntities, ReleaseOrphanedLocks, ContinuationToken)
        == (other.RemoveEmptyEntities, other.ReleaseOrphanedLocks, other.ContinuationToken);

    public override bool Equals(object? obj) => obj is CleanEntityStorageRequest other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(RemoveEmptyEntities, ReleaseOrphanedLocks, ContinuationToken);

    public override string ToString() =>
        $"{nameof(CleanEntityStorageRequest)} {{ RemoveEmptyEntities = {RemoveEmptyEntities}, ReleaseOrphanedLocks = {ReleaseOrphanedLocks} }}";
}

/// <summary>What a clean-up did.</summary>
public readonly struct CleanEntityStorageResult : IEquatable<CleanEntityStorageResult>
{
    /// <summary>How many entities were removed.</summary>
    public int EmptyEntitiesRemoved { get; init; }

    /// <summary>How many locks were freed.</summary>
    public int OrphanedLocksReleased { get; init; }

    /// <summary>Where to go on; <c>null</c> when all is done.</summary>
    public string? ContinuationToken { get; init; }

    public static bool operator ==(CleanEntityStorageResult left, CleanEntityStorageResult right) => left.Equals(right);

    public static bool operator !=(CleanEntityStorageResult left, CleanEntityStorageResult right) => !left.Equals(right);

    public bool Equals(CleanEntityStorageResult other) =>
        (EmptyEntitiesRemoved, OrphanedLocksReleased, ContinuationToken)
        == (other.EmptyEntitiesRemoved, other.OrphanedLocksReleased, other.ContinuationToken);

    public override bool Equals(object? obj) => obj is CleanEntityStorageResult other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(EmptyEntitiesRemoved, OrphanedLocksReleased, ContinuationToken);

    public override string ToString() =>
        $"{nameof(CleanEntityStorageResult)} {{ EmptyEntitiesRemoved = {EmptyEntitiesRemoved}, OrphanedLocksReleased = {OrphanedLocksReleased} }}";
}
