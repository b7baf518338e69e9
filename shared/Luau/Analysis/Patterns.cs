using System.Text;

namespace ToolboxAI.Shared.Luau.Analysis;

/// <summary>The library's functions on patterns, on known texts.</summary>
internal static class Patterns
{
    private const int MaxSteps = 200_000;
    private const int MaxMatches = 20_000;

    /// <summary><c>gsub</c> with a text as the replacement.</summary>
    public static Value? ReplaceLiterally(IReadOnlyList<Value> arguments)
    {
        if (Library.Text(arguments, 0) is not { } text || Library.Text(arguments, 1) is not { } pattern || Library.Text(arguments, 2) is not { } replacement)
        {
            return null;
        }

        var result = new StringBuilder();
        var at = 0;
        foreach (var match in All(text, pattern))
        {
            result.Append(text, at, match.Start - at).Append(Expand(replacement, text[match.Start..match.End], match.Captures));
            at = match.End;
            if (result.Length > 1 << 20)
            {
                return null;
            }
        }

        return Library.Decoded(result.Append(text, at, text.Length - at).ToString(), arguments);
    }

    /// <summary><c>gmatch</c>, as the table of what it goes over: the first capture of each match, or the match.</summary>
    public static IReadOnlyList<Value>? Matches(string text, string pattern, IReadOnlyList<Value> arguments)
    {
        var table = new TableValue();
        var index = 1.0;
        foreach (var match in All(text, pattern))
        {
            var captured = new TableValue();
            var first = 1.0;
            foreach (var capture in match.Captures.Count == 0 ? [text[match.Start..match.End]] : match.Captures)
            {
                captured.Set(first++, Operators.Constant(capture, arguments[0]));
            }

            table.Set(index++, captured);
        }

        return [new EngineSequence(table)];
    }

    private static IEnumerable<(int Start, int End, IReadOnlyList<string> Captures)> All(string text, string pattern)
    {
        var matcher = new LuaPattern(pattern, text, MaxSteps);
        var at = 0;
        for (var count = 0; count < MaxMatches && at <= text.Length; count++)
        {
            if (matcher.Find(at) is not { } match)
            {
                yield break;
            }

            yield return match;
            at = match.End > match.Start ? match.End : match.End + 1;
        }
    }

    private static string Expand(string replacement, string whole, IReadOnlyList<string> captures)
    {
        if (!replacement.Contains('%'))
        {
            return replacement;
        }

        var text = new StringBuilder();
        for (var i = 0; i < replacement.Length; i++)
        {
            if (replacement[i] != '%' || i + 1 == replacement.Length)
            {
                text.Append(replacement[i]);
            }
            else if (char.IsAsciiDigit(replacement[++i]))
            {
                var number = replacement[i] - '0';
                text.Append(number == 0 || captures.Count == 0 ? whole : number <= captures.Count ? captures[number - 1] : "");
            }
            else
            {
                text.Append(replacement[i]);
            }
        }

        return text.ToString();
    }
}

/// <summary>What an iterator function goes over, each round's values in a table of their own.</summary>
public sealed class EngineSequence(TableValue rounds) : Value
{
    /// <summary>The rounds in order.</summary>
    public TableValue Rounds { get; } = rounds;

    /// <inheritdoc/>
    public override Value With(Taint taint, TraceStep? trace) => this;
}
