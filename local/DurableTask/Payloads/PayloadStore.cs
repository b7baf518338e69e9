using System.IO.Compression;
using System.Text;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace Microsoft.DurableTask;

/// <summary>Keeps large payloads; tokens stand for them elsewhere.</summary>
public abstract class PayloadStore
{
    /// <summary>Stores a payload and returns its token.</summary>
    public abstract Task<string> UploadAsync(string payLoad, CancellationToken cancellationToken);

    /// <summary>The payload of a token.</summary>
    public abstract Task<string> DownloadAsync(string token, CancellationToken cancellationToken);

    /// <summary>Whether a text is a token of this store.</summary>
    public abstract bool IsKnownPayloadToken(string value);
}

/// <summary>A payload is too large, or gone. Trying again does not help.</summary>
public sealed class PayloadStorageException : InvalidOperationException
{
    /// <summary>Creates the exception.</summary>
    public PayloadStorageException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    public PayloadStorageException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>Payloads as blobs, one each. A token is <c>blob:v1:container:name</c>.</summary>
public sealed class BlobPayloadStore : PayloadStore
{
    private const string Prefix = "blob:v1:";
    private const string Gzip = "gzip";

    private readonly LargePayloadStorageOptions options;
    private readonly BlobContainerClient container;
    private volatile bool isCreated;

    /// <summary>Creates a store.</summary>
    /// <exception cref="ArgumentException">Neither a connection string nor an address and a credential are given.</exception>
    public BlobPayloadStore(LargePayloadStorageOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrEmpty(options.ContainerName);
        this.options = options;
        var service = options is { AccountUri: { } address, Credential: { } credential } ? new BlobServiceClient(address, credential)
            : options.ConnectionString.Length > 0 ? new BlobServiceClient(options.ConnectionString)
            : throw new ArgumentException("Either ConnectionString or AccountUri and Credential must be provided.", nameof(options));
        container = service.GetBlobContainerClient(options.ContainerName);
    }

    /// <inheritdoc/>
    public override async Task<string> UploadAsync(string payLoad, CancellationToken cancellationToken)
    {
        if (!isCreated)
        {
            await container.CreateIfNotExistsAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
            isCreated = true;
        }

        var name = Guid.NewGuid().ToString("N");
        var headers = new BlobHttpHeaders { ContentEncoding = options.CompressionEnabled ? Gzip : null };
        using var content = new MemoryStream(Encode(payLoad));
        try
        {
            await container.GetBlobClient(name)
                .UploadAsync(content, new BlobUploadOptions { HttpHeaders = headers }, cancellationToken).ConfigureAwait(false);
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.ContainerNotFound)
        {
            isCreated = false;   // somebody removed it: the next try makes it anew
            throw;
        }

        return $"{Prefix}{container.Name}:{name}";
    }

    /// <inheritdoc/>
    public override async Task<string> DownloadAsync(string token, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(token);
        var parts = token.Split(':', 4);
        if (!IsKnownPayloadToken(token) || parts is not [_, _, { Length: > 0 } holder, { Length: > 0 } name])
        {
            throw new ArgumentException("Invalid external payload token.", nameof(token));
        }

        if (holder != container.Name)
        {
            throw new ArgumentException("Token container does not match configured container.", nameof(token));
        }

        try
        {
            using var blob = (await container.GetBlobClient(name).DownloadStreamingAsync(cancellationToken: cancellationToken).ConfigureAwait(false)).Value;
            var isCompressed = string.Equals(blob.Details.ContentEncoding, Gzip, StringComparison.OrdinalIgnoreCase);
            await using var content = isCompressed ? new GZipStream(blob.Content, CompressionMode.Decompress) : blob.Content;
            using var reader = new StreamReader(content, Encoding.UTF8);
            return await reader.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            throw new PayloadStorageException(
                $"The blob '{name}' was not found in container '{holder}'. The payload may have been deleted or the container was never created.", e);
        }
    }

    /// <inheritdoc/>
    public override bool IsKnownPayloadToken(string value) => value?.StartsWith(Prefix, StringComparison.Ordinal) == true;

    private byte[] Encode(string payload)
    {
        var bytes = Encoding.UTF8.GetBytes(payload);
        if (!options.CompressionEnabled)
        {
            return bytes;
        }

        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal))
        {
            gzip.Write(bytes);
        }

        return compressed.ToArray();
    }
}
