using Azure.Identity;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Azure.Functions.Worker.OpenTelemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using ToolboxAI.Shared.Telemetry;

namespace ToolboxAI.Functions.Telemetry;

/// <summary>
/// Where logs, spans and metrics go: to an OpenTelemetry endpoint when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set, to Application
/// Insights when <c>APPLICATIONINSIGHTS_CONNECTION_STRING</c> is, and to the host, which knows the worker's own.
/// </summary>
public static class TelemetryServices
{
    private static readonly string[] Sources = ["ToolboxAI.*", "Azure.Messaging.ServiceBus.*", "Microsoft.DurableTask", "Npgsql", "System.Net.Http"];
    private static readonly string[] Meters = ["ToolboxAI.*", "Microsoft.AspNetCore.Hosting", "Npgsql", "System.Net.Http", "System.Runtime"];

    /// <summary>Adds telemetry.</summary>
    public static FunctionsApplicationBuilder AddTelemetry(this FunctionsApplicationBuilder builder)
    {
        // The Azure SDK keeps its spans to itself until this is said.
        AppContext.SetSwitch("Azure.Experimental.EnableActivitySource", true);
        var telemetry = new TelemetryBuilder(builder.Services).UseFunctionsWorkerDefaults().WithMetrics(metrics => metrics.AddMeter(Meters));
        var configuration = builder.Configuration;
        var collector = configuration["OTEL_EXPORTER_OTLP_ENDPOINT"];
        var insights = configuration["APPLICATIONINSIGHTS_CONNECTION_STRING"];
        if (string.IsNullOrEmpty(collector) && string.IsNullOrEmpty(insights))
        {
            return builder;                                      // nobody collects: spans and log records are not even made
        }

        builder.Services.AddSingleton<Collected>();
        telemetry.WithTracing(tracing => tracing.AddSource(Sources))
            .WithLogging(null, logging => (logging.IncludeFormattedMessage, logging.IncludeScopes) = (true, true));
        if (!string.IsNullOrEmpty(collector))
        {
            telemetry.UseOtlpExporter();
        }

        if (!string.IsNullOrEmpty(insights))
        {
            var byToken = configuration["APPLICATIONINSIGHTS_AUTHENTICATION_STRING"]?.Contains("Authorization=AAD", StringComparison.OrdinalIgnoreCase) == true;
            telemetry.UseApplicationInsights(insights, byToken ? new DefaultAzureCredential() : null);
        }

        return builder;
    }

    /// <summary>Starts collecting; call it before the host runs.</summary>
    public static void StartTelemetry(this IHost host)
    {
        _ = host.Services.GetService<MeterProvider>();
        if (host.Services.GetService<Collected>() is not null)
        {
            _ = host.Services.GetService<TracerProvider>();
        }
    }

    /// <summary>Registered when somebody collects spans and log records.</summary>
    private sealed record Collected;

    private sealed record TelemetryBuilder(IServiceCollection Services) : IOpenTelemetryBuilder;
}
