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
/// <param name="Metrics">Its measures.</param>
/// <param name="SyntaxErrors">What Luau would refuse.</param>
public sealed record ScannedScript(
    string Path,
    string? ClassName,
    string? RunContext,
    bool Sandboxed,
    IReadOnlyList<ScanFinding> Findings,
    IReadOnlyList<string> Capabilities,
    ScriptMetrics Metrics,
    IReadOnlyList<ScanLocation> SyntaxErrors);

/// <summary>What a scan answers.</summary>
/// <param name="Verdict"><c>clean</c>, <c>review</c> (warnings) or <c>refuse</c> (errors); accepted and known findings don't count.</param>
/// <param name="Scripts">Each script.</param>
public sealed record ScanResult(string Verdict, IReadOnlyList<ScannedScript> Scripts)
{
    /// <summary>Scans a bare source.</summary>
    public static ScanResult Of(string path, LuauSource source, ScanOptions options, Baseline baseline, DateOnly today) =>
        Of([Describe(path, source, options, baseline, today)]);

    /// <summary>Scans all scripts of a place or model.</summary>
    public static ScanResult Of(Roblox.Files.RobloxDocument document, ScanOptions options, Baseline baseline, DateOnly today) =>
        Of([.. document.Scripts.Select(script => Describe(script.Path, new(script.Source.Span), options, baseline, today) with
        {
            ClassName = script.ClassName,
            RunContext = script.RunContext,
            Sandboxed = script.IsSandboxed,
        })]);

    private static ScanResult Of(IReadOnlyList<ScannedScript> scripts)
    {
        var open = scripts.SelectMany(script => script.Findings).Where(finding => finding.Suppressed is null && !finding.IsKnown).ToList();
        var verdict = open.Exists(finding => finding.Severity == Severity.Error) ? "refuse" : open.Count > 0 ? "review" : "clean";
        return new(verdict, scripts);
    }

    private static ScannedScript Describe(string path, LuauSource source, ScanOptions options, Baseline baseline, DateOnly today)
    {
        var report = ScriptScanner.Scan(source, options);
        return new(
            path,
            null,
            null,
            false,
            [.. report.Findings.Select(finding => Describe(path, finding, report, baseline, today))],
            [.. report.Capabilities.Select(capability => capability.ToString())],
            report.Metrics,
            [.. report.SyntaxErrors.Select(error => Locate(source, error.Span, error.Message))]);
    }

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
