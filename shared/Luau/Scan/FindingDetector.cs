using ToolboxAI.Shared.Luau.Analysis;
using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Shared.Luau.Scan;

/// <summary>What a scan may rely on.</summary>
/// <param name="AllowedHosts">Hosts that scripts may call over HTTP; a leading dot allows all hosts below.</param>
public sealed record ScanOptions(IReadOnlyList<string> AllowedHosts)
{
    /// <summary>No outside host is allowed.</summary>
    public static ScanOptions Default { get; } = new([]);
}

/// <summary>A detector that reports findings, each rule once per place.</summary>
public abstract class FindingDetector(SyntaxTree tree, List<Finding> findings) : Detector
{
    private HashSet<(string Rule, int Start)>? reported;

    /// <summary>The script.</summary>
    protected SyntaxTree Tree => tree;

    /// <summary>Reports a finding at a node; the value's way is its trace.</summary>
    protected void Report(Rule rule, SyntaxNode node, string message, Value? value = null) =>
        Report(rule, tree.SpanOf(node), message, value?.Trace);

    /// <summary>Reports a finding at a stretch of the script.</summary>
    protected void Report(Rule rule, LuauSpan span, string message, TraceStep? trace = null)
    {
        if (!(reported ??= []).Add((rule.Id, span.Start)))
        {
            return;
        }

        var entries = new List<TraceEntry> { new(span, message) };
        for (var step = trace; step is not null; step = step.Earlier)
        {
            entries.Insert(0, new(step.Span, step.Message));
        }

        findings.Add(new(rule, span, message, entries));
    }
}
