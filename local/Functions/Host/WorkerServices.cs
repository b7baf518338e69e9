using System.Reflection;
using System.Text.Json;
using Azure.Core.Serialization;
using Microsoft.AspNetCore.Connections;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Core;
using Microsoft.Azure.Functions.Worker.Core.FunctionMetadata;
using Microsoft.Azure.Functions.Worker.Invocation;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ToolboxAI.Local.Functions;

/// <summary>Registers the worker and the local host.</summary>
internal static class WorkerServices
{
    /// <summary>The pipeline that is being configured in these services; the first call registers everything else.</summary>
    public static WorkerPipeline Pipeline(IServiceCollection services)
    {
        if (services.FirstOrDefault(d => d.ServiceType == typeof(WorkerPipeline))?.ImplementationInstance is WorkerPipeline known)
        {
            return known;
        }

        var pipeline = new WorkerPipeline(services);
        services.AddSingleton(pipeline);
        AddWorker(services);
        AddHost(services);
        RunExtensionStartups(pipeline);
        return pipeline;
    }

    /// <summary>Appends what executes functions, unless the application did.</summary>
    public static void Complete(WorkerPipeline pipeline)
    {
        if (!pipeline.HasExecution)
        {
            pipeline.HasExecution = true;
            pipeline.UseDefaultWorkerMiddleware();
        }
    }

    private static void AddWorker(IServiceCollection services)
    {
        // The application configures the default serializer by JsonSerializerOptions, or puts another one into WorkerOptions.
        services.Configure<JsonSerializerOptions>(options => options.PropertyNameCaseInsensitive = true);
        services.AddOptions<WorkerOptions>()
            .PostConfigure<IOptions<JsonSerializerOptions>>((options, json) => options.Serializer ??= new JsonObjectSerializer(json.Value));
        services.AddOptions<WorkerOptions>().Configure(options =>
        {
            options.InputConverters.Register<HttpRequestDataConverter>();
            options.InputConverters.Register<TypeConverter>();
            options.InputConverters.Register<NumberConverter>();
            options.InputConverters.Register<GuidConverter>();
            options.InputConverters.Register<DateTimeConverter>();
            options.InputConverters.Register<BytesConverter>();
            options.InputConverters.Register<ArrayConverter>();
            options.InputConverters.Register<JsonPocoConverter>();
        });
        services.AddSingleton<InputBinder>();
        services.AddSingleton<Outputs>();
        services.AddSingleton<IFunctionActivator, FunctionActivator>();
        services.AddSingleton<IFunctionExecutor, FunctionExecutor>();
        services.AddSingleton(provider => new FunctionInvoker(
            provider.GetRequiredService<WorkerPipeline>(),
            provider.GetRequiredService<InputBinder>(),
            provider.GetRequiredService<Outputs>(),
            provider.GetRequiredService<IServiceScopeFactory>(),
            provider.GetRequiredService<HostSettings>(),
            provider.GetRequiredService<ILoggerFactory>()));
    }

    private static void AddHost(IServiceCollection services)
    {
        services.TryAddSingleton(new FunctionSource(() => FunctionDiscovery.Discover(Assembly.GetEntryAssembly()!)));
        services.AddSingleton(provider => new FunctionCatalog(
            provider.GetRequiredService<FunctionSource>(),
            provider.GetRequiredService<IConfiguration>(),
            provider.GetRequiredService<ILogger<FunctionCatalog>>()));
        services.AddSingleton(provider => new HostSettings(AppContext.BaseDirectory, provider.GetRequiredService<IConfiguration>()));
        services.AddSingleton<CatalogMetadata>();
        services.AddSingleton<IFunctionMetadataProvider>(provider => provider.GetRequiredService<CatalogMetadata>());
        services.AddSingleton<IFunctionMetadataManager>(provider => provider.GetRequiredService<CatalogMetadata>());
        services.AddSingleton<LocalInstallation>();
        services.AddSingleton(provider => provider.GetRequiredService<LocalInstallation>().Clock());
        services.AddSingleton<LocalHost>();
        services.AddHostedService(provider => provider.GetRequiredService<LocalHost>());
        services.AddRouting();
        services.AddSingleton(provider => new HostKeys(provider.GetRequiredService<IConfiguration>(), provider.GetRequiredService<LocalInstallation>()));
        services.AddSingleton<CleartextHttp2>();
        services.AddSingleton<IConnectionListenerFactory>(provider => provider.GetRequiredService<CleartextHttp2>());
        services.AddSingleton<RequestLimiter>();
        services.AddSingleton<PlainHttpResults>();
        services.AddSingleton<HttpFunctions>();
        services.AddSingleton<AdminInvocations>();
        services.AddSingleton<ILocalEndpoints, AdminEndpoints>();
        services.AddSingleton<ILocalEndpoints, KeyEndpoints>();
        services.AddSingleton<ILocalEndpoints, ClockEndpoints>();
        services.AddSingleton<ILocalEndpoints, ServicesForwarder>();
        services.AddSingleton<ITriggerListener, TimerListener>();
    }

    private static void RunExtensionStartups(WorkerPipeline pipeline)
    {
        var assemblies = FunctionDiscovery.WithReferences(Assembly.GetEntryAssembly()!).Append(typeof(WorkerServices).Assembly).Distinct();
        foreach (var startup in assemblies.SelectMany(a => a.GetCustomAttributes<WorkerExtensionStartupAttribute>()).Select(a => a.StartupType))
        {
            ((WorkerExtensionStartup)Activator.CreateInstance(startup)!).Configure(pipeline);
        }
    }
}
