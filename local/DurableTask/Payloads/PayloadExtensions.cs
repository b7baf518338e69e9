using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using ToolboxAI.Local.DurableTask.Hosting;

namespace Microsoft.DurableTask;

/// <summary>Registers a payload store that workers and clients share.</summary>
public static class ServiceCollectionExtensionsAzureBlobPayloads
{
    /// <summary>Registers the store; <c>UseExternalizedPayloads()</c> then needs no settings of its own.</summary>
    public static IServiceCollection AddExternalizedPayloadStore(this IServiceCollection services, Action<LargePayloadStorageOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.ConfigureAll(configure);
        services.AddSingleton<PayloadStore>(provider =>
            new BlobPayloadStore(provider.GetRequiredService<IOptionsMonitor<LargePayloadStorageOptions>>().CurrentValue));
        return services;
    }
}

/// <summary>Lets workers keep large payloads in blob storage.</summary>
public static class DurableTaskWorkerBuilderExtensionsAzureBlobPayloads
{
    /// <summary>Keeps large payloads in the store of these settings, unless one is registered already.</summary>
    public static IDurableTaskWorkerBuilder UseExternalizedPayloads(
        this IDurableTaskWorkerBuilder builder, Action<LargePayloadStorageOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        builder.Services.Configure(builder.Name, configure);
        return builder.UseExternalizedPayloads();
    }

    /// <summary>Keeps large payloads in the store that is registered.</summary>
    public static IDurableTaskWorkerBuilder UseExternalizedPayloads(this IDurableTaskWorkerBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var name = builder.Name;
        builder.Services.TryAddSingleton<PayloadStore>(services =>
            new BlobPayloadStore(services.GetRequiredService<IOptionsMonitor<LargePayloadStorageOptions>>().Get(name)));
        builder.Services.Configure<HubOptions>(name, options => options.WorkerPayloads = services => ExternalPayloads.Of(services, name));
        return builder;
    }
}

/// <summary>Lets clients keep large payloads in blob storage.</summary>
public static class DurableTaskClientBuilderExtensionsAzureBlobPayloads
{
    /// <summary>Keeps large payloads in the store that is registered.</summary>
    public static IDurableTaskClientBuilder UseExternalizedPayloads(this IDurableTaskClientBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var name = builder.Name;
        builder.Services.Configure<HubOptions>(name, options => options.ClientPayloads = services => ExternalPayloads.Of(services, name));
        return builder;
    }
}
