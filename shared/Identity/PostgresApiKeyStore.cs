using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Tenants;

namespace ToolboxAI.Shared.Identity;

/// <inheritdoc cref="IApiKeyStore"/>
public sealed class PostgresApiKeyStore : IApiKeyStore
{
    private const int OperatorKeys = 7071;              // names the advisory lock of this transaction-wide question
    private const string Columns = """
        id, key_hash, tenant, name, scopes, created_at, expires_at, revoked_at,
        EXISTS (SELECT FROM toolbox.withdrawn_access w WHERE w.tenant = k.tenant) AS access_withdrawn
        """;

    /// <inheritdoc/>
    public Task<IReadOnlyDictionary<string, ApiKey>> FindByHash(IUnitOfWork work, IReadOnlyCollection<string> hashes, CancellationToken ct) =>
        Find(work, "key_hash = ANY(@hashes)", new { hashes = hashes.Select(Convert.FromHexString).ToArray() }, row => Convert.ToHexString(row.KeyHash), ct);

    /// <inheritdoc/>
    public Task<IReadOnlyDictionary<string, ApiKey>> FindById(IUnitOfWork work, IReadOnlyCollection<string> ids, CancellationToken ct) =>
        Find(work, "id = ANY(@ids)", new { ids = ids.ToArray() }, row => row.Id, ct);

    private static async Task<IReadOnlyDictionary<string, ApiKey>> Find(
        IUnitOfWork work, string condition, object args, Func<Row, string> name, CancellationToken ct)
    {
        var sql = $"SELECT {Columns} FROM toolbox.api_keys k WHERE {condition}";
        return (await work.Query<Row>(sql, args, ct)).ToDictionary(name, row => row.Key());
    }

    /// <inheritdoc/>
    public Task Add(IUnitOfWork work, ApiKey key, byte[] hash, CancellationToken ct) => work.Execute(
        """
        INSERT INTO toolbox.api_keys (id, key_hash, tenant, name, scopes, created_at, expires_at, revoked_at)
        VALUES (@Id, @hash, @tenant, @Name, @scopes, @CreatedAt, @ExpiresAt, @RevokedAt)
        """,
        new
        {
            key.Id,
            hash,
            tenant = key.Tenant?.Slug,
            key.Name,
            scopes = key.Scopes.ToArray(),
            key.CreatedAt,
            key.ExpiresAt,
            key.RevokedAt,
        },
        ct);

    /// <inheritdoc/>
    public async Task<ApiKey?> Revoke(IUnitOfWork work, string id, DateTimeOffset at, CancellationToken ct)
    {
        const string Sql = $"UPDATE toolbox.api_keys k SET revoked_at = coalesce(revoked_at, @at) WHERE id = @id RETURNING {Columns}";
        return (await work.QuerySingle<Row>(Sql, new { id, at }, ct))?.Key();
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ApiKey>> LockOperatorKeys(IUnitOfWork work, CancellationToken ct)
    {
        await work.Execute("SELECT pg_advisory_xact_lock(@OperatorKeys)", new { OperatorKeys }, ct);
        return [.. (await work.Query<Row>($"SELECT {Columns} FROM toolbox.api_keys k WHERE tenant IS NULL", null, ct)).Select(row => row.Key())];
    }

    // Properties, because Dapper knows no constructor for an array.
    private sealed record Row
    {
        public required string Id { get; init; }

        public required byte[] KeyHash { get; init; }

        public string? Tenant { get; init; }

        public required string Name { get; init; }

        public required string[] Scopes { get; init; }

        public DateTimeOffset CreatedAt { get; init; }

        public DateTimeOffset? ExpiresAt { get; init; }

        public DateTimeOffset? RevokedAt { get; init; }

        public bool AccessWithdrawn { get; init; }

        public ApiKey Key() => new(Id, Tenant is null ? null : new TenantId(Tenant), Name, Scopes, CreatedAt, ExpiresAt, RevokedAt) { AccessWithdrawn = AccessWithdrawn };
    }
}
