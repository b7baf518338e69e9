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
    /// <param name="texts">Looks at each token and node on the same way, because going there costs more than looking.</param>
    internal static ScriptMetrics Of(SyntaxTree tree, TextDetector? texts = null)
    {
        var (codeLines, commentBytes) = CountLines(tree, texts);
        var counter = new Counter(texts);
        counter.Visit(tree.Root, 0);
        return new(
            tree.Source.Length,
            tree.Source.LineCount,
            codeLines,
            tree.Source.Length == 0 ? 0 : Math.Round((double)commentBytes / tree.Source.Length, 4),
            counter.Functions,
            counter.Decisions + 1,
            counter.Cognitive,
            counter.Deepest,
            counter.Signs.ScoreOf(tree));
    }

    // Lines on which a token begins, and what stands in comments.
    private static (int CodeLines, int CommentBytes) CountLines(SyntaxTree tree, TextDetector? texts)
    {
        var text = tree.Source.Text.AsSpan();
        var starts = tree.Source.LineStarts;
        var (lines, bytes, end, line, next) = (0, 0, 0, 0, 0);
        foreach (ref readonly var token in tree.Tokens)
        {
            if (token.Start >= next && token.Kind != TokenKind.End)
            {
                lines++;
                for (line++; line < starts.Length && starts[line] <= token.Start; line++)
                {
                }

                next = line < starts.Length ? starts[line] : int.MaxValue;
            }

            if (token.Start - end > 1)
            {
                var trivia = text[end..token.Start];
                bytes += trivia.Contains('-') ? CountWritten(trivia) : 0;
                texts?.LookAtTrivia(trivia, end, token);
            }

            if (token.Kind is >= TokenKind.InterpolatedWhole and <= TokenKind.InterpolatedEnd)
            {
                texts?.Look(token);
            }

            end = token.End;
        }

        return (lines, bytes);
    }

    private static int CountWritten(ReadOnlySpan<char> trivia)
    {
        var count = 0;
        foreach (var c in trivia)
        {
            count += char.IsWhiteSpace(c) ? 0 : 1;
        }

        return count;
    }

    private sealed class Counter(TextDetector? texts) : NodeVisitor
    {
        public ObfuscationSigns Signs { get; } = new();

        public int Functions { get; private set; }

        public int Decisions { get; private set; }

        public int Cognitive { get; private set; }

        public int Deepest { get; private set; }

        // What stands most in scripts is looked at here; of variables and numbers there is nothing to say.
        public override void Visit(SyntaxNode node, int depth)
        {
            switch (node.Kind)
            {
                case NodeKind.NumberExpression or NodeKind.NilExpression or NodeKind.BooleanExpression:
                    break;
                case NodeKind.NameExpression:
                    var name = (NameExpression)node;
                    LookAtName(name.Symbol is null ? name.Name : null, name);
                    break;
                case NodeKind.StringExpression:
                    var text = (StringExpression)node;
                    Signs.NoteText(text.Value);
                    texts?.Look(text);
                    break;
                case NodeKind.MemberExpression:
                    var member = (MemberExpression)node;
                    Signs.NoteMember(member);
                    LookAtName(member.Name, member);
                    Visit(member.Object, depth);
                    break;
                case NodeKind.MethodCallExpression:
                    var method = (MethodCallExpression)node;
                    Signs.NoteMethod(method.Name);
                    LookAtName(method.Name, method);
                    Visit(method.Object, depth);
                    VisitAll(method.Arguments, depth);
                    break;
                case NodeKind.CallExpression:
                    var call = (CallExpression)node;
                    Signs.NoteCall(call);
                    texts?.NoteLogged(call);
                    Visit(call.Function, depth);
                    VisitAll(call.Arguments, depth);
                    break;
                case NodeKind.CallStatement:
                    Visit(((CallStatement)node).Call, depth);
                    break;
                default:
                    Signs.Note(node);
                    SyntaxWalk.VisitChildren(node, depth + Count(node, depth), this);
                    break;
            }
        }

        private void LookAtName(string? name, Expression node)
        {
            if (name is not null && Glyphs.IsLookAlike(name))
            {
                texts?.ReportLookAlike(name, node);
            }
        }

        private void VisitAll(SyntaxList<Expression> nodes, int depth)
        {
            foreach (var node in nodes)
            {
                Visit(node, depth);
            }
        }

        // What a node adds to the counts; whether what is in it stands one level deeper.
        private int Count(SyntaxNode node, int depth)
        {
            switch (node.Kind)
            {
                case NodeKind.FunctionBody:
                    Functions++;
                    Deepest = Math.Max(Deepest, depth + 1);
                    return 1;
                case NodeKind.IfStatement:
                    var choice = (IfStatement)node;
                    Decisions += choice.Branches.Count;
                    Cognitive += 1 + depth + (choice.Branches.Count - 1) + (choice.Else is null ? 0 : 1);
                    Deepest = Math.Max(Deepest, depth + 1);
                    return 1;
                case NodeKind.WhileStatement or NodeKind.RepeatStatement or NodeKind.NumericForStatement or NodeKind.GenericForStatement:
                    Decisions++;
                    Cognitive += 1 + depth;
                    Deepest = Math.Max(Deepest, depth + 1);
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
