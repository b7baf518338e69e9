using System.Text.Json;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Http;

namespace ToolboxAI.Shared.Deployments.Releases;

/// <inheritdoc cref="IReleases"/>
public sealed class PostgresReleases : IReleases
{
    /// <inheritdoc/>
    public Task Add(IUnitOfWork work, ReleaseVersion version, CancellationToken ct) => work.Execute(
        """
        INSERT INTO release_versions (experience, environment, version, release, completed_at)
        VALUES (@Experience, @Environment, @Version, CAST(@release AS jsonb), @CompletedAt) ON CONFLICT DO NOTHING
        """,
        new { version.Experience, version.Environment, version.Version, release = JsonSerializer.Serialize(version, ApiJson.Options), version.CompletedAt },
        ct);

    /// <inheritdoc/>
    public async Task<ReleaseVersion?> Find(IUnitOfWork work, string experience, string environment, string version, CancellationToken ct) => Read(await work.QuerySingle<string>(
        "SELECT release::text FROM release_versions WHERE experience = @experience AND environment = @environment AND version = @version",
        new { experience, environment, version },
        ct));

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ReleaseVersion>> List(IUnitOfWork work, string experience, string environment, int limit, CancellationToken ct)
    {
        var rows = await work.Query<string>(
            """
            SELECT release::text FROM release_versions WHERE experience = @experience AND environment = @environment
            ORDER BY completed_at DESC, version DESC LIMIT @limit
            """,
            new { experience, environment, limit },
            ct);
        return [.. rows.Select(row => Read(row)!)];
    }

    /// <inheritdoc/>
    public Task<CachedAsset?> FindAsset(IUnitOfWork work, string owner, string type, string sha256, CancellationToken ct) => work.QuerySingle<CachedAsset>(
        "SELECT owner, type, sha256, asset_id, revision FROM uploaded_assets WHERE owner = @owner AND type = @type AND sha256 = @sha256", new { owner, type, sha256 }, ct);

    /// <inheritdoc/>
    public Task AddAsset(IUnitOfWork work, CachedAsset asset, CancellationToken ct) => work.Execute(
        "INSERT INTO uploaded_assets (owner, type, sha256, asset_id, revision) VALUES (@Owner, @Type, @Sha256, @AssetId, @Revision) ON CONFLICT DO NOTHING", asset, ct);

    /// <inheritdoc/>
    public async Task<IReadOnlySet<string>> UsedContent(IUnitOfWork work, CancellationToken ct)
    {
        var rows = await work.Query<string>("SELECT release::text FROM release_versions", null, ct);
        return rows.SelectMany(row => Read(row)!.Contents).ToHashSet();
    }

    private static ReleaseVersion? Read(string? release) => release is null ? null : JsonSerializer.Deserialize<ReleaseVersion>(release, ApiJson.Options);
}
