using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace ToolboxAI.Local.Functions;

/// <summary><c>GET /metrics</c>: all metrics so far as Prometheus text 0.0.4.</summary>
internal sealed class MetricsEndpoint(MetricsPage page) : ILocalEndpoints
{
    public void Map(IEndpointRouteBuilder endpoints) => endpoints.MapGet("/metrics", http =>
    {
        http.Response.ContentType = PrometheusText.ContentType;
        return http.Response.WriteAsync(page.Read());
    });
}

/// <summary>The page as of the last reading; reading collects anew.</summary>
[ExportModes(ExportModes.Pull)]
internal sealed class MetricsPage : BaseExporter<Metric>, IPullMetricExporter
{
    private readonly Lock oneReader = new();
    private string text = "";

    /// <summary>Set by the reader that this exporter is given to.</summary>
    public Func<int, bool>? Collect { get; set; }

    /// <inheritdoc/>
    public override ExportResult Export(in Batch<Metric> batch)
    {
        var page = new PrometheusText();
        foreach (var metric in batch)
        {
            page.Add(metric);
        }

        text = page.ToString();
        return ExportResult.Success;
    }

    /// <summary>Collects and writes; one reader at a time.</summary>
    public string Read()
    {
        lock (oneReader)
        {
            Collect?.Invoke(Timeout.Infinite);
            return text;
        }
    }
}
