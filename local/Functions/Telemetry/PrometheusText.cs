using System.Globalization;
using System.Text;
using OpenTelemetry.Metrics;

namespace ToolboxAI.Local.Functions;

/// <summary>
/// Writes metrics in Prometheus' text format 0.0.4. Names follow OpenTelemetry's rules for it: dots become underscores, the
/// unit is a suffix, a counter ends in <c>_total</c>. All lines of one name stand together, as the format demands.
/// </summary>
internal sealed class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private static readonly Dictionary<string, string> Units = new()
    {
        ["s"] = "seconds",
        ["ms"] = "milliseconds",
        ["By"] = "bytes",
        ["%"] = "percent",
    };

    private readonly SortedDictionary<string, (string Kind, string Help, StringBuilder Samples)> groups = new(StringComparer.Ordinal);

    /// <summary>Adds a metric's samples.</summary>
    public void Add(Metric metric)
    {
        var kind = KindOf(metric.MetricType);
        var name = NameOf(metric, kind);
        if (!groups.TryGetValue(name, out var group))
        {
            groups[name] = group = (kind, metric.Description, new());
        }

        if (group.Kind != kind)
        {
            return;                                                              // two instruments of one name and two kinds: the first stays
        }

        foreach (ref readonly var point in metric.GetMetricPoints())
        {
            var labels = Labels(metric, point.Tags);
            if (kind == "histogram")
            {
                Histogram(group.Samples, name, labels, in point);
            }
            else
            {
                Sample(group.Samples, name, labels, Value(metric.MetricType, in point));
            }
        }
    }

    /// <summary>The page; it ends with a line feed.</summary>
    public override string ToString()
    {
        var page = new StringBuilder();
        foreach (var (name, (kind, help, samples)) in groups)
        {
            if (help.Length > 0)
            {
                page.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help.Replace("\\", @"\\").Replace("\n", @"\n")}\n");
            }

            page.Append(CultureInfo.InvariantCulture, $"# TYPE {name} {kind}\n").Append(samples);
        }

        return page.Append('\n').ToString();
    }

    private static string KindOf(MetricType type) => type switch
    {
        MetricType.LongSum or MetricType.DoubleSum => "counter",
        MetricType.Histogram => "histogram",
        _ => "gauge",
    };

    private static string NameOf(Metric metric, string kind)
    {
        var name = Clean(metric.Name);
        if (Units.TryGetValue(metric.Unit, out var unit) && !name.EndsWith("_" + unit, StringComparison.Ordinal))
        {
            name += "_" + unit;
        }

        return kind == "counter" && !name.EndsWith("_total", StringComparison.Ordinal) ? name + "_total" : name;
    }

    private static string Clean(string name)
    {
        var clean = string.Create(name.Length, name, static (to, from) =>
        {
            for (var i = 0; i < from.Length; i++)
            {
                to[i] = char.IsAsciiLetterOrDigit(from[i]) || from[i] == '_' ? from[i] : '_';
            }
        });
        return char.IsAsciiDigit(clean[0]) ? "_" + clean : clean;
    }

    private static string Labels(Metric metric, OpenTelemetry.ReadOnlyTagCollection tags)
    {
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["otel_scope_name"] = metric.MeterName };
        foreach (var (name, value) in tags)
        {
            labels[Clean(name)] = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
        }

        return string.Join(',', labels.Select(label => $"{label.Key}=\"{label.Value.Replace("\\", @"\\").Replace("\"", "\\\"").Replace("\n", @"\n")}\""));
    }

    private static double Value(MetricType type, in MetricPoint point) => type switch
    {
        MetricType.LongSum or MetricType.LongSumNonMonotonic => point.GetSumLong(),
        MetricType.DoubleSum or MetricType.DoubleSumNonMonotonic => point.GetSumDouble(),
        MetricType.LongGauge => point.GetGaugeLastValueLong(),
        MetricType.DoubleGauge => point.GetGaugeLastValueDouble(),
        _ => double.NaN,
    };

    private static void Histogram(StringBuilder samples, string name, string labels, in MetricPoint point)
    {
        long sum = 0;
        foreach (var bucket in point.GetHistogramBuckets())
        {
            sum += bucket.BucketCount;
            Sample(samples, name + "_bucket", $"{labels},le=\"{Number(bucket.ExplicitBound)}\"", sum);
        }

        Sample(samples, name + "_sum", labels, point.GetHistogramSum());
        Sample(samples, name + "_count", labels, point.GetHistogramCount());
    }

    private static void Sample(StringBuilder samples, string name, string labels, double value) =>
        samples.Append(CultureInfo.InvariantCulture, $"{name}{{{labels}}} {Number(value)}\n");

    private static string Number(double value) =>
        double.IsPositiveInfinity(value) ? "+Inf" : double.IsNegativeInfinity(value) ? "-Inf" : value.ToString("R", CultureInfo.InvariantCulture);
}
