using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Telemetry;

/// <summary>What the running application tells about itself.</summary>
public sealed class ExportTests
{
    /// <summary>From the mail back to the call that caused it: each is above the one before.</summary>
    private static readonly string[] Stations =
    [
        "function SendEmail", "function QueueDunningMail", "activity:QueueDunningMail", "orchestration:Dunning", "create_orchestration:Dunning",
        "function ApplyStripeEvent", "function ReceiveStripeEvent",
    ];

    [Fact]
    public async Task One_trace_goes_from_the_webhook_over_the_bus_and_through_the_orchestration_and_its_activity_to_the_mail()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var application = await RunningApplication.StartAsync(settings: new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = receiver.Address,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
            ["OTEL_BLRP_SCHEDULE_DELAY"] = "200",
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "1000",
        });

        await FailAPaymentAsync(application.Http);

        // The orchestration's own span is told when it ends, days after the mail's.
        var mail = await OtlpReceiver.EventuallyAsync(
            () => receiver.Spans.FirstOrDefault(span => span.Name == Stations[0] && !Stations.Except(Above(receiver, span).Select(above => above.Name)).Any()),
            () => $"a mail below {string.Join(" / ", Stations)}; the longest way was {string.Join(" / ", receiver.Spans.Where(span => span.Name == Stations[0]).Select(span => string.Join(" < ", Above(receiver, span).Select(above => above.Name))).MaxBy(way => way.Length) ?? "none")}");
        var way = Above(receiver, mail).ToList();
        Assert.Equal(Stations, way.Select(span => span.Name).Where(Stations.Contains).Distinct());
        Assert.Equal([mail.Trace], way.Select(span => span.Trace).Distinct());
        await OtlpReceiver.EventuallyAsync(() => receiver.Metrics.ContainsKey("toolbox.stripe.events.received") ? receiver : null, () => "the metric of received events");
        await OtlpReceiver.EventuallyAsync(() => receiver.Logs.FirstOrDefault(line => line.Contains("functions run at", StringComparison.Ordinal)), () => "the host's log line");
        await MetricsPageAsync(application.Http);
    }

    private static async Task FailAPaymentAsync(HttpClient http)
    {
        http.DefaultRequestHeaders.Add("X-Api-Key", "tbx_local_development_key");
        (await http.PostAsJsonAsync("/api/v1/billing/subscription", new { plan = "school-monthly", paymentMethod = "pm_card_visa" })).EnsureSuccessStatusCode();
        (await http.PutAsJsonAsync("/api/v1/billing/payment-method", new { paymentMethod = "pm_card_chargeCustomerFail" })).EnsureSuccessStatusCode();
        (await http.PostAsJsonAsync("/local/clock/advance", new { by = "P32D" })).EnsureSuccessStatusCode();

        // A good card ends the run.
        (await http.PutAsJsonAsync("/api/v1/billing/payment-method", new { paymentMethod = "pm_card_visa" })).EnsureSuccessStatusCode();
        (await http.PostAsJsonAsync("/local/clock/advance", new { by = "PT1M" })).EnsureSuccessStatusCode();
    }

    /// <summary>A span and everything above it, up to the root.</summary>
    private static IEnumerable<ReceivedSpan> Above(OtlpReceiver receiver, ReceivedSpan span)
    {
        var all = receiver.Spans.DistinctBy(one => one.Id).ToDictionary(one => one.Id);
        for (var at = span; at is not null; at = all.GetValueOrDefault(at.Parent))
        {
            yield return at;
        }
    }

    [Fact]
    public async Task Prometheus_own_tool_accepts_the_page_of_metrics()
    {
        Assert.SkipWhen(Tool("promtool") is null, "promtool (of Prometheus) is not installed.");
        var application = await RunningApplication.SharedAsync();
        var page = await application.Http.GetStringAsync("/metrics", TestContext.Current.CancellationToken);

        using var judge = Process.Start(new ProcessStartInfo(Tool("promtool")!, ["check", "metrics"]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true })!;
        var said = judge.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await judge.StandardInput.WriteAsync(page);
        judge.StandardInput.Close();
        await judge.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(judge.ExitCode is 0 or 3, await said);                        // 3: matters of taste
    }

    private static string? Tool(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    private static async Task MetricsPageAsync(HttpClient http)
    {
        using var answer = await http.GetAsync("/metrics");
        var page = await answer.Content.ReadAsStringAsync();

        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
        Assert.EndsWith("\n", page);
        Assert.DoesNotContain("\r", page);
        Assert.Contains("# TYPE toolbox_stripe_events_received_total counter\n", page);
        Assert.Contains("# TYPE http_server_request_duration_seconds histogram\n", page);
        Assert.Matches("dotnet_gc_heap_total_allocated_bytes_total\\{[^}]*\\} [0-9.E+]+\n", page);
        var lines = page.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var samples = lines.Where(line => line[0] != '#').ToList();
        Assert.All(samples, line => Assert.Matches("""^[a-zA-Z_:][a-zA-Z0-9_:]*\{([a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\.)*",?)*\} (NaN|[+-]Inf|-?[0-9.]+(E[+-]?[0-9]+)?)$""", line));
        Assert.Equal(samples.Count, samples.Select(line => line[..line.LastIndexOf(' ')]).Distinct().Count());
        Assert.Equal(lines.Count(line => line.StartsWith("# TYPE", StringComparison.Ordinal)), lines.Where(line => line.StartsWith("# TYPE", StringComparison.Ordinal)).Select(line => line.Split(' ')[2]).Distinct().Count());
        foreach (var count in samples.Where(line => Regex.IsMatch(line, "^[a-z_]+_seconds_count")))
        {
            var labels = count[(count.IndexOf('{') + 1)..count.IndexOf('}')];
            Assert.Contains(count[..count.IndexOf("_count", StringComparison.Ordinal)] + $"_bucket{{{labels},le=\"+Inf\"}}{count[(count.IndexOf('}') + 1)..]}", samples);
        }
    }
}
