using System.Globalization;
using Microsoft.ApplicationInsights;
using Microsoft.ApplicationInsights.Channel;
using Microsoft.ApplicationInsights.DataContracts;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;

namespace ToolboxAI.Shared.Telemetry;

/// <summary>Log lines as Application Insights knows them: traces, or exceptions when one is with them.</summary>
internal sealed class LogExporter(TelemetryClient client) : BaseExporter<LogRecord>
{
    /// <inheritdoc/>
    public override ExportResult Export(in Batch<LogRecord> batch)
    {
        foreach (var line in batch)
        {
            var text = line.FormattedMessage ?? line.Body ?? line.CategoryName ?? "";
            ITelemetry telemetry = line.Exception is { } exception
                ? new ExceptionTelemetry(exception) { SeverityLevel = Severity(line.LogLevel), Properties = { ["Message"] = text } }
                : new TraceTelemetry(text, Severity(line.LogLevel));
            telemetry.Timestamp = new DateTimeOffset(line.Timestamp);
            SpanExporter.Belong(telemetry.Context, line.TraceId, line.SpanId);
            Describe(line, ((ISupportProperties)telemetry).Properties);
            client.Track(telemetry);
        }

        return ExportResult.Success;
    }

    /// <inheritdoc/>
    protected override bool OnShutdown(int timeoutMilliseconds) => client.Flushed();

    private static void Describe(LogRecord line, IDictionary<string, string> properties)
    {
        properties["CategoryName"] = line.CategoryName ?? "";
        properties["EventId"] = line.EventId.Id.ToString(CultureInfo.InvariantCulture);
        foreach (var (name, value) in line.Attributes ?? [])
        {
            properties[name] = Text(value);
        }

        line.ForEachScope(static (scope, to) =>
        {
            foreach (var (name, value) in scope)
            {
                to.TryAdd(name, Text(value));
            }
        }, properties);
    }

    private static string Text(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";

    private static SeverityLevel Severity(LogLevel level) => level switch
    {
        LogLevel.Trace or LogLevel.Debug => SeverityLevel.Verbose,
        LogLevel.Information => SeverityLevel.Information,
        LogLevel.Warning => SeverityLevel.Warning,
        LogLevel.Critical => SeverityLevel.Critical,
        _ => SeverityLevel.Error,
    };
}
