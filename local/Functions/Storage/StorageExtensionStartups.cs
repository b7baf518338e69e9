using Microsoft.Azure.Functions.Worker.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ToolboxAI.Local.Functions;

[assembly: WorkerExtensionStartup(typeof(Microsoft.Azure.Functions.Worker.BlobStorageExtensionStartup))]
[assembly: WorkerExtensionStartup(typeof(Microsoft.Azure.Functions.Worker.QueueStorageExtensionStartup))]

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Registers the blob storage extension.</summary>
public class BlobStorageExtensionStartup : WorkerExtensionStartup
{
    /// <inheritdoc/>
    public override void Configure(IFunctionsWorkerApplicationBuilder applicationBuilder) => applicationBuilder.ConfigureBlobStorageExtension();
}

/// <summary>Registers the blob storage extension.</summary>
public static class FunctionsWorkerApplicationBuilderExtensions
{
    /// <summary>Registers it; a second call does nothing.</summary>
    public static IFunctionsWorkerApplicationBuilder ConfigureBlobStorageExtension(this IFunctionsWorkerApplicationBuilder builder)
    {
        builder.Services.TryAddSingleton<StorageConnections>();
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<ITriggerListener, BlobListener>());
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IOutputBinding, BlobOutput>());
        return builder;
    }
}

internal sealed class QueueStorageExtensionStartup : WorkerExtensionStartup
{
    public override void Configure(IFunctionsWorkerApplicationBuilder applicationBuilder)
    {
        applicationBuilder.Services.TryAddSingleton<StorageConnections>();
        applicationBuilder.Services.AddSingleton<ITriggerListener, QueueListener>();
        applicationBuilder.Services.AddSingleton<IOutputBinding, QueueOutput>();
    }
}
