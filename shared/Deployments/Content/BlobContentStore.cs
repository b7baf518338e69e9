using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using ToolboxAI.Shared.Tenants;

namespace ToolboxAI.Shared.Deployments.Content;

/// <inheritdoc cref="IContentStore"/>
/// <remarks>
/// Chunks are the uncommitted blocks of a blob beside the content; they are put together there, hashed, and copied block by block under
/// their hash, which is committed only when it is the right one.
/// </remarks>
public sealed class BlobContentStore(BlobServiceClient service, TimeProvider clock) : IContentStore
{
    /// <summary>The container.</summary>
    public const string Container = "deployments";

    private const string StoredAt = "storedat";
    private const int MostAttempts = 3;
    private static readonly TimeSpan Fresh = TimeSpan.FromDays(1);
    private readonly BlobContainerClient container = service.GetBlobContainerClient(Container);
    private bool exists;

    /// <inheritdoc/>
    public async Task<long?> Size(TenantId tenant, string sha256, CancellationToken ct)
    {
        try
        {
            return (await (await Content(tenant, sha256, ct)).GetPropertiesAsync(cancellationToken: ct)).Value.ContentLength;
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async Task<long?> Keep(TenantId tenant, string sha256, CancellationToken ct)
    {
        try
        {
            var blob = await Content(tenant, sha256, ct);
            var properties = (await blob.GetPropertiesAsync(cancellationToken: ct)).Value;
            if (Stored(properties.Metadata, properties.LastModified) + Fresh < clock.GetUtcNow())
            {
                await blob.SetMetadataAsync(Now(), cancellationToken: ct);
            }

            return properties.ContentLength;
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<int>> Chunks(TenantId tenant, string sha256, CancellationToken ct)
    {
        try
        {
            var blocks = await (await Incoming(tenant, sha256, ct)).GetBlockListAsync(BlockListTypes.Uncommitted, cancellationToken: ct);
            return [.. blocks.Value.UncommittedBlocks.Select(block => Number(block.Name)).Order()];
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return [];
        }
    }

    /// <inheritdoc/>
    public async Task PutChunk(TenantId tenant, string sha256, int number, ReadOnlyMemory<byte> chunk, CancellationToken ct)
    {
        using var content = new MemoryStream(chunk.ToArray(), writable: false);
        await (await Incoming(tenant, sha256, ct)).StageBlockAsync(Block(number), content, cancellationToken: ct);
    }

    /// <inheritdoc/>
    public async Task<bool> Complete(TenantId tenant, string sha256, int count, CancellationToken ct)
    {
        for (var attempt = 0; attempt < MostAttempts && await Size(tenant, sha256, ct) is null; attempt++)
        {
            try
            {
                return await Assemble(await Incoming(tenant, sha256, ct), await Content(tenant, sha256, ct), sha256, count, ct);
            }
            catch (RequestFailedException e) when (e.Status is 400 or 404)
            {
                // A chunk is missing; or another upload of the same content, which has the same blobs, was faster: that ends in content.
                continue;
            }
        }

        return await Size(tenant, sha256, ct) is not null;
    }

    /// <inheritdoc/>
    public async Task<string> Put(TenantId tenant, ReadOnlyMemory<byte> content, CancellationToken ct)
    {
        var sha256 = ContentHash.Of(content.Span);
        var blob = await Content(tenant, sha256, ct);
        if (await Keep(tenant, sha256, ct) is null)
        {
            using var stream = new MemoryStream(content.ToArray(), writable: false);
            await blob.UploadAsync(stream, metadata: Now(), cancellationToken: ct);          // whoever else does so writes the same bytes
        }

        return sha256;
    }

    /// <inheritdoc/>
    public async Task<byte[]> Read(TenantId tenant, string sha256, CancellationToken ct)
    {
        try
        {
            return (await (await Content(tenant, sha256, ct)).DownloadContentAsync(ct)).Value.Content.ToArray();
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            throw new ContentMissingException(sha256);
        }
    }

    /// <inheritdoc/>
    public async Task<int> DeleteUnused(TenantId tenant, IReadOnlySet<string> used, DateTimeOffset storedBefore, CancellationToken ct)
    {
        await Ensure(ct);
        var deleted = 0;
        var unfinished = $"{tenant.Slug}/incoming/";
        await foreach (var blob in container.GetBlobsAsync(new GetBlobsOptions { Prefix = $"{tenant.Slug}/", Traits = BlobTraits.Metadata }, ct))
        {
            var isUsed = used.Contains(blob.Name[(blob.Name.LastIndexOf('/') + 1)..]) && !blob.Name.StartsWith(unfinished, StringComparison.Ordinal);
            if (!isUsed && Stored(blob.Metadata, blob.Properties.LastModified) < storedBefore)
            {
                // Who has asked to keep it since the list was made has changed its ETag: then it stays.
                deleted += await Delete(blob, ct) ? 1 : 0;
            }
        }

        return deleted;
    }

    private async Task<bool> Delete(BlobItem blob, CancellationToken ct)
    {
        try
        {
            return await container.GetBlobClient(blob.Name).DeleteIfExistsAsync(conditions: new() { IfMatch = blob.Properties.ETag }, cancellationToken: ct);
        }
        catch (RequestFailedException e) when (e.Status == 412)
        {
            return false;
        }
    }

    private Dictionary<string, string> Now() => new() { [StoredAt] = clock.GetUtcNow().ToString("O", CultureInfo.InvariantCulture) };

    /// <summary>Business time; what was stored without it has the storage's own.</summary>
    private static DateTimeOffset Stored(IDictionary<string, string> metadata, DateTimeOffset? modified) =>
        metadata.TryGetValue(StoredAt, out var at) ? DateTimeOffset.Parse(at, CultureInfo.InvariantCulture) : modified ?? DateTimeOffset.MaxValue;

    private async Task<bool> Assemble(BlockBlobClient incoming, BlockBlobClient content, string sha256, int count, CancellationToken ct)
    {
        await incoming.CommitBlockListAsync(Enumerable.Range(0, count).Select(Block), metadata: Now(), cancellationToken: ct);
        var (whole, blocks) = await Copy(incoming, content, ct);
        if (whole == sha256)
        {
            await content.CommitBlockListAsync(blocks, metadata: Now(), cancellationToken: ct);
        }

        // Only now: who finds the chunks gone must find the content there.
        await incoming.DeleteIfExistsAsync(cancellationToken: ct);
        return whole == sha256;
    }

    private static async Task<(string Sha256, IReadOnlyList<string> Blocks)> Copy(BlockBlobClient from, BlockBlobClient to, CancellationToken ct)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var blocks = new List<string>();
        // One request: the bytes of one moment, also when another upload commits the same chunks again meanwhile.
        using var download = (await from.DownloadStreamingAsync(cancellationToken: ct)).Value;
        var source = download.Content;
        var buffer = new byte[ContentHash.ChunkBytes];
        int read;
        while ((read = await source.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, ct)) > 0)
        {
            hash.AppendData(buffer, 0, read);
            blocks.Add(Block(blocks.Count));
            using var block = new MemoryStream(buffer, 0, read, writable: false);
            await to.StageBlockAsync(blocks[^1], block, cancellationToken: ct);
        }

        return (Convert.ToHexStringLower(hash.GetCurrentHash()), blocks);
    }

    private async Task<BlockBlobClient> Content(TenantId tenant, string sha256, CancellationToken ct) => await Blob($"{tenant.Slug}/content/{sha256}", ct);

    private async Task<BlockBlobClient> Incoming(TenantId tenant, string sha256, CancellationToken ct) => await Blob($"{tenant.Slug}/incoming/{sha256}", ct);

    private async Task<BlockBlobClient> Blob(string name, CancellationToken ct)
    {
        await Ensure(ct);
        return container.GetBlockBlobClient(name);
    }

    private async Task Ensure(CancellationToken ct)
    {
        if (!exists)
        {
            await container.CreateIfNotExistsAsync(cancellationToken: ct);
            exists = true;
        }
    }

    // All block ids of a blob must have the same length.
    private static string Block(int number) => Convert.ToBase64String(Encoding.ASCII.GetBytes(number.ToString("D8", CultureInfo.InvariantCulture)));

    private static int Number(string block) => int.Parse(Encoding.ASCII.GetString(Convert.FromBase64String(block)), CultureInfo.InvariantCulture);
}
