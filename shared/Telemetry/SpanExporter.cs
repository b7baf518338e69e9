using System.Diagnostics;
using System.Globalization;
using Microsoft.ApplicationInsights;
using Microsoft.ApplicationInsights.DataContracts;
using Microsoft.ApplicationInsights.Extensibility.Implementation;
using OpenTelemetry;

namespace ToolboxAI.Shared.Telemetry;

/// <summary>
/// Spans as Application Insights knows them: what was called (server, consumer) is a request, what calls (client, producer,
/// internal) a dependency. Names of attributes: OpenTelemetry's semantic conventions.
/// </summary>
internal sealed class SpanExporter(TelemetryClient client) : BaseExporter<Activity>
{
    private const string Exception = "exception";

    /// <inheritdoc/>
    public override ExportResult Export(in Batch<Activity> batch)
    {
        foreach (var span in batch)
        {
            OperationTelemetry telemetry = span.Kind is ActivityKind.Server or ActivityKind.Consumer ? Request(span) : Dependency(span);
            telemetry.Id = span.SpanId.ToHexString();
            telemetry.Name = span.DisplayName;
            telemetry.Timestamp = new DateTimeOffset(span.StartTimeUtc);
            telemetry.Duration = span.Duration;
            telemetry.Success = span.Status != ActivityStatusCode.Error;
            Belong(telemetry.Context, span.TraceId, span.ParentSpanId);
            foreach (var (name, value) in span.TagObjects)
            {
                telemetry.Properties[name] = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
            }

            client.Track(telemetry);
            Exceptions(span);
        }

        return ExportResult.Success;
    }

    /// <inheritdoc/>
    protected override bool OnShutdown(int timeoutMilliseconds) => client.Flushed();

    /// <summary>Puts telemetry into a trace.</summary>
    internal static void Belong(TelemetryContext context, ActivityTraceId trace, ActivitySpanId parent)
    {
        if (trace != default)
        {
            context.Operation.Id = trace.ToHexString();
        }

        if (parent != default)
        {
            context.Operation.ParentId = parent.ToHexString();
        }
    }

    private static RequestTelemetry Request(Activity span)
    {
        var request = new RequestTelemetry { ResponseCode = Text(span, "http.response.status_code") ?? (span.Status == ActivityStatusCode.Error ? "500" : "0") };
        if (Text(span, "url.path") is { } path && Text(span, "server.address") is { } host && Uri.TryCreate($"{Text(span, "url.scheme") ?? "https"}://{host}{path}", UriKind.Absolute, out var url))
        {
            request.Url = url;
        }

        return request;
    }

    private static DependencyTelemetry Dependency(Activity span) => new()
    {
        Type = Kind(span),
        Target = Text(span, "server.address") ?? Text(span, "messaging.destination.name") ?? Text(span, "db.namespace") ?? "",
        Data = Text(span, "url.full") ?? Text(span, "db.query.summary") ?? "",
        ResultCode = Text(span, "http.response.status_code") ?? Text(span, "db.response.status_code") ?? Text(span, "error.type") ?? "",
    };

    private static string Kind(Activity span) =>
        Text(span, "db.system.name") ?? Text(span, "db.system")
        ?? (Text(span, "messaging.system") is { } bus ? bus : span.GetTagItem("http.request.method") is not null ? "Http" : span.Kind == ActivityKind.Internal ? "InProc" : "");

    private void Exceptions(Activity span)
    {
        foreach (var happened in span.Events.Where(happened => happened.Name == Exception))
        {
            var tags = happened.Tags.ToDictionary(tag => tag.Key, tag => Convert.ToString(tag.Value, CultureInfo.InvariantCulture) ?? "");
            var telemetry = new ExceptionTelemetry
            {
                Timestamp = happened.Timestamp,
                Message = tags.GetValueOrDefault("exception.message", Exception),
            };
            foreach (var (name, value) in tags)
            {
                telemetry.Properties[name] = value;
            }

            Belong(telemetry.Context, span.TraceId, span.SpanId);
            client.TrackException(telemetry);
        }
    }

    private static string? Text(Activity span, string tag) => Convert.ToString(span.GetTagItem(tag), CultureInfo.InvariantCulture) is { Length: > 0 } text ? text : null;
}
