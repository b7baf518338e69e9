using Microsoft.Azure.Functions.Worker.Extensions.DurableTask;
using Microsoft.DurableTask.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ToolboxAI.Local.Functions;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Adds Durable Task to a function app. The application need not call it: the extension's startup does.</summary>
public static class FunctionsWorkerApplicationBuilderExtensions
{
    /// <summary>Adds the durable triggers and bindings.</summary>
    public static IFunctionsWorkerApplicationBuilder ConfigureDurableExtension(this IFunctionsWorkerApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        if (services.Any(service => service.ServiceType == typeof(FunctionsHub)))
        {
            return builder;
        }

        services.AddSingleton<FunctionsHub>();
        services.AddSingleton<ITriggerListener, DurableTriggerListener>();
        services.AddSingleton<ILocalEndpoints, ManagementEndpoints>();
        services.AddSingleton<ILocalEndpoints, SetAsideEndpoints>();
        services.AddOptions<WorkerOptions>().PostConfigure(options => options.InputConverters.RegisterAt<OrchestrationInputConverter>(0));
        services.AddOptions<DurableTaskWorkerOptions>().Configure<FunctionsHub>((options, hub) =>
        {
            options.DataConverter = hub.Converter;
            options.EnableEntitySupport = true;
            options.Versioning = hub.Versioning;
        });
        return builder;
    }

    /// <summary>Registers orchestrators, activities and entities that are classes instead of functions.</summary>
    public static IDurableTaskWorkerBuilder ConfigureDurableWorker(this IFunctionsWorkerApplicationBuilder builder) =>
        new DefaultDurableTaskWorkerBuilder(Options.DefaultName, builder.ConfigureDurableExtension().Services);
}
