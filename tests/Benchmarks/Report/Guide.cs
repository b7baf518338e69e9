using System.Globalization;
using System.Text;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Benchmarks.Report;

/// <summary>
/// Renews the measured parts of <c>docs/guides/performance.md</c>: what stands between <c>&lt;!-- name --&gt;</c> and
/// <c>&lt;!-- end --&gt;</c> is replaced by the table of that area; a picture lies beside the guide for each growth.
/// </summary>
public static class Guide
{
    private const string End = "<!-- end -->";

    /// <summary>Writes what was measured; areas that were not measured stay as they are.</summary>
    public static void Write(Results results)
    {
        var folder = Path.Combine(Repository.Root, "docs", "guides");
        var path = Path.Combine(folder, "performance.md");
        var text = File.ReadAllText(path);
        foreach (var area in results.Measurements.GroupBy(measured => measured.Area))
        {
            text = Replace(text, area.Key, Table(area));
        }

        if (results.Growths.Count > 0)
        {
            text = Replace(text, "growth", Table(results.Growths));
            File.WriteAllText(Path.Combine(folder, "performance-growth.svg"), Picture.Of(results.Growths));
        }

        File.WriteAllText(path, text);
    }

    private static string Replace(string text, string name, string table)
    {
        var start = text.IndexOf($"<!-- {name} -->", StringComparison.Ordinal);
        var end = start < 0 ? -1 : text.IndexOf(End, start, StringComparison.Ordinal);
        return end < 0
            ? throw new InvalidOperationException($"The guide has no part '<!-- {name} -->' … '{End}'.")
            : $"{text[..start]}<!-- {name} -->\n\n{table}\n{text[end..]}";
    }

    private static string Table(IEnumerable<Measurement> measured)
    {
        var table = new StringBuilder("| what | here | beside | theirs | ratio | aim |\n| --- | ---: | --- | ---: | ---: | --- |\n");
        foreach (var one in measured)
        {
            table.Append(CultureInfo.InvariantCulture, $"| {one.What} | {Number(one.Value)} {one.Unit} | {one.Peer} | {Number(one.PeerValue)} | {one.Ratio:F2} | {one.Aim} |\n");
        }

        return table.ToString();
    }

    private static string Table(IReadOnlyList<Growth> growths)
    {
        var table = new StringBuilder("| what | 1× | 10× | 100× | last by first |\n| --- | ---: | ---: | ---: | ---: |\n");
        foreach (var one in growths)
        {
            var cells = string.Join(" | ", one.Points.Select(point => $"{Number(point.Cost)} {one.Unit} at {point.Amount.ToString("N0", CultureInfo.InvariantCulture)}"));
            table.Append(CultureInfo.InvariantCulture, $"| {one.What} (of {one.Of}) | {cells} | {one.Points[^1].Cost / one.Points[0].Cost:F2} |\n");
        }

        return table.ToString();
    }

    private static string Number(double? value) => value switch
    {
        null => "",
        >= 100 => value.Value.ToString("N0", CultureInfo.InvariantCulture),
        >= 10 => value.Value.ToString("F1", CultureInfo.InvariantCulture),
        _ => value.Value.ToString("F2", CultureInfo.InvariantCulture),
    };
}
