using ToolboxAI.Shared.Data;

namespace ToolboxAI.Shared.Secrets.Sealing;

/// <summary>A data key as it is stored: wrapped.</summary>
/// <param name="Id">Sortable, <c>dek_…</c>.</param>
/// <param name="Wrapped">The key, encrypted by the wrapping key.</param>
/// <param name="WrappedBy">The version of the wrapping key.</param>
/// <param name="CreatedAt">Business time.</param>
public sealed record DataKey(string Id, byte[] Wrapped, string WrappedBy, DateTimeOffset CreatedAt);

/// <summary>The data keys. Control plane.</summary>
public interface IDataKeyStore
{
    /// <summary>The key of this id; null when there is none.</summary>
    Task<DataKey?> Find(IUnitOfWork work, string id, CancellationToken ct);

    /// <summary>The newest key; null when there is none.</summary>
    Task<DataKey?> Newest(IUnitOfWork work, CancellationToken ct);

    /// <summary>The keys that a version of the wrapping key wraps.</summary>
    Task<IReadOnlyList<DataKey>> WrappedBy(IUnitOfWork work, string version, CancellationToken ct);

    /// <summary>Adds a key.</summary>
    Task Add(IUnitOfWork work, DataKey key, CancellationToken ct);

    /// <summary>Writes a key's new wrapping, if it is still wrapped by the version that it was read with.</summary>
    Task Rewrap(IUnitOfWork work, DataKey key, string wasWrappedBy, CancellationToken ct);
}

/// <inheritdoc cref="IDataKeyStore"/>
public sealed class PostgresDataKeyStore : IDataKeyStore
{
    private const string Columns = "id, wrapped, wrapped_by, created_at";

    /// <inheritdoc/>
    public Task<DataKey?> Find(IUnitOfWork work, string id, CancellationToken ct) =>
        One(work, $"SELECT {Columns} FROM toolbox.data_keys WHERE id = @id", new { id }, ct);

    /// <inheritdoc/>
    public Task<DataKey?> Newest(IUnitOfWork work, CancellationToken ct) =>
        One(work, $"SELECT {Columns} FROM toolbox.data_keys ORDER BY id DESC LIMIT 1", null, ct);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<DataKey>> WrappedBy(IUnitOfWork work, string version, CancellationToken ct) =>
        [.. (await work.Query<Row>($"SELECT {Columns} FROM toolbox.data_keys WHERE wrapped_by = @version ORDER BY id", new { version }, ct)).Select(row => row.Key())];

    /// <inheritdoc/>
    public Task Add(IUnitOfWork work, DataKey key, CancellationToken ct) => work.Execute(
        "INSERT INTO toolbox.data_keys (id, wrapped, wrapped_by, created_at) VALUES (@Id, @Wrapped, @WrappedBy, @CreatedAt)",
        new { key.Id, key.Wrapped, key.WrappedBy, key.CreatedAt }, ct);

    /// <inheritdoc/>
    public Task Rewrap(IUnitOfWork work, DataKey key, string wasWrappedBy, CancellationToken ct) => work.Execute(
        "UPDATE toolbox.data_keys SET wrapped = @Wrapped, wrapped_by = @WrappedBy WHERE id = @Id AND wrapped_by = @wasWrappedBy",
        new { key.Id, key.Wrapped, key.WrappedBy, wasWrappedBy }, ct);

    private static async Task<DataKey?> One(IUnitOfWork work, string sql, object? args, CancellationToken ct) => (await work.QuerySingle<Row>(sql, args, ct))?.Key();

    // Properties, because Dapper knows no constructor for an array.
    private sealed record Row
    {
        public required string Id { get; init; }

        public required byte[] Wrapped { get; init; }

        public required string WrappedBy { get; init; }

        public DateTimeOffset CreatedAt { get; init; }

        public DataKey Key() => new(Id, Wrapped, WrappedBy, CreatedAt);
    }
}
