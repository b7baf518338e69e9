using ToolboxAI.Shared.Luau.Analysis;
using ToolboxAI.Shared.Luau.Syntax;
using ToolboxAI.Shared.Roblox.Files;

namespace ToolboxAI.Shared.Luau.Scan;

/// <summary>A place in a script, for people and tools. Lines and columns count from 1.</summary>
public sealed record ScanLocation(int Line, int Column, int EndLine, int EndColumn, string Message);

/// <summary>A finding as it is answered.</summary>
/// <param name="Rule">The rule's id.</param>
/// <param name="Severity"><c>note</c>, <c>warning</c> or <c>error</c>.</param>
/// <param name="Cwe">E.g. <c>CWE-94</c>.</param>
/// <param name="Message">What was found.</param>
/// <param name="Mend">How to mend it.</param>
/// <param name="Location">Where.</param>
/// <param name="Trace">From the source to the sink.</param>
/// <param name="Fingerprint">For a baseline.</param>
/// <param name="Suppressed">Why it is accepted; null when it isn't.</param>
/// <param name="IsKnown">Whether it is on the baseline.</param>
public sealed record ScanFinding(
    string Rule, Severity Severity, string Cwe, string Message, string Mend, ScanLocation Location, IReadOnlyList<ScanLocation> Trace, string Fingerprint, string? Suppressed, bool IsKnown);

/// <summary>A script's part of an answer.</summary>
/// <param name="Path">Its path in the file, or the name it was sent under.</param>
/// <param name="ClassName"><c>Script</c>, <c>LocalScript</c>, <c>ModuleScript</c>; null for a bare source.</param>
/// <param name="RunContext">Where it runs; null when the file does not say.</param>
/// <param name="Sandboxed">Whether it stands in a sandbox.</param>
/// <param name="Findings">What was found.</param>
/// <param name="Capabilities">The least set of capabilities that it needs.</param>
/// <param name="Granted">The capabilities that the file grants it; null when the file doesn't say.</param>
/// <param name="Widened">What it needs beyond its earlier version, and where; null when none was sent.</param>
/// <param name="Metrics">Its measures.</param>
/// <param name="SyntaxErrors">What Luau would refuse.</param>
public sealed record ScannedScript(
    string Path,
    string? ClassName,
    string? RunContext,
    bool Sandboxed,
    IReadOnlyList<ScanFinding> Findings,
    IReadOnlyList<string> Capabilities,
    IReadOnlyList<string>? Granted,
    IReadOnlyList<ScanWidening>? Widened,
    ScriptMetrics Metrics,
    IReadOnlyList<ScanLocation> SyntaxErrors);

/// <summary>A capability that a script needs and its earlier version didn't.</summary>
/// <param name="Capability">The capability.</param>
/// <param name="Location">Where it is first needed.</param>
public sealed record ScanWidening(string Capability, ScanLocation Location);

/// <summary>What a scan answers.</summary>
/// <param name="Verdict"><c>clean</c>, <c>review</c> (warnings) or <c>refuse</c> (errors); accepted and known findings don't count.</param>
/// <param name="Scripts">Each script.</param>
public sealed record ScanResult(string Verdict, IReadOnlyList<ScannedScript> Scripts)
{
    /// <summary>Scans a bare source, and compares it with an earlier version when there is one.</summary>
    public static ScanResult Of(string path, LuauSource source, ScanOptions options, Baseline baseline, DateOnly today, LuauSource? earlier = null) =>
        Of([Describe(path, ScriptScanner.Scan(source, options), baseline, today) with { Widened = earlier is null ? null : Widenings(earlier, source) }]);

    /// <summary>Scans all scripts of a place or model, and compares each with what stood at its path in an earlier version. What one requires of another is followed.</summary>
    public static ScanResult Of(RobloxDocument document, ScanOptions options, Baseline baseline, DateOnly today, RobloxDocument? earlier = null)
    {
        var before = earlier?.Scripts.GroupBy(script => script.Path, StringComparer.Ordinal).ToDictionary(group => group.Key, group => new LuauSource(group.First().Source.Span), StringComparer.Ordinal);
        var scripts = document.Scripts.Select(script => (Script: script, Unit: new ScriptUnit(SyntaxTree.Parse(new(script.Source.Span)), script.Path.Split('/')))).ToList();
        var package = new ScriptPackage(scripts.Where(pair => pair.Script.ClassName == "ModuleScript").Select(pair => pair.Unit));
        return Of([.. scripts.Select(pair => Describe(pair.Script.Path, ScriptScanner.Scan(pair.Unit, package, options), baseline, today) with
        {
            ClassName = pair.Script.ClassName,
            Widened = before is null ? null : Widenings(before.GetValueOrDefault(pair.Script.Path) ?? LuauSource.FromText(""), pair.Unit.Tree.Source),
            RunContext = pair.Script.RunContext,
            Sandboxed = pair.Script.IsSandboxed,
            Granted = pair.Script.Capabilities is { } bits ? [.. Enum.GetValues<ScriptCapability>().Where(capability => (bits >> (int)capability & 1) != 0).Select(capability => capability.ToString())] : null,
        })]);
    }

    private static List<ScanWidening> Widenings(LuauSource earlier, LuauSource source) =>
        [.. CapabilityDetector.Widened(earlier, source).Select(change => new ScanWidening(change.Capability.ToString(), Locate(source, change.Span, "first needed here")))];

    private static ScanResult Of(IReadOnlyList<ScannedScript> scripts)
    {
        var open = scripts.SelectMany(script => script.Findings).Where(finding => finding.Suppressed is null && !finding.IsKnown).ToList();
        var verdict = open.Exists(finding => finding.Severity == Severity.Error) ? "refuse" : open.Count > 0 ? "review" : "clean";
        return new(verdict, scripts);
    }

    private static ScannedScript Describe(string path, ScriptReport report, Baseline baseline, DateOnly today) => new(
        path,
        null,
        null,
        false,
        [.. report.Findings.Select(finding => Describe(path, finding, report, baseline, today))],
        [.. report.Capabilities.Select(capability => capability.ToString())],
        null,
        null,
        report.Metrics,
        [.. report.SyntaxErrors.Select(error => Locate(report.Source, error.Span, error.Message))]);

    private static ScanFinding Describe(string path, Finding finding, ScriptReport report, Baseline baseline, DateOnly today) => new(
        finding.Rule.Id,
        finding.Rule.Severity,
        $"CWE-{finding.Rule.Cwe}",
        finding.Message,
        finding.Rule.Mend,
        Locate(report.Source, finding.Span, finding.Message),
        [.. finding.Trace.Select(entry => Locate(report.Source, entry.Span, entry.Message))],
        Baseline.Fingerprint(path, finding, report.Source),
        Suppressions.Covering(report.Suppressions, finding, report.Source, today)?.Reason,
        baseline.Has(path, finding, report.Source));

    private static ScanLocation Locate(LuauSource source, LuauSpan span, string message)
    {
        var (start, end) = (source.PositionOf(span.Start), source.PositionOf(span.End));
        return new(start.Line, start.Column, end.Line, end.Column, message);
    }
}
