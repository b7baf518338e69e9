using System.Text;

namespace ToolboxAI.Shared.Luau.Analysis;

/// <summary>The library's functions on patterns, on known texts.</summary>
internal static class Patterns
{
    private const int MaxSteps = 200_000;
    private const int MaxMatches = 20_000;
    private const int MaxText = 1 << 20;

    /// <summary><c>gsub</c> with a text as the replacement.</summary>
    public static Value? ReplaceLiterally(Value[] arguments)
    {
        if (Library.Text(arguments, 2) is not { } replacement)
        {
            return null;
        }

        return Replace(arguments, (whole, captures) => new ConstantValue(Expand(replacement, whole, captures)));
    }

    /// <summary><c>gsub</c> with something that gives the replacement of each match from its captures.</summary>
    public static Value? Replace(Value[] arguments, Func<Value[], Value> given) =>
        Replace(arguments, (whole, captures) => given([.. (captures.Count == 0 ? [whole] : captures).Select(capture => new ConstantValue(capture))]));

    /// <summary><c>match</c> and <c>find</c>: the captures, after the bounds for <c>find</c>.</summary>
    public static Value[]? First(Value[] arguments, bool withBounds)
    {
        if (Library.Text(arguments, 0) is not { } text || Library.Text(arguments, 1) is not { } pattern)
        {
            return null;
        }

        var from = Math.Clamp((Library.Integer(arguments, 2) ?? 1) - 1, 0, text.Length);
        var isPlain = withBounds && Library.Argument(arguments, 3) is ConstantValue { Content: true };
        var plain = isPlain ? text.IndexOf(pattern, from, StringComparison.Ordinal) : -1;
        (int Start, int End, IReadOnlyList<string> Captures)? match = isPlain
            ? plain < 0 ? null : (plain, plain + pattern.Length, [])
            : new LuaPattern(pattern, text, MaxSteps).Find(from);
        if (match is not { } found)
        {
            return [ConstantValue.Nil];
        }

        IEnumerable<string> captures = found.Captures.Count > 0 || withBounds ? found.Captures : [text[found.Start..found.End]];
        return
        [
            .. withBounds ? [new ConstantValue(found.Start + 1.0), new ConstantValue((double)found.End)] : (Value[])[],
            .. captures.Select(capture => Library.Assembled(capture, arguments)),
        ];
    }

    /// <summary><c>gmatch</c>, as the table of what it goes over: the first capture of each match, or the match.</summary>
    public static Value[]? Matches(string text, string pattern, Value[] arguments)
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

    private static Value? Replace(Value[] arguments, Func<string, IReadOnlyList<string>, Value> given)
    {
        if (Library.Text(arguments, 0) is not { } text || Library.Text(arguments, 1) is not { } pattern)
        {
            return null;
        }

        var most = Library.Integer(arguments, 3) ?? MaxMatches;
        var result = new StringBuilder();
        var at = 0;
        foreach (var match in All(text, pattern).Take(most))
        {
            var whole = Library.Part(text, match.Start, match.End);
            var replacement = given(whole, match.Captures);
            var piece = replacement is ConstantValue { Content: null or false } ? whole : Operators.TextOf(replacement);
            if (piece is null || result.Length > MaxText)
            {
                return null;
            }

            result.Append(text, at, match.Start - at).Append(piece);
            at = match.End;
        }

        return Library.Assembled(result.Append(text, at, text.Length - at).ToString(), arguments);
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
            if (pattern.StartsWith('^'))
            {
                yield break;
            }

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
    protected override Value Copy(Taint taint, TraceStep? trace) => this;
}
