using System.Collections.Concurrent;
using ToolboxAI.Shared.Deployments.Content;
using ToolboxAI.Shared.Tenants;

namespace ToolboxAI.Tests.Support.Deployments;

/// <inheritdoc cref="IContentStore"/>
public sealed class InMemoryContentStore(TimeProvider clock) : IContentStore
{
    private readonly ConcurrentDictionary<(TenantId, string), (byte[] Bytes, DateTimeOffset StoredAt)> contents = new();
    private readonly ConcurrentDictionary<(TenantId, string), ConcurrentDictionary<int, byte[]>> incoming = new();

    /// <inheritdoc/>
    public Task<long?> Size(TenantId tenant, string sha256, CancellationToken ct) =>
        Task.FromResult(contents.TryGetValue((tenant, sha256), out var known) ? known.Bytes.Length : (long?)null);

    /// <inheritdoc/>
    public Task<long?> Keep(TenantId tenant, string sha256, CancellationToken ct)
    {
        if (contents.TryGetValue((tenant, sha256), out var known))
        {
            contents[(tenant, sha256)] = known with { StoredAt = clock.GetUtcNow() };
        }

        return Size(tenant, sha256, ct);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<int>> Chunks(TenantId tenant, string sha256, CancellationToken ct) => Task.FromResult<IReadOnlyList<int>>(
        incoming.TryGetValue((tenant, sha256), out var chunks) ? [.. chunks.Keys.Order()] : []);

    /// <inheritdoc/>
    public Task PutChunk(TenantId tenant, string sha256, int number, ReadOnlyMemory<byte> chunk, CancellationToken ct)
    {
        incoming.GetOrAdd((tenant, sha256), _ => new())[number] = chunk.ToArray();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<bool> Complete(TenantId tenant, string sha256, int count, CancellationToken ct)
    {
        if (await Size(tenant, sha256, ct) is not null)
        {
            return true;
        }

        if (!incoming.TryGetValue((tenant, sha256), out var chunks) || !Enumerable.Range(0, count).All(chunks.ContainsKey))
        {
            return false;
        }

        var whole = Enumerable.Range(0, count).SelectMany(number => chunks[number]).ToArray();
        incoming.TryRemove((tenant, sha256), out _);
        return ContentHash.Of(whole) == sha256 && await Put(tenant, whole, ct) == sha256;
    }

    /// <inheritdoc/>
    public Task<string> Put(TenantId tenant, ReadOnlyMemory<byte> content, CancellationToken ct)
    {
        var sha256 = ContentHash.Of(content.Span);
        contents[(tenant, sha256)] = (content.ToArray(), clock.GetUtcNow());
        return Task.FromResult(sha256);
    }

    /// <inheritdoc/>
    public Task<byte[]> Read(TenantId tenant, string sha256, CancellationToken ct) =>
        contents.TryGetValue((tenant, sha256), out var content) ? Task.FromResult(content.Bytes) : throw new ContentMissingException(sha256);

    /// <inheritdoc/>
    public Task<int> DeleteUnused(TenantId tenant, IReadOnlySet<string> used, DateTimeOffset storedBefore, CancellationToken ct) =>
        Task.FromResult(contents.Count(content =>
            content.Key.Item1 == tenant && !used.Contains(content.Key.Item2) && content.Value.StoredAt < storedBefore && contents.TryRemove(content.Key, out _)));
}
