using System.Globalization;
using System.Text;
using ToolboxAI.Shared.Luau.Scan;
using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Tests.Luau;

/// <summary>
/// The labelled corpus. Each script says in its first line what is in it. The held-out half was written by someone who did not
/// know the rules, and is not looked at when a rule is changed.
/// </summary>
public sealed class CorpusTests
{
    private static readonly ScanOptions Options = new(["api.school.example"]);

    [Fact]
    public void Every_label_is_a_rule()
    {
        Assert.NotEmpty(LabelledScript.All);
        Assert.All(LabelledScript.All.SelectMany(script => script.Labels), label => Assert.Contains(label, Rules.All.Keys));
    }

    [Fact]
    public void Every_script_prints_back_byte_for_byte() => Assert.All(LabelledScript.All, script =>
        Assert.Equal(script.Source.ToBytes(), SyntaxTree.Parse(script.Source).Print()));

    [Fact]
    public async Task The_virtual_machine_accepts_what_the_parser_accepts()
    {
        var verdicts = await LuauJudge.AskAsync([.. LabelledScript.All.Select(script => Encoding.UTF8.GetString(script.Source.ToBytes()))]);

        Assert.All(LabelledScript.All.Zip(verdicts), pair =>
            Assert.True(pair.Second is null == (SyntaxTree.Parse(pair.First.Source).Errors.Count == 0), $"{pair.First.Name}: {pair.Second}"));
    }

    /// <summary>Precision and recall of each rule over a half, and of all together.</summary>
    internal static (double Precision, double Recall, string Table, IReadOnlyList<string> Misses) Measure(string half)
    {
        var rows = new Dictionary<string, (int True, int False, int Missed)>(StringComparer.Ordinal);
        var misses = new List<string>();
        foreach (var script in LabelledScript.All.Where(script => script.Half == half))
        {
            var found = ScriptScanner.Scan(script.Source, Options).Findings.Select(finding => finding.Rule.Id).ToHashSet();
            foreach (var rule in found.Union(script.Labels))
            {
                var row = rows.GetValueOrDefault(rule);
                var isTrue = found.Contains(rule) && script.Labels.Contains(rule);
                rows[rule] = (row.True + (isTrue ? 1 : 0), row.False + (!script.Labels.Contains(rule) ? 1 : 0), row.Missed + (!found.Contains(rule) ? 1 : 0));
                if (!isTrue)
                {
                    misses.Add($"{script.Name}: {(found.Contains(rule) ? "false" : "missed")} {rule}");
                }
            }
        }

        var table = new StringBuilder();
        foreach (var (rule, row) in rows.OrderBy(row => row.Key, StringComparer.Ordinal))
        {
            table.AppendLine(CultureInfo.InvariantCulture, $"{rule,-32} precision {Ratio(row.True, row.False):0.000}  recall {Ratio(row.True, row.Missed):0.000}  ({row.True} found, {row.False} false, {row.Missed} missed)");
        }

        var (hits, wrong, lost) = (rows.Values.Sum(row => row.True), rows.Values.Sum(row => row.False), rows.Values.Sum(row => row.Missed));
        return (Ratio(hits, wrong), Ratio(hits, lost), table.ToString(), misses);
    }

    /// <summary>The floors are what was measured last: a rule that is changed must not fall below.</summary>
    [Theory]
    [InlineData("development", 0.99, 0.98)]
    [InlineData("held-out", 0.98, 0.98)]
    public void Precision_and_recall_do_not_fall(string half, double leastPrecision, double leastRecall)
    {
        var (precision, recall, table, misses) = Measure(half);

        TestContext.Current.TestOutputHelper?.WriteLine(table);
        // The held-out half's misses are counted, not shown: whoever tunes a rule must not read them.
        var details = half == "development" ? string.Join('\n', misses) : "";
        Assert.True(precision >= leastPrecision && recall >= leastRecall, $"{half}: precision {precision:0.000}, recall {recall:0.000}\n{table}{details}");
    }

    private static double Ratio(int hits, int others) => hits + others == 0 ? 1 : (double)hits / (hits + others);
}
