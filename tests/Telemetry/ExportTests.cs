using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Telemetry;

/// <summary>What the running application tells about itself.</summary>
public sealed class ExportTests
{
    [Fact]
    public async Task A_trace_goes_from_the_webhook_over_the_bus_and_through_the_orchestration_to_the_mail()
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

        string[] stations = ["function ReceiveStripeEvent", "function ApplyStripeEvent", "create_orchestration:Dunning", "activity:QueueDunningMail", "function QueueDunningMail", "function SendEmail"];
        var trace = await OtlpReceiver.EventuallyAsync(
            () => receiver.Spans.GroupBy(span => span.Trace).FirstOrDefault(trace => stations.All(station => trace.Any(span => span.Name == station)))?.ToList(),
            () => $"a trace with all of {string.Join(", ", stations)} beside {string.Join(", ", receiver.Spans.Select(span => span.Name).Distinct())}");
        var ids = trace.Select(span => span.Id).ToHashSet();
        Assert.All(trace.Where(span => stations.Contains(span.Name) && span.Name != stations[0]), span => Assert.NotEmpty(span.Parent));
        Assert.Contains(trace, span => span.Name == "function ApplyStripeEvent" && ids.Contains(span.Parent));
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
    }

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

        await JudgeAsync(page);
    }

    /// <summary>Prometheus' own tool, where it is installed.</summary>
    private static async Task JudgeAsync(string page)
    {
        var promtool = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, "promtool")).FirstOrDefault(File.Exists);
        if (promtool is null)
        {
            return;
        }

        using var judge = Process.Start(new ProcessStartInfo(promtool, ["check", "metrics"]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true })!;
        var said = judge.StandardError.ReadToEndAsync();
        await judge.StandardInput.WriteAsync(page);
        judge.StandardInput.Close();
        await judge.WaitForExitAsync();
        Assert.True(judge.ExitCode is 0 or 3, await said);                        // 3: matters of taste
    }
}
