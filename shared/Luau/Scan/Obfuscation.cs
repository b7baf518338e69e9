using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Shared.Luau.Scan;

/// <summary>How much a script looks as if it should not be read: signs that each have honest uses, and together have few.</summary>
public static class Obfuscation
{
    /// <summary>From this score on a script counts as obfuscated.</summary>
    public const double Threshold = 0.45;
}

/// <summary>The signs of obfuscation, counted on a walk over a script.</summary>
internal sealed class ObfuscationSigns
{
    private const int LongLine = 200;
    private const int ShortestBlob = 24;
    private const int LongestPiece = 4;
    private const int FewestNumbers = 16;
    private const int FewestBytes = 6;
    private const int FewestNames = 4;
    private const int FewestHexadecimal = 4;

    // Short names are usual in short scripts.
    private const int MinifiedNames = 16;

    private int names;
    private int disguisedNames;
    private int randomNames;
    private int shortNames;
    private int tabledNumbers;
    private int tabledBytes;
    private int mixes;
    private int makes;
    private int blobBytes;
    private int decodingCalls;
    private int pieces;
    private int constantSums;
    private int dispatches;
    private int numberedReads;
    private int computedLetters;

    /// <summary>Looks at a node; at texts, members and calls, which are most, the methods below look.</summary>
    public void Note(SyntaxNode node)
    {
        switch (node.Kind)
        {
            case NodeKind.LocalStatement:
                NoteAll(((LocalStatement)node).Names);
                break;
            case NodeKind.LocalFunctionStatement:
                Note(((LocalFunctionStatement)node).Name.Symbol);
                break;
            case NodeKind.FunctionStatement:
                Note(((FunctionStatement)node).Self);
                break;
            case NodeKind.FunctionBody:
                NoteAll(((FunctionBody)node).Parameters);
                break;
            case NodeKind.NumericForStatement:
                Note(((NumericForStatement)node).Variable.Symbol);
                break;
            case NodeKind.GenericForStatement:
                NoteAll(((GenericForStatement)node).Variables);
                break;
            case NodeKind.IfStatement:
                var choice = (IfStatement)node;
                dispatches = choice.Branches.Count > 1 ? Math.Max(dispatches, CountDispatches(choice)) : dispatches;
                break;
            case NodeKind.TableExpression:
                NoteTable(((TableExpression)node).Fields);
                break;
            case NodeKind.BinaryExpression:
                NoteOperation((BinaryExpression)node);
                break;
            case NodeKind.IndexExpression:
                numberedReads += ((IndexExpression)node).Key.Kind == NodeKind.NumberExpression ? 1 : 0;
                break;
        }
    }

    /// <summary>Looks at a text.</summary>
    public void NoteText(string text) => blobBytes += text.Length >= ShortestBlob && IsBlob(text) ? text.Length : 0;

    /// <summary>Looks at a member: functions that decode.</summary>
    public void NoteMember(MemberExpression member)
    {
        if (member.Object is NameExpression { Name: "string" or "bit32" } library && (library.Name == "string" ? member.Name is "char" or "byte" or "reverse" : member.Name == "bxor"))
        {
            decodingCalls++;
            mixes += member.Name == "bxor" ? 1 : 0;
            makes += member.Name == "char" ? 1 : 0;
        }
    }

    /// <summary>Looks at a method: those that decode.</summary>
    public void NoteMethod(string name) => decodingCalls += name is "byte" or "reverse" or "char" ? 1 : 0;

    /// <summary>Looks at a call: letters that are computed.</summary>
    public void NoteCall(CallExpression call) => computedLetters += call is { Function: MemberExpression { Name: "char" }, Arguments: [BinaryExpression, ..] } ? 1 : 0;

    private void NoteTable(SyntaxList<TableField> fields)
    {
        if (fields.Count < FewestBytes)
        {
            return;
        }

        var (isOfNumbers, isOfBytes) = (true, true);
        foreach (var field in fields)
        {
            isOfNumbers &= field is { Key: null, Value: NumberExpression };
            isOfBytes &= isOfNumbers && field.Value is NumberExpression { Value: >= 0 and < 256 };
        }

        tabledBytes += isOfBytes ? fields.Count : 0;
        tabledNumbers += isOfNumbers && fields.Count >= FewestNumbers ? fields.Count : 0;
    }

    private void NoteOperation(BinaryExpression operation)
    {
        if (operation.Operator == BinaryOperator.Concat)
        {
            pieces += IsPiece(operation.Left) || IsPiece(operation.Right) ? 1 : 0;
        }
        else if (operation is { Left: NumberExpression { Value: >= 2 or < 0 }, Right: NumberExpression { Value: >= 2 or < 0 }, Operator: not BinaryOperator.Divide })
        {
            constantSums++;
        }
    }

    private void NoteAll(SyntaxList<Binding> bindings)
    {
        foreach (var binding in bindings)
        {
            Note(binding.Symbol);
        }
    }

    // A name counts as often as it is read and assigned.
    private void Note(Symbol? symbol)
    {
        var count = symbol is null ? 0 : symbol.Uses + symbol.Assignments;
        if (count == 0 || symbol!.Name is not { } name || name == "_")
        {
            return;
        }

        names += count;
        disguisedNames += OddNames.IsDisguised(name) ? count : 0;
        randomNames += OddNames.IsRandom(name) ? count : 0;
        shortNames += name.Length == 1 ? count : 0;
    }

    /// <summary>The score, 0 to 1.</summary>
    public double ScoreOf(SyntaxTree tree)
    {
        double tokens = tree.Tokens.Length, bytes = Math.Max(tree.Source.Length, 1);
        var escaped = EscapedBytes(tree) / bytes;

        // Functions that decode, without anything in the script that they could: a library.
        var hasData = tabledBytes > 0 || blobBytes > 0 || escaped > 0;
        var score = (0.35 * Share(escaped, 0.02))
            + (0.20 * Share(escaped - 0.15, 0.25))
            + (0.25 * Share(LongLines(tree) / bytes, 0.5))
            + (0.45 * Share(ShareOfNames(disguisedNames), 0.3))
            + (0.25 * Share(ShareOfNames(randomNames), 0.4))
            + (0.18 * Share(ShareOfNames(shortNames, MinifiedNames) - 0.4, 0.4))
            + ((decodingCalls > 0 ? 0.20 : 0.15) * Share(tabledNumbers * 2 / tokens, 0.3))
            + (0.20 * Share(ShareOfHexadecimal(tree) - 0.3, 0.4))
            + (computedLetters > 0 && hasData ? 0.15 : 0)
            + (0.25 * Share(blobBytes / bytes, 0.2))
            + ((hasData || mixes == 0 ? 0.30 : 0.15) * Share(decodingCalls / tokens, 0.01))
            + (tabledBytes > 0 && mixes > 0 && makes > 0 ? 0.30 : 0)
            + (0.25 * Share(pieces / tokens, 0.1))
            + (0.25 * Share(constantSums / tokens, 0.04))
            + (0.35 * Share(dispatches, 5))
            + (0.15 * Share(numberedReads / tokens, 0.05));
        return Math.Round(Math.Min(score, 1), 3);
    }

    // How far a measure is on its way to the value from which on it counts in full.
    private static double Share(double measure, double full) => Math.Clamp(measure / full, 0, 1);

    private double ShareOfNames(int count, int fewest = FewestNames) => names < fewest ? 0 : (double)count / names;

    // Numbers that nobody writes like this when they are to be read.
    private static double ShareOfHexadecimal(SyntaxTree tree)
    {
        if (!tree.Source.Text.Contains("0x", StringComparison.Ordinal) && !tree.Source.Text.Contains("0X", StringComparison.Ordinal))
        {
            return 0;
        }

        int numbers = 0, hexadecimal = 0;
        for (var i = 0; i < tree.Tokens.Length; i++)
        {
            if (tree.Tokens[i].Kind == TokenKind.Number)
            {
                numbers++;
                hexadecimal += tree.TextOf(i).StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? 1 : 0;
            }
        }

        return hexadecimal < FewestHexadecimal ? 0 : (double)hexadecimal / numbers;
    }

    private static int EscapedBytes(SyntaxTree tree)
    {
        var text = tree.Source.Text.AsSpan();
        if (!text.Contains('\\'))
        {
            return 0;
        }

        var count = 0;
        foreach (var token in tree.Tokens)
        {
            count += token.Kind is TokenKind.String or TokenKind.InterpolatedWhole or TokenKind.InterpolatedBegin or TokenKind.InterpolatedMiddle or TokenKind.InterpolatedEnd
                ? CountEscapes(text[token.Start..token.End])
                : 0;
        }

        return count * 4;
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

    // Blanks don't make a line long: what hides behind them is another rule's.
    private static double LongLines(SyntaxTree tree)
    {
        var (inLong, source) = (0, tree.Source);
        for (var i = 1; i <= source.LineCount; i++)
        {
            if ((i < source.LineCount ? source.StartOf(i + 1) : source.Length) - source.StartOf(i) <= LongLine)
            {
                continue;
            }

            var span = source.LineSpan(i);
            if (span.Length > LongLine)
            {
                var line = source.Text.AsSpan(span.Start, span.Length);
                var written = line.Length - line.Count(' ') - line.Count('\t');
                inLong += written > LongLine * 3 / 4 ? line.Length : 0;
            }
        }

        return inLong;
    }

    private static bool IsBlob(string text) => !text.AsSpan().ContainsAny(' ', '.', ':') && text.AsSpan().ContainsAnyInRange('0', '9') && text.Distinct().Count() < text.Length;

    private static bool IsPiece(Expression side) => side is StringExpression { Value: { Length: > 0 and <= LongestPiece } text } && text.All(char.IsAsciiLetterOrDigit)
        || side is CallExpression { Function: MemberExpression { Name: "char" } or NameExpression, Arguments: [NumberExpression { Value: >= 32 and < 127 }] };

    // One variable that is compared with one number after the other: a program counter.
    private static int CountDispatches(IfStatement choice) => choice.Branches
        .Select(branch => branch.Condition is BinaryExpression { Operator: BinaryOperator.Equal, Left: NameExpression { Name: var name }, Right: NumberExpression } ? name : null)
        .Where(name => name is not null)
        .GroupBy(name => name, StringComparer.Ordinal)
        .Select(group => group.Count())
        .DefaultIfEmpty(0)
        .Max();
}
