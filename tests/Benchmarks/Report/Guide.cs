using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Benchmarks.Report;

/// <summary>
/// Renews the measured parts of <c>docs/guides/performance.md</c>: what stands between <c>&lt;!-- name --&gt;</c> and
/// <c>&lt;!-- end --&gt;</c> is replaced by the table of that area. Growths share one table, of which the measured rows are replaced, and one
/// picture beside the guide.
/// </summary>
public static partial class Guide
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
            var growths = Merge(Growths(text), results.Growths);
            text = Replace(text, "growth", Table(growths));
            File.WriteAllText(Path.Combine(folder, "performance-growth.svg"), Picture.Of(growths));
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

    /// <summary>The growths that stand in the guide.</summary>
    private static IEnumerable<Growth> Growths(string text) =>
        from row in GrowthRow().Matches(text[text.IndexOf("<!-- growth -->", StringComparison.Ordinal)..])
        let points = GrowthCell().Matches(row.Groups["cells"].Value)
        select new Growth(row.Groups["what"].Value, points[0].Groups["unit"].Value, row.Groups["of"].Value, [.. points.Select(point =>
            new GrowthPoint(int.Parse(point.Groups["amount"].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture),
                double.Parse(point.Groups["cost"].Value, NumberStyles.Number, CultureInfo.InvariantCulture)))]);

    /// <summary>The measured growths, each in its old place, new ones at the end of their area; the others as they are.</summary>
    private static List<Growth> Merge(IEnumerable<Growth> old, IReadOnlyList<Growth> measured)
    {
        var all = old.Select(one => measured.FirstOrDefault(other => (other.What, other.Unit) == (one.What, one.Unit)) ?? one).ToList();
        all.AddRange(measured.Except(all));
        return [.. all.GroupBy(one => one.Area).SelectMany(area => area)];
    }

    [GeneratedRegex(@"^\| (?<what>[a-z]+: .+) \(of (?<of>[^|]+)\) \|(?<cells>.* at .*)\|", RegexOptions.Multiline | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex GrowthRow();

    [GeneratedRegex(@"(?<cost>[0-9.,]+) (?<unit>[^|]+?) at (?<amount>[0-9,]+)", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex GrowthCell();

    private static string Number(double? value) => value switch
    {
        null => "",
        >= 100 => value.Value.ToString("N0", CultureInfo.InvariantCulture),
        >= 10 => value.Value.ToString("F1", CultureInfo.InvariantCulture),
        _ => value.Value.ToString("F2", CultureInfo.InvariantCulture),
    };
}
