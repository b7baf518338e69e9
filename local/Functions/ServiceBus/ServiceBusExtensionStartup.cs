using Microsoft.Azure.Functions.Worker.Core;
using Microsoft.Extensions.DependencyInjection;
using ToolboxAI.Local.Functions;

[assembly: WorkerExtensionStartup(typeof(Microsoft.Azure.Functions.Worker.ServiceBusExtensionStartup))]

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Registers the Service Bus extension.</summary>
public sealed class ServiceBusExtensionStartup : WorkerExtensionStartup
{
    /// <inheritdoc/>
    public override void Configure(IFunctionsWorkerApplicationBuilder applicationBuilder)
    {
        applicationBuilder.Services.AddSingleton<ServiceBusClients>();
        applicationBuilder.Services.AddSingleton<ITriggerListener, ServiceBusListener>();
        applicationBuilder.Services.AddSingleton<IOutputBinding, ServiceBusOutput>();
    }
}
