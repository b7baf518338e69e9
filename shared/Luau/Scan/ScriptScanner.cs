using ToolboxAI.Shared.Luau.Analysis;
using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Shared.Luau.Scan;

/// <summary>What a scan tells of a script.</summary>
/// <param name="Source">The script.</param>
/// <param name="Findings">What the rules found, in the script's order.</param>
/// <param name="Capabilities">The least set of Roblox script capabilities that it needs.</param>
/// <param name="Metrics">Its measures.</param>
/// <param name="SyntaxErrors">What Luau would refuse.</param>
/// <param name="Suppressions">The findings that the script itself says are accepted.</param>
public sealed record ScriptReport(
    LuauSource Source,
    IReadOnlyList<Finding> Findings,
    IReadOnlyList<ScriptCapability> Capabilities,
    ScriptMetrics Metrics,
    IReadOnlyList<LuauError> SyntaxErrors,
    IReadOnlyList<Suppression> Suppressions);

/// <summary>Reads a script and tells what it can do. Time and memory are in proportion to its size.</summary>
public static class ScriptScanner
{
    /// <summary>Scans one script.</summary>
    /// <param name="source">The script.</param>
    /// <param name="options">What it may rely on.</param>
    public static ScriptReport Scan(LuauSource source, ScanOptions? options = null) => Scan(new(SyntaxTree.Parse(source), []), ScriptPackage.Empty, options);

    /// <summary>Scans one script of a package, whose modules it may require.</summary>
    public static ScriptReport Scan(ScriptUnit unit, ScriptPackage package, ScanOptions? options = null)
    {
        var (tree, source) = (unit.Tree, unit.Tree.Source);
        var findings = new List<Finding>();
        var capabilities = new CapabilityDetector();
        var texts = new TextDetector(tree, findings);
        Interpreter.Run(
            unit,
            package,
            [
                new RemoteCodeDetector(tree, findings, options ?? ScanOptions.Default),
                new RemoteArgumentDetector(tree, findings),
                new PrivacyDetector(tree, findings),
                new DataStoreDetector(tree, findings),
                new BackdoorDetector(tree, findings),
                new RemoteDetector(tree, findings),
                new AdminDetector(tree, findings),
                new ReceiptDetector(tree, findings),
                new LoopDetector(tree, findings),
                texts,
                capabilities,
            ]);
        var metrics = Metrics.Of(tree, texts);
        if (metrics.Obfuscation >= Obfuscation.Threshold)
        {
            var span = new LuauSpan(0, Math.Min(source.Length, 80));
            findings.Add(new(Rules.Obfuscated, span, $"The script's obfuscation score is {metrics.Obfuscation:0.00}.", [new(span, "the whole script")]));
        }

        findings.Sort((a, b) => a.Span.Start != b.Span.Start ? a.Span.Start.CompareTo(b.Span.Start) : string.CompareOrdinal(a.Rule.Id, b.Rule.Id));
        return new(source, findings, capabilities.Needed, metrics, tree.Errors, Suppressions.In(tree));
    }
}
