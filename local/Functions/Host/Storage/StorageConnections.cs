using System.Collections.Concurrent;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using Microsoft.Extensions.Configuration;

namespace ToolboxAI.Local.Functions;

/// <summary>One client for each storage connection that functions name.</summary>
internal sealed class StorageConnections(IConfiguration settings, HostSettings host)
{
    private const string Extension = "Storage";

    private readonly ConcurrentDictionary<string, BlobServiceClient> blobs = new();
    private readonly ConcurrentDictionary<string, QueueServiceClient> queues = new();

    /// <exception cref="InvalidOperationException">The setting is missing or empty.</exception>
    public BlobServiceClient Blobs(string? connection) => blobs.GetOrAdd(Text(connection), static text => new(text));

    /// <exception cref="InvalidOperationException">The setting is missing or empty.</exception>
    public QueueServiceClient Queues(string? connection) => queues.GetOrAdd(Text(connection), text => new(text, new QueueClientOptions
    {
        MessageEncoding = host.Extension("queues")["messageEncoding"] == "none" ? QueueMessageEncoding.None : QueueMessageEncoding.Base64,
    }));

    /// <summary>Replaces the settings that a binding's text names.</summary>
    /// <exception cref="InvalidOperationException">A setting is missing.</exception>
    public string Resolve(string text) => SettingExpressions.Resolve(text, settings);

    private string Text(string? connection) => ConnectionSettings.Find(settings, connection, Extension)?.Value is { Length: > 0 } text
        ? text
        : throw new InvalidOperationException(ConnectionSettings.Missing("storage", connection, Extension));
}
