using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.IO.Compression;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using ToolboxAI.Shared.Telemetry;

namespace ToolboxAI.Tests.Telemetry;

/// <summary>What arrives at Application Insights' endpoint of ingestion.</summary>
public sealed partial class ApplicationInsightsTests
{
    private static readonly ActivitySource Source = new("ToolboxAI.Tests.ApplicationInsights");
    private static readonly Meter Meter = new("ToolboxAI.Tests.ApplicationInsights");

    [Fact]
    public async Task Spans_logs_and_metrics_arrive_as_one_operation()
    {
        var received = new ConcurrentQueue<JsonElement>();
        await using var ingestion = await IngestionAsync(received);
        var connection = $"InstrumentationKey=00000000-0000-0000-0000-000000000000;IngestionEndpoint={ingestion.Urls.Single()}/";
        string trace;
        using (var telemetry = OpenTelemetrySdk.Create(builder => builder
            .WithTracing(tracing => tracing.AddSource(Source.Name)).WithMetrics(metrics => metrics.AddMeter(Meter.Name)).WithLogging(null, logging => logging.IncludeFormattedMessage = true)
            .UseApplicationInsights(connection, credential: null)))
        {
            using var request = Source.StartActivity("function Charge", ActivityKind.Server)!;
            trace = request.TraceId.ToHexString();
            using (var call = Source.StartActivity("POST", ActivityKind.Client)!)
            {
                call.SetTag("http.request.method", "POST").SetTag("server.address", "api.stripe.com").SetTag("http.response.status_code", 402);
                call.SetStatus(ActivityStatusCode.Error);
                call.AddException(new InvalidOperationException("declined"));
            }

            Charged(telemetry.GetLoggerFactory().CreateLogger("Billing"), "inv_1");
            Meter.CreateCounter<long>("toolbox.test.charges").Add(3, new KeyValuePair<string, object?>("outcome", "declined"));
        }

        var one = await EventuallyAsync(received, 5);
        var own = one.Where(item => item.GetProperty("tags").TryGetProperty("ai.operation.id", out var id) && id.GetString() == trace).ToList();
        var call2 = Base(own, "RemoteDependencyData");
        Assert.Equal("function Charge", Base(own, "RequestData").GetProperty("name").GetString());
        Assert.Equal(("api.stripe.com", "402", false), (call2.GetProperty("target").GetString(), call2.GetProperty("resultCode").GetString(), call2.GetProperty("success").GetBoolean()));
        Assert.Equal("Invoice inv_1 is charged", Base(own, "MessageData").GetProperty("message").GetString());
        Assert.Equal("inv_1", Base(own, "MessageData").GetProperty("properties").GetProperty("InvoiceId").GetString());
        Assert.Contains("declined", Base(own, "ExceptionData").GetRawText());
        var metric = Base(one, "MetricData");
        Assert.Equal(("toolbox.test.charges", 3), (metric.GetProperty("metrics")[0].GetProperty("name").GetString(), metric.GetProperty("metrics")[0].GetProperty("value").GetDouble()));
        Assert.Equal("declined", metric.GetProperty("properties").GetProperty("outcome").GetString());
    }

    private static JsonElement Base(IEnumerable<JsonElement> items, string kind) =>
        items.Select(item => item.GetProperty("data")).First(data => data.GetProperty("baseType").GetString() == kind).GetProperty("baseData");

    private static async Task<List<JsonElement>> EventuallyAsync(ConcurrentQueue<JsonElement> received, int kinds)
    {
        List<JsonElement> items = [];
        await OtlpReceiver.EventuallyAsync(() => (items = [.. received]).Select(item => item.GetProperty("data").GetProperty("baseType").GetString()).Distinct().Count() >= kinds ? items : null, () => $"five kinds of telemetry beside {items.Count} items");
        return items;
    }

    private static async Task<WebApplication> IngestionAsync(ConcurrentQueue<JsonElement> received)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrel().UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(async http =>
        {
            if (http.Request.Path.Value!.EndsWith("/track", StringComparison.Ordinal))
            {
                await using var body = new GZipStream(http.Request.Body, CompressionMode.Decompress);
                using var reader = new StreamReader(body);
                while (await reader.ReadLineAsync() is { } line)
                {
                    received.Enqueue(JsonSerializer.Deserialize<JsonElement>(line));
                }
            }

            await http.Response.WriteAsJsonAsync(new { itemsReceived = 1, itemsAccepted = 1, errors = Array.Empty<string>() });
        });
        await app.StartAsync();
        return app;
    }

    [LoggerMessage(1, LogLevel.Information, "Invoice {InvoiceId} is charged")]
    private static partial void Charged(ILogger log, string invoiceId);
}
