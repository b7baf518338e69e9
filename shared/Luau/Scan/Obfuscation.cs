using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Shared.Luau.Scan;

/// <summary>How much a script looks as if it should not be read: signs that each have honest uses, and together have few.</summary>
public static class Obfuscation
{
    /// <summary>From this score on a script counts as obfuscated.</summary>
    public const double Threshold = 0.5;

    private static readonly System.Buffers.SearchValues<char> Vowels = System.Buffers.SearchValues.Create("aeiouAEIOU");

    /// <summary>The score, 0 to 1.</summary>
    public static double ScoreOf(SyntaxTree tree)
    {
        var tokens = tree.Tokens.Count - 1;
        if (tokens < 20)
        {
            return 0;
        }

        var score = (0.30 * Share(EscapedText(tree), 0.02))
            + (0.20 * Share(LongLines(tree), 0.5))
            + (0.20 * Share(Unreadable(tree), 0.4))
            + (0.20 * Share(NumberTables(tree), 0.3))
            + (0.10 * Share(LongTexts(tree), 0.3))
            + (0.30 * Share(DecodingCalls(tree), 0.01));
        return Math.Round(Math.Min(score, 1), 3);
    }

    // How far a measure is on its way to the value from which on it counts in full.
    private static double Share(double measure, double full) => Math.Min(measure / full, 1);

    private static double EscapedText(SyntaxTree tree)
    {
        var escapes = tree.Tokens.Where(token => token.Kind == TokenKind.String).Sum(token => CountEscapes(tree.Source.Text.AsSpan(token.Start, token.End - token.Start)));
        return (double)escapes * 4 / Math.Max(tree.Source.Length, 1);
    }

    private static int CountEscapes(ReadOnlySpan<char> literal)
    {
        var count = 0;
        for (var i = 0; i + 1 < literal.Length; i++)
        {
            if (literal[i] == '\\')
            {
                count += char.IsAsciiDigit(literal[i + 1]) || literal[i + 1] is 'x' or 'u' ? 1 : 0;
                i++;
            }
        }

        return count;
    }

    private static double LongLines(SyntaxTree tree)
    {
        var inLong = 0;
        for (var line = 1; line <= tree.Source.LineCount; line++)
        {
            var length = tree.Source.LineSpan(line).Length;
            inLong += length > 300 ? length : 0;
        }

        return (double)inLong / Math.Max(tree.Source.Length, 1);
    }

    // Names of one letter, or of letters that are hard to tell apart, or that look like random.
    private static double Unreadable(SyntaxTree tree)
    {
        var names = SyntaxWalk.Descendants(tree.Root).OfType<NameExpression>().Select(name => name.Name).Where(name => name != "_").ToList();
        return names.Count < 10 ? 0 : (double)names.Count(IsUnreadable) / names.Count;
    }

    private static bool IsUnreadable(string name) =>
        (name.Length >= 4 && name.All(c => c is 'l' or 'I' or '1' or 'O' or '0' or '_'))
        || (name.Length >= 6 && name.StartsWith("_0x", StringComparison.Ordinal))
        || (name.Length >= 8 && !name.AsSpan().ContainsAny(Vowels) && name.Any(char.IsAsciiDigit));

    private static double NumberTables(SyntaxTree tree)
    {
        var numbers = SyntaxWalk.Descendants(tree.Root).OfType<TableExpression>()
            .Where(table => table.Fields.Count >= 16 && table.Fields.All(field => field is { Key: null, Value: NumberExpression }))
            .Sum(table => table.Fields.Count);
        return (double)numbers * 2 / tree.Tokens.Count;
    }

    private static double LongTexts(SyntaxTree tree)
    {
        var dense = tree.Tokens.Where(token => token.Kind == TokenKind.String && token.End - token.Start > 120)
            .Where(token => !tree.Source.Text.AsSpan(token.Start, token.End - token.Start).Contains(' '))
            .Sum(token => token.End - token.Start);
        return (double)dense / Math.Max(tree.Source.Length, 1);
    }

    private static double DecodingCalls(SyntaxTree tree)
    {
        var calls = SyntaxWalk.Descendants(tree.Root).Count(node => node switch
        {
            MemberExpression { Object: NameExpression { Name: "string" }, Name: "char" or "byte" or "reverse" } => true,
            MemberExpression { Object: NameExpression { Name: "bit32" }, Name: "bxor" } => true,
            MethodCallExpression { Name: "byte" or "reverse" } => true,
            _ => false,
        });
        return (double)calls / tree.Tokens.Count;
    }
}
