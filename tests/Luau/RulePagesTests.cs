using System.Text.RegularExpressions;
using ToolboxAI.Shared.Luau;
using ToolboxAI.Shared.Luau.Scan;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Luau;

/// <summary>Every rule has a page in docs/guides/luau-rules, and its examples are what it says.</summary>
public sealed class RulePagesTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "docs", "guides", "luau-rules");
    private static readonly ScanOptions Options = new(["api.school.example"]);

    public static TheoryData<string> RuleIds => [.. Rules.All.Keys];

    [Theory, MemberData(nameof(RuleIds))]
    public void The_bad_example_is_found_and_the_good_one_is_left_alone(string rule)
    {
        var page = File.ReadAllText(Path.Combine(Folder, rule + ".md"));

        Assert.Contains(rule, Scan(page, "Bad"));
        Assert.Empty(Scan(page, "Good"));
        Assert.Contains($"# {Rules.All[rule].Title}\n", page);
        Assert.Contains($"· {Rules.All[rule].Severity.ToString().ToLowerInvariant()} · [CWE-{Rules.All[rule].Cwe}]", page);
    }

    private static IEnumerable<string> Scan(string page, string heading)
    {
        var script = Regex.Match(page, $@"## {heading}\n\n```luau\n(?<script>.*?)\n```", RegexOptions.Singleline).Groups["script"].Value;
        Assert.NotEmpty(script);
        var report = ScriptScanner.Scan(LuauSource.FromText(script), Options);
        Assert.Empty(report.SyntaxErrors);
        return report.Findings.Select(finding => finding.Rule.Id);
    }
}
