using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Shared.Luau.Scan;

/// <summary>Measures of a script.</summary>
/// <param name="Bytes">Its size.</param>
/// <param name="Lines">Its lines.</param>
/// <param name="CodeLines">Lines with code on them.</param>
/// <param name="CommentRatio">Bytes of comments by bytes of the script, 0 to 1.</param>
/// <param name="Functions">Functions in it.</param>
/// <param name="Cyclomatic">Ways through it: one, and one for each decision (McCabe).</param>
/// <param name="Cognitive">How hard it is to follow: decisions count more the deeper they stand.</param>
/// <param name="Nesting">The deepest nesting of decisions, loops and functions.</param>
/// <param name="Obfuscation">0 (plain) to 1 (unreadable on purpose).</param>
public sealed record ScriptMetrics(
    int Bytes, int Lines, int CodeLines, double CommentRatio, int Functions, int Cyclomatic, int Cognitive, int Nesting, double Obfuscation);

/// <summary>Measures scripts.</summary>
public static class Metrics
{
    /// <summary>Measures a script.</summary>
    /// <param name="tree">The script.</param>
    /// <param name="texts">Looks at each node on the same walk, because walking costs more than looking.</param>
    internal static ScriptMetrics Of(SyntaxTree tree, TextDetector? texts = null)
    {
        var counter = new Counter();
        var signs = new ObfuscationSigns();
        var pending = new List<NodeAt>(64) { new(tree.Root, 0) };
        while (pending.Count > 0)
        {
            var last = pending.Count - 1;
            var (node, depth) = pending[last];
            pending.RemoveAt(last);
            signs.Note(node);
            texts?.Look(node);
            SyntaxWalk.AddChildren(node, depth + counter.Count(node, depth), pending);
        }

        var (codeLines, commentBytes) = CountLines(tree);
        return new(
            tree.Source.Length,
            tree.Source.LineCount,
            codeLines,
            tree.Source.Length == 0 ? 0 : Math.Round((double)commentBytes / tree.Source.Length, 4),
            counter.Functions,
            counter.Decisions + 1,
            counter.Cognitive,
            counter.Deepest,
            signs.ScoreOf(tree));
    }

    // Lines on which a token begins, and what stands in comments.
    private static (int CodeLines, int CommentBytes) CountLines(SyntaxTree tree)
    {
        var text = tree.Source.Text.AsSpan();
        var (lines, bytes, end) = (0, 0, 0);
        var isNew = true;
        foreach (var token in tree.Tokens)
        {
            var trivia = text[end..token.Start];
            isNew |= trivia.Length > 0 && (trivia[0] == '\n' || (trivia.Length > 1 && trivia.Contains('\n')));
            if (token.Kind != TokenKind.End && isNew)
            {
                lines++;
                isNew = false;
            }

            if (trivia.Length > 1 && trivia.Contains('-'))
            {
                foreach (var c in trivia)
                {
                    bytes += char.IsWhiteSpace(c) ? 0 : 1;
                }
            }

            isNew |= token.Kind is TokenKind.String or TokenKind.InterpolatedWhole or TokenKind.InterpolatedBegin or TokenKind.InterpolatedMiddle or TokenKind.InterpolatedEnd && text[token.Start..token.End].Contains('\n');
            end = token.End;
        }

        return (lines, bytes);
    }

    private sealed class Counter
    {
        public int Functions { get; private set; }

        public int Decisions { get; private set; }

        public int Cognitive { get; private set; }

        public int Deepest { get; private set; }

        // What a node adds to the counts; whether what is in it stands one level deeper.
        public int Count(SyntaxNode node, int depth)
        {
            Deepest = Math.Max(Deepest, depth);
            switch (node.Kind)
            {
                case NodeKind.FunctionBody:
                    Functions++;
                    return 1;
                case NodeKind.IfStatement:
                    var choice = (IfStatement)node;
                    Decisions += choice.Branches.Count;
                    Cognitive += 1 + depth + (choice.Branches.Count - 1) + (choice.Else is null ? 0 : 1);
                    return 1;
                case NodeKind.WhileStatement or NodeKind.RepeatStatement or NodeKind.NumericForStatement or NodeKind.GenericForStatement:
                    Decisions++;
                    Cognitive += 1 + depth;
                    return 1;
                case NodeKind.IfExpression:
                    Decisions++;
                    Cognitive += 1 + depth;
                    return 0;
                case NodeKind.BinaryExpression when ((BinaryExpression)node).Operator is BinaryOperator.And or BinaryOperator.Or:
                    Decisions++;
                    Cognitive++;
                    return 0;
                default:
                    return 0;
            }
        }
    }
}
