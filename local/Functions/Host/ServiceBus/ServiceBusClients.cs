using System.Collections.Concurrent;
using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Configuration;

namespace ToolboxAI.Local.Functions;

/// <summary>One client for each connection that functions name.</summary>
internal sealed class ServiceBusClients(IConfiguration settings) : IAsyncDisposable
{
    private const string Extension = "ServiceBus";

    private readonly ConcurrentDictionary<string, ServiceBusClient> clients = new();

    /// <summary>The client for a connection setting; <c>AzureWebJobsServiceBus</c> when null.</summary>
    /// <exception cref="InvalidOperationException">The setting is missing or empty.</exception>
    public ServiceBusClient Get(string? connection)
    {
        var setting = ConnectionSettings.Find(settings, connection, Extension);
        var text = setting?.Value ?? setting?["fullyQualifiedNamespace"];
        return string.IsNullOrEmpty(text)
            ? throw new InvalidOperationException(ConnectionSettings.Missing("Service Bus", connection, Extension))
            : clients.GetOrAdd(text, static value => new(value));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in clients.Values)
        {
            await client.DisposeAsync().ConfigureAwait(false);
        }
    }
}
