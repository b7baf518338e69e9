using System.Security.Cryptography;
using ToolboxAI.Shared.Tenants;

namespace ToolboxAI.Shared.Deployments.Content;

/// <summary>
/// Bytes under their SHA-256, per tenant: what is there is never stored twice and never changes. Uploads come in chunks, each checked by
/// itself, in any order and over any number of calls; the whole is checked before it can be read.
/// </summary>
public interface IContentStore
{
    /// <summary>How many bytes the content has; null when it is not there.</summary>
    Task<long?> Size(TenantId tenant, string sha256, CancellationToken ct);

    /// <summary>How many bytes the content has; null when it is not there. If it is, it counts as stored now: who asks is about to name it.</summary>
    Task<long?> Keep(TenantId tenant, string sha256, CancellationToken ct);

    /// <summary>The numbers of the chunks of an unfinished upload that have come, from 0.</summary>
    Task<IReadOnlyList<int>> Chunks(TenantId tenant, string sha256, CancellationToken ct);

    /// <summary>Takes a chunk; the same one again replaces it.</summary>
    Task PutChunk(TenantId tenant, string sha256, int number, ReadOnlyMemory<byte> chunk, CancellationToken ct);

    /// <summary>Puts the chunks 0 to <paramref name="count"/> - 1 together; false when one is missing or the whole has another hash: the upload begins anew.</summary>
    Task<bool> Complete(TenantId tenant, string sha256, int count, CancellationToken ct);

    /// <summary>Stores content as a whole; its hash.</summary>
    Task<string> Put(TenantId tenant, ReadOnlyMemory<byte> content, CancellationToken ct);

    /// <summary>Reads content into memory. Who did not write it looks at its size first.</summary>
    /// <exception cref="ContentMissingException">It is not there.</exception>
    Task<byte[]> Read(TenantId tenant, string sha256, CancellationToken ct);

    /// <summary>Deletes content that nobody names any more, and unfinished uploads, if they were stored before a time; the number deleted.</summary>
    Task<int> DeleteUnused(TenantId tenant, IReadOnlySet<string> used, DateTimeOffset storedBefore, CancellationToken ct);
}

/// <summary>Content that was expected is not there.</summary>
public sealed class ContentMissingException(string sha256) : Exception($"There is no content {sha256}.");

/// <summary>The one form of content hashes: lower-case hex of SHA-256.</summary>
public static class ContentHash
{
    /// <summary>The most bytes of a chunk.</summary>
    public const int ChunkBytes = 4 * 1024 * 1024;

    /// <summary>The hash of content.</summary>
    public static string Of(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content));

    /// <summary>Is this a hash?</summary>
    public static bool IsValid(string text) => text.Length == 64 && text.All(char.IsAsciiHexDigitLower);
}
