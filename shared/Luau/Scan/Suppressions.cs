using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Shared.Luau.Scan;

/// <summary>A finding that somebody looked at and accepted, in the script itself.</summary>
/// <param name="RuleId">The rule.</param>
/// <param name="Line">The line that it covers: the comment's own when code stands on it, else the next.</param>
/// <param name="Until">The last day on which it counts.</param>
/// <param name="Reason">Why.</param>
public sealed record Suppression(string RuleId, int Line, DateOnly Until, string Reason);

/// <summary>
/// Comments of the form <c>-- toolbox:ignore rule-id until 2027-01-31: reason</c>. A suppression needs a reason and a day, so that
/// it is looked at again; without them it suppresses nothing.
/// </summary>
public static class Suppressions
{
    private static readonly Regex Form = new(
        @"--\s*toolbox:ignore\s+(?<rule>[a-z-]+)\s+until\s+(?<until>\d{4}-\d{2}-\d{2})\s*:\s*(?<reason>\S[^\r\n]*)", RegexOptions.NonBacktracking);

    /// <summary>The suppressions in a script.</summary>
    public static IReadOnlyList<Suppression> In(SyntaxTree tree)
    {
        if (!tree.Source.Text.Contains("toolbox:ignore", StringComparison.Ordinal))
        {
            return [];
        }

        var found = new List<Suppression>();
        for (var i = 0; i < tree.Tokens.Length; i++)
        {
            var trivia = tree.LeadingTrivia(i);
            if (trivia.Length < 20)
            {
                continue;
            }

            foreach (Match match in Form.Matches(tree.Source.Text.Substring(trivia.Start, trivia.Length)))
            {
                if (DateOnly.TryParseExact(match.Groups["until"].Value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var until))
                {
                    var line = tree.Source.LineOf(trivia.Start + match.Index);
                    var sharesLine = i > 0 && tree.Source.LineOf(tree.Tokens[i - 1].Start) == line;
                    found.Add(new(match.Groups["rule"].Value, sharesLine ? line : line + 1, until, match.Groups["reason"].Value.Trim()));
                }
            }
        }

        return found;
    }

    /// <summary>The suppression that covers a finding on a day, if any.</summary>
    public static Suppression? Covering(IReadOnlyList<Suppression> suppressions, Finding finding, LuauSource source, DateOnly today)
    {
        var line = source.LineOf(finding.Span.Start);
        return suppressions.FirstOrDefault(suppression => suppression.RuleId == finding.Rule.Id && suppression.Line == line && suppression.Until >= today);
    }
}

/// <summary>Findings that were there before: a list of fingerprints, kept beside the project. What is on it is not new.</summary>
public sealed class Baseline(IEnumerable<string> fingerprints)
{
    private readonly HashSet<string> known = [.. fingerprints];

    /// <summary>Nothing is known.</summary>
    public static Baseline Empty { get; } = new([]);

    /// <summary>Whether a finding was there before.</summary>
    public bool Has(string path, Finding finding, LuauSource source) => known.Contains(Fingerprint(path, finding, source));

    /// <summary>
    /// What identifies a finding over versions of a script: its rule, the script's path and the text of its line without blanks.
    /// Code that moves keeps its fingerprint; code that changes is new.
    /// </summary>
    public static string Fingerprint(string path, Finding finding, LuauSource source)
    {
        var line = source.Decode(source.LineSpan(source.LineOf(finding.Span.Start)));
        var text = string.Join('\n', finding.Rule.Id, path, string.Concat(line.Where(c => !char.IsWhiteSpace(c))));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..32];
    }
}
