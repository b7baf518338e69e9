using Azure.Core;
using Microsoft.ApplicationInsights;
using Microsoft.ApplicationInsights.Extensibility;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace ToolboxAI.Shared.Telemetry;

/// <summary>Application Insights as a target of OpenTelemetry: why it is ours stands in docs/adr/0010.</summary>
public static class ApplicationInsights
{
    private const int MetricsMilliseconds = 60_000;

    /// <summary>Sends spans, metrics and logs to Application Insights.</summary>
    /// <param name="builder">OpenTelemetry.</param>
    /// <param name="connectionString">The component's connection string; it names the endpoint of ingestion.</param>
    /// <param name="credential">Whose token opens a component without local authentication; null for one with it.</param>
    public static IOpenTelemetryBuilder UseApplicationInsights(this IOpenTelemetryBuilder builder, string connectionString, TokenCredential? credential)
    {
        var configuration = new TelemetryConfiguration { ConnectionString = connectionString };
        if (credential is not null)
        {
            configuration.SetAzureTokenCredential(credential);
        }

        var client = new TelemetryClient(configuration);
        return builder
            .WithTracing(tracing => tracing.AddProcessor(new BatchActivityExportProcessor(new SpanExporter(client))))
            .WithMetrics(metrics => metrics.AddReader(new PeriodicExportingMetricReader(new MetricExporter(client), MetricsMilliseconds)
            {
                TemporalityPreference = MetricReaderTemporalityPreference.Delta,           // Application Insights adds up itself
            }))
            .WithLogging(logging => logging.AddProcessor(new BatchLogRecordExportProcessor(new LogExporter(client))));
    }

    /// <summary>Sends what is buffered; called when an exporter ends.</summary>
    internal static bool Flushed(this TelemetryClient client)
    {
        client.Flush();
        return true;
    }
}
