using ToolboxAI.Shared.Data;

namespace ToolboxAI.Shared.Deployments.Releases;

/// <summary>An upload that can be used again: the same content, type and owner.</summary>
public sealed record CachedAsset(string Owner, string Type, string Sha256, long AssetId, long Revision);

/// <summary>The versions that were complete once, and the uploads that can be used again. A tenant's.</summary>
public interface IReleases
{
    /// <summary>Adds a version; one of the same number on the same environment stays as it is.</summary>
    Task Add(IUnitOfWork work, ReleaseVersion version, CancellationToken ct);

    /// <summary>A version; null when there is none.</summary>
    Task<ReleaseVersion?> Find(IUnitOfWork work, string experience, string environment, string version, CancellationToken ct);

    /// <summary>The versions of an environment, the newest first, at most so many.</summary>
    Task<IReadOnlyList<ReleaseVersion>> List(IUnitOfWork work, string experience, string environment, int limit, CancellationToken ct);

    /// <summary>An upload of this content; null when there is none.</summary>
    Task<CachedAsset?> FindAsset(IUnitOfWork work, string owner, string type, string sha256, CancellationToken ct);

    /// <summary>Remembers an upload; an earlier one of the same content goes before it.</summary>
    Task AddAsset(IUnitOfWork work, CachedAsset asset, CancellationToken ct);

    /// <summary>The content that versions name.</summary>
    Task<IReadOnlySet<string>> UsedContent(IUnitOfWork work, CancellationToken ct);
}
