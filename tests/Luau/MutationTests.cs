using ToolboxAI.Shared.Luau;
using ToolboxAI.Shared.Luau.Scan;
using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Tests.Luau;

/// <summary>Mechanical mutations of the malicious scripts hide nothing.</summary>
public sealed class MutationTests
{
    private static readonly ScanOptions Options = new(["api.school.example"]);

    public static TheoryData<string, string> Mutations => [.. from half in (string[])["development", "held-out"] from mutation in Mutation.All.Keys select (half, mutation)];

    [Theory, MemberData(nameof(Mutations))]
    public void A_mutation_lowers_recall_by_little(string half, string mutation)
    {
        int hits = 0, all = 0, changed = 0;
        var misses = new List<string>();
        foreach (var script in LabelledScript.All.Where(script => script.Half == half && script.Labels.Count > 0))
        {
            var mutated = LuauSource.FromText(Mutation.All[mutation](script.Source));
            changed += mutated.Text == script.Source.Text ? 0 : 1;
            Assert.True(SyntaxTree.Parse(mutated).Errors.Count == 0, $"{(half == "development" ? script.Name : "a script")} no longer parses");
            var found = ScriptScanner.Scan(mutated, Options).Findings.Select(finding => finding.Rule.Id).ToHashSet();
            all += script.Labels.Count;
            hits += script.Labels.Count(found.Contains);
            misses.AddRange(script.Labels.Where(label => !found.Contains(label)).Select(label => $"{script.Name}: {label}"));
        }

        // The held-out half's misses are counted, not shown: whoever tunes a rule must not read them.
        var told = $"{half}, {mutation}: recall {(double)hits / all:0.000}, {changed} scripts changed\n{(half == "development" ? string.Join('\n', misses) : "")}";
        TestContext.Current.TestOutputHelper?.WriteLine(told);
        Assert.True(changed > 20, told);
        Assert.True(hits >= 0.95 * all, told);
    }
}
