using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Shared.Luau.Scan;

/// <summary>How much a script looks as if it should not be read: signs that each have honest uses, and together have few.</summary>
public static class Obfuscation
{
    /// <summary>From this score on a script counts as obfuscated.</summary>
    public const double Threshold = 0.45;

    private const int LongLine = 200;

    // Short names are usual in short scripts.
    private const int MinifiedNames = 16;

    private static readonly System.Buffers.SearchValues<char> Vowels = System.Buffers.SearchValues.Create("aeiouyAEIOUY");

    /// <summary>The score, 0 to 1.</summary>
    public static double ScoreOf(SyntaxTree tree)
    {
        var signs = new Signs();
        foreach (var node in SyntaxWalk.Descendants(tree.Root))
        {
            signs.Note(node);
        }

        double tokens = tree.Tokens.Count, bytes = Math.Max(tree.Source.Length, 1);
        var escaped = EscapedBytes(tree) / bytes;
        var score = (0.35 * Share(escaped, 0.02))
            + (0.20 * Share(escaped - 0.15, 0.25))
            + (0.25 * Share(LongLines(tree) / bytes, 0.5))
            + (0.45 * Share(signs.NamesLike(IsDisguised), 0.3))
            + (0.25 * Share(signs.NamesLike(IsRandom), 0.4))
            + (0.20 * Share(signs.NamesLike(name => name.Length == 1, MinifiedNames) - 0.4, 0.4))
            + (0.20 * Share(signs.TabledNumbers * 2 / tokens, 0.3))
            + (0.25 * Share(signs.BlobBytes / bytes, 0.2))
            + (0.30 * Share(signs.DecodingCalls / tokens, 0.01))
            + (0.25 * Share(signs.Pieces / tokens, 0.1))
            + (0.25 * Share(signs.ConstantSums / tokens, 0.04))
            + (0.35 * Share(signs.Dispatches, 5))
            + (0.15 * Share(signs.NumberedReads / tokens, 0.05));
        return Math.Round(Math.Min(score, 1), 3);
    }

    // How far a measure is on its way to the value from which on it counts in full.
    private static double Share(double measure, double full) => Math.Clamp(measure / full, 0, 1);

    private static int EscapedBytes(SyntaxTree tree) => tree.Tokens
        .Where(token => token.Kind is TokenKind.String or TokenKind.InterpolatedWhole or TokenKind.InterpolatedBegin or TokenKind.InterpolatedMiddle or TokenKind.InterpolatedEnd)
        .Sum(token => CountEscapes(tree.Source.Text.AsSpan(token.Start, token.End - token.Start))) * 4;

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

    // Blanks don't make a line long: what hides behind them is another rule's.
    private static double LongLines(SyntaxTree tree)
    {
        var inLong = 0;
        for (var line = 1; line <= tree.Source.LineCount; line++)
        {
            var span = tree.Source.LineSpan(line);
            if (span.Length > LongLine)
            {
                var written = span.Length - tree.Source.Text.AsSpan(span.Start, span.Length).Count(' ') - tree.Source.Text.AsSpan(span.Start, span.Length).Count('\t');
                inLong += written > LongLine * 3 / 4 ? span.Length : 0;
            }
        }

        return inLong;
    }

    // Letters that are hard to tell apart, hexadecimal, or nothing but underscores.
    private static bool IsDisguised(string name) =>
        (name.Length >= 3 && name.All(c => c is 'l' or 'I' or 'i' or '1' or '_' or '|') && name.Any(c => c is 'l' or 'I'))
        || (name.Length >= 3 && name.All(c => c is 'O' or 'o' or '0' or 'Q' or '_'))
        || (name.Length >= 3 && (name.StartsWith("_0x", StringComparison.OrdinalIgnoreCase) || name.StartsWith("0x", StringComparison.Ordinal)))
        || (name.Length >= 2 && name.All(c => c == '_'));

    // Letters and digits in turn, or many consonants in a row.
    private static bool IsRandom(string name)
    {
        var turns = 0;
        var consonants = 0;
        var longest = 0;
        for (var i = 0; i < name.Length; i++)
        {
            turns += i > 0 && char.IsAsciiDigit(name[i]) != char.IsAsciiDigit(name[i - 1]) ? 1 : 0;
            consonants = char.IsAsciiLetter(name[i]) && !Vowels.Contains(name[i]) ? consonants + 1 : 0;
            longest = Math.Max(longest, consonants);
        }

        return turns >= 2 || (name.Length <= 3 && turns == 1) || longest >= 6 || (name.Length >= 8 && !name.AsSpan().ContainsAny(Vowels));
    }

    /// <summary>What is counted in one walk over a script.</summary>
    private sealed class Signs
    {
        private const int ShortestBlob = 24;
        private const int LongestPiece = 4;
        private const int FewestNumbers = 16;
        private const int FewestNames = 4;

        private readonly List<string> names = [];

        public int TabledNumbers { get; private set; }

        public int BlobBytes { get; private set; }

        public int DecodingCalls { get; private set; }

        public int Pieces { get; private set; }

        public int ConstantSums { get; private set; }

        public int Dispatches { get; private set; }

        public int NumberedReads { get; private set; }

        public double NamesLike(Func<string, bool> isLike, int fewest = FewestNames) => names.Count < fewest ? 0 : (double)names.Count(isLike) / names.Count;

        public void Note(SyntaxNode node)
        {
            switch (node)
            {
                case NameExpression { Name: var name, Symbol: not null } when name != "_":
                    names.Add(name);
                    break;
                case TableExpression table when table.Fields.Count >= FewestNumbers && table.Fields.All(field => field is { Key: null, Value: NumberExpression }):
                    TabledNumbers += table.Fields.Count;
                    break;
                case StringExpression { Value: var text } when text.Length >= ShortestBlob && !text.AsSpan().ContainsAny(' ', '.', ':') && text.Any(char.IsAsciiDigit) && text.Distinct().Count() < text.Length:
                    BlobBytes += text.Length;
                    break;
                case MemberExpression { Object: NameExpression { Name: "string" }, Name: "char" or "byte" or "reverse" } or MemberExpression { Object: NameExpression { Name: "bit32" }, Name: "bxor" } or MethodCallExpression { Name: "byte" or "reverse" or "char" }:
                    DecodingCalls++;
                    break;
                case BinaryExpression { Operator: BinaryOperator.Concat, Left: var left, Right: var right }:
                    Pieces += IsPiece(left) || IsPiece(right) ? 1 : 0;
                    break;
                case BinaryExpression { Left: NumberExpression { Value: >= 2 or < 0 }, Right: NumberExpression { Value: >= 2 or < 0 }, Operator: not BinaryOperator.Divide }:
                    ConstantSums++;
                    break;
                case IfStatement choice:
                    Dispatches = Math.Max(Dispatches, CountDispatches(choice));
                    break;
                case IndexExpression { Key: NumberExpression }:
                    NumberedReads++;
                    break;
            }
        }

        private static bool IsPiece(Expression side) => side is StringExpression { Value: { Length: > 0 and <= LongestPiece } text } && text.All(char.IsAsciiLetterOrDigit)
            || side is CallExpression { Function: MemberExpression { Name: "char" }, Arguments: [NumberExpression] };

        // One variable that is compared with one number after the other: a program counter.
        private static int CountDispatches(IfStatement choice) => choice.Branches
            .Select(branch => branch.Condition is BinaryExpression { Operator: BinaryOperator.Equal, Left: NameExpression { Name: var name }, Right: NumberExpression } ? name : null)
            .Where(name => name is not null)
            .GroupBy(name => name, StringComparer.Ordinal)
            .Select(group => group.Count())
            .DefaultIfEmpty(0)
            .Max();
    }
}
