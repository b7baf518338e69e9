namespace ToolboxAI.Shared.Luau.Scan;

/// <summary>How bad a finding is.</summary>
public enum Severity
{
    /// <summary>Worth a look.</summary>
    Note,

    /// <summary>A weakness; it should be mended before the script goes live.</summary>
    Warning,

    /// <summary>Dangerous; the script must not go live like this.</summary>
    Error,
}

/// <summary>A rule of the scan. docs/guides/luau-rules has a page for each.</summary>
/// <param name="Id">Stable, e.g. <c>remote-code-loadstring</c>.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="Cwe">The number in the Common Weakness Enumeration.</param>
/// <param name="Title">What is wrong, in a few words.</param>
/// <param name="Mend">How to mend it.</param>
public sealed record Rule(string Id, Severity Severity, int Cwe, string Title, string Mend);

/// <summary>A place where a value passes on its way from a source to a sink.</summary>
/// <param name="Span">Where.</param>
/// <param name="Message">What happens there.</param>
public sealed record TraceEntry(LuauSpan Span, string Message);

/// <summary>Something that a rule found.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Span">Where.</param>
/// <param name="Message">What was found there.</param>
/// <param name="Trace">From the source to the sink; at least the sink.</param>
public sealed record Finding(Rule Rule, LuauSpan Span, string Message, IReadOnlyList<TraceEntry> Trace);
