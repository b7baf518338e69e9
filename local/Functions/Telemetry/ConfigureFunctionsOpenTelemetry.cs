using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using ToolboxAI.Local.Functions;

namespace Microsoft.Azure.Functions.Worker.OpenTelemetry;

/// <summary>What the worker adds to OpenTelemetry: its resource and its spans. Locally also <c>GET /metrics</c>, Prometheus text of the same meters.</summary>
public static class ConfigureFunctionsOpenTelemetry
{
    private const string ServiceName = "toolboxai";

    /// <summary>Adds the worker's own.</summary>
    public static IOpenTelemetryBuilder UseFunctionsWorkerDefaults(this IOpenTelemetryBuilder builder)
    {
        builder.Services.AddSingleton<MetricsPage>();
        builder.Services.AddSingleton<ILocalEndpoints, MetricsEndpoint>();
        return builder
            .ConfigureResource(resource => resource.AddService(ServiceName, serviceInstanceId: $"{System.Environment.MachineName}-{System.Environment.ProcessId}"))
            .WithTracing(tracing => tracing.AddSource("Microsoft.Azure.Functions.Worker", "Microsoft.AspNetCore"))     // on Azure the host tells of the request
            .WithMetrics(metrics => metrics.AddReader(services => new BaseExportingMetricReader(services.GetRequiredService<MetricsPage>())));
    }
}
