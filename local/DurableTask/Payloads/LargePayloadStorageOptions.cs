using Azure.Core;

namespace Microsoft.DurableTask;

/// <summary>Where large payloads are kept, and which are large.</summary>
public sealed class LargePayloadStorageOptions
{
    private const int LargestThreshold = 1024 * 1024;

    private int thresholdBytes = 256 * 1024;

    /// <summary>Creates options.</summary>
    public LargePayloadStorageOptions()
    {
    }

    /// <summary>Creates options for the storage account of a connection string.</summary>
    public LargePayloadStorageOptions(string connectionString)
    {
        ArgumentException.ThrowIfNullOrEmpty(connectionString);
        ConnectionString = connectionString;
    }

    /// <summary>Creates options for a storage account with an identity.</summary>
    public LargePayloadStorageOptions(Uri accountUri, TokenCredential credential)
    {
        ArgumentNullException.ThrowIfNull(accountUri);
        ArgumentNullException.ThrowIfNull(credential);
        AccountUri = accountUri;
        Credential = credential;
    }

    /// <summary>The size in bytes (UTF-8) from which on a payload is large; 256 KiB unless set, 1 MiB at most.</summary>
    public int ThresholdBytes
    {
        get => thresholdBytes;
        set => thresholdBytes = value <= LargestThreshold
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"The threshold must not exceed 1 MiB ({LargestThreshold} bytes).");
    }

    /// <summary>The size in bytes (UTF-8) that no payload may exceed; 10 MiB unless set. A larger one fails what produced it.</summary>
    public int MaxPayloadBytes { get; set; } = 10 * 1024 * 1024;

    /// <summary>The storage account's connection string; this, or <see cref="AccountUri"/> and <see cref="Credential"/>.</summary>
    public string ConnectionString { get; set; } = string.Empty;

    /// <summary>The storage account's blob address.</summary>
    public Uri? AccountUri { get; set; }

    /// <summary>The identity to sign in with.</summary>
    public TokenCredential? Credential { get; set; }

    /// <summary>The container; <c>durabletask-payloads</c> unless set. It is created when it is not there.</summary>
    public string ContainerName { get; set; } = "durabletask-payloads";

    /// <summary>Whether payloads are compressed; true unless set.</summary>
    public bool CompressionEnabled { get; set; } = true;
}
