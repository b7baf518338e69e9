using System.Globalization;
using Microsoft.ApplicationInsights;
using Microsoft.ApplicationInsights.DataContracts;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using Metric = OpenTelemetry.Metrics.Metric;

namespace ToolboxAI.Shared.Telemetry;

/// <summary>Metrics as Application Insights knows them: sum, count, least and greatest of the time since the last export.</summary>
internal sealed class MetricExporter(TelemetryClient client) : BaseExporter<Metric>
{
    /// <inheritdoc/>
    public override ExportResult Export(in Batch<Metric> batch)
    {
        foreach (var metric in batch)
        {
            foreach (ref readonly var point in metric.GetMetricPoints())
            {
                var telemetry = Aggregate(metric, in point);
                telemetry.Name = metric.Name;
                telemetry.Timestamp = point.EndTime;
                foreach (var (name, value) in point.Tags)
                {
                    telemetry.Properties[name] = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
                }

                client.TrackMetric(telemetry);
            }
        }

        return ExportResult.Success;
    }

    /// <inheritdoc/>
    protected override bool OnShutdown(int timeoutMilliseconds) => client.Flushed();

    private static MetricTelemetry Aggregate(Metric metric, in MetricPoint point) => metric.MetricType switch
    {
        MetricType.Histogram or MetricType.ExponentialHistogram => Histogram(in point),
        MetricType.LongSum or MetricType.LongSumNonMonotonic => new() { Sum = point.GetSumLong(), Count = 1 },
        MetricType.DoubleSum or MetricType.DoubleSumNonMonotonic => new() { Sum = point.GetSumDouble(), Count = 1 },
        MetricType.LongGauge => new() { Sum = point.GetGaugeLastValueLong(), Count = 1 },
        _ => new() { Sum = point.GetGaugeLastValueDouble(), Count = 1 },
    };

    private static MetricTelemetry Histogram(in MetricPoint point)
    {
        var telemetry = new MetricTelemetry { Sum = point.GetHistogramSum(), Count = (int)Math.Min(point.GetHistogramCount(), int.MaxValue) };
        if (point.TryGetHistogramMinMaxValues(out var min, out var max))
        {
            (telemetry.Min, telemetry.Max) = (min, max);
        }

        return telemetry;
    }
}
