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
    public static ScriptMetrics Of(SyntaxTree tree)
    {
        var counter = new Counter();
        counter.Visit(tree.Root, 0);
        return new(
            tree.Source.Length,
            tree.Source.LineCount,
            CodeLines(tree),
            tree.Source.Length == 0 ? 0 : Math.Round((double)CommentBytes(tree) / tree.Source.Length, 4),
            counter.Functions,
            counter.Decisions + 1,
            counter.Cognitive,
            counter.Deepest,
            Obfuscation.ScoreOf(tree));
    }

    // Lines on which a token begins.
    private static int CodeLines(SyntaxTree tree)
    {
        var lines = 0;
        var isNew = true;
        for (var i = 0; i < tree.Tokens.Count - 1; i++)
        {
            var trivia = tree.LeadingTrivia(i);
            isNew |= tree.Source.Text.AsSpan(trivia.Start, trivia.Length).Contains('\n') || (i > 0 && tree.TextOf(i - 1).Contains('\n'));
            lines += isNew ? 1 : 0;
            isNew = false;
        }

        return lines;
    }

    private static int CommentBytes(SyntaxTree tree)
    {
        var bytes = 0;
        for (var i = 0; i < tree.Tokens.Count; i++)
        {
            var trivia = tree.LeadingTrivia(i);
            if (trivia.Length > 1)
            {
                foreach (var c in tree.Source.Text.AsSpan(trivia.Start, trivia.Length))
                {
                    bytes += char.IsWhiteSpace(c) ? 0 : 1;
                }
            }
        }

        return bytes;
    }

    private sealed class Counter
    {
        public int Functions { get; private set; }

        public int Decisions { get; private set; }

        public int Cognitive { get; private set; }

        public int Deepest { get; private set; }

        public void Visit(SyntaxNode root, int depth)
        {
            var children = new List<SyntaxNode>();
            var pending = new Stack<(SyntaxNode Node, int Depth)>([(root, depth)]);
            while (pending.TryPop(out var next))
            {
                Deepest = Math.Max(Deepest, next.Depth);
                var inner = next.Depth + Count(next.Node, next.Depth);
                children.Clear();
                SyntaxWalk.AddChildren(next.Node, children);
                foreach (var child in children)
                {
                    pending.Push((child, inner));
                }
            }
        }

        // What a node adds to the counts; whether what is in it stands one level deeper.
        private int Count(SyntaxNode node, int depth)
        {
            switch (node)
            {
                case FunctionBody:
                    Functions++;
                    return 1;
                case IfStatement choice:
                    Decisions += choice.Branches.Count;
                    Cognitive += 1 + depth + (choice.Branches.Count - 1) + (choice.Else is null ? 0 : 1);
                    return 1;
                case WhileStatement or RepeatStatement or NumericForStatement or GenericForStatement:
                    Decisions++;
                    Cognitive += 1 + depth;
                    return 1;
                case IfExpression:
                    Decisions++;
                    Cognitive += 1 + depth;
                    return 0;
                case BinaryExpression { Operator: BinaryOperator.And or BinaryOperator.Or }:
                    Decisions++;
                    Cognitive++;
                    return 0;
                default:
                    return 0;
            }
        }
    }
}
