using System.Text;
using ToolboxAI.Shared.Luau;
using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Tests.Luau;

/// <summary>Mechanical changes that leave what a script does as it is. The first line, which holds the labels, stays.</summary>
internal static class Mutation
{
    public static IReadOnlyDictionary<string, Func<LuauSource, string>> All { get; } = new Dictionary<string, Func<LuauSource, string>>
    {
        ["rename"] = Rename,
        ["split"] = source => Texts(source, text => $"(\"{text[..(text.Length / 2)]}\" .. \"{text[(text.Length / 2)..]}\")"),
        ["reorder"] = Reorder,
        ["wrap in a function"] = source => Wrap(source, "(function(...)", "end)(...)"),
        ["wrap in a thread"] = source => Wrap(source, "task.spawn(function(...)", "end)"),
        ["wrap in a block"] = source => Wrap(source, "do", "end"),
        ["escape"] = source => Texts(source, text => $"(\"{string.Concat(text.Select(c => $"\\{(int)c:000}"))}\")"),
        ["number"] = source => Texts(source, text => $"string.char({string.Join(", ", text.Select(c => (int)c))})"),
        ["reverse"] = source => Texts(source, text => $"(\"{new string([.. text.Reverse()])}\"):reverse()"),
    };

    private static string Rename(LuauSource source)
    {
        var tree = SyntaxTree.Parse(source);
        var names = new Dictionary<Symbol, string>();
        var edits = new List<(LuauSpan, string)>();
        foreach (var node in SyntaxWalk.Descendants(tree.Root))
        {
            foreach (var binding in Bindings(node).Where(binding => binding.Symbol is not null))
            {
                names[binding.Symbol!] = $"renamed{names.Count}";
                edits.Add((tree.Tokens[binding.First].Span, names[binding.Symbol!]));
            }
        }

        foreach (var name in SyntaxWalk.Descendants(tree.Root).OfType<NameExpression>())
        {
            if (name.Symbol is { } symbol && names.TryGetValue(symbol, out var renamed))
            {
                edits.Add((tree.Tokens[name.First].Span, renamed));
            }
        }

        return Apply(source, edits);
    }

    private static IEnumerable<Binding> Bindings(SyntaxNode node) => node switch
    {
        LocalStatement local => local.Names,
        LocalFunctionStatement function => [function.Name],
        FunctionBody body => body.Parameters,
        NumericForStatement loop => [loop.Variable],
        GenericForStatement loop => loop.Variables,
        _ => [],
    };

    // Plain texts of four letters or more, where any expression may stand.
    private static string Texts(LuauSource source, Func<string, string> written)
    {
        var tree = SyntaxTree.Parse(source);
        var edits = new List<(LuauSpan, string)>();
        foreach (var text in SyntaxWalk.Descendants(tree.Root).OfType<StringExpression>())
        {
            var isQuoted = tree.TextOf(text.First)[0] is '"' or '\'';
            var before = text.First == 0 ? TokenKind.End : tree.Tokens[text.First - 1].Kind;
            var isArgumentAlone = before is TokenKind.Name or TokenKind.RightParen or TokenKind.RightBracket or TokenKind.String;
            if (isQuoted && !isArgumentAlone && text.Value.Length >= 4 && text.Value.All(c => c is >= ' ' and <= '~' and not ('"' or '\\')))
            {
                edits.Add((tree.Tokens[text.First].Span, written(text.Value)));
            }
        }

        return Apply(source, edits);
    }

    // Neighbouring locals that don't speak of each other change places.
    private static string Reorder(LuauSource source)
    {
        var tree = SyntaxTree.Parse(source);
        var edits = new List<(LuauSpan, string)>();
        var statements = tree.Root.Statements;
        for (var i = 0; i + 1 < statements.Count; i++)
        {
            if (statements[i] is LocalStatement first && statements[i + 1] is LocalStatement second && !Mentions(second, first) && !HasCall(first) && !HasCall(second))
            {
                edits.Add((tree.SpanOf(first), source.Text[tree.SpanOf(second).Start..tree.SpanOf(second).End] + " "));
                edits.Add((tree.SpanOf(second), source.Text[tree.SpanOf(first).Start..tree.SpanOf(first).End] + " "));
                i++;
            }
        }

        return Apply(source, edits);
    }

    private static bool Mentions(LocalStatement statement, LocalStatement other) => SyntaxWalk.Descendants(statement).OfType<NameExpression>()
        .Any(name => other.Names.Any(binding => binding.Symbol == name.Symbol || binding.Name == name.Name))
        || statement.Names.Any(binding => other.Names.Any(earlier => earlier.Name == binding.Name));

    private static bool HasCall(LocalStatement statement) => SyntaxWalk.Descendants(statement).Any(node => node is CallExpression or MethodCallExpression { Name: not "GetService" });

    private static string Wrap(LuauSource source, string open, string close)
    {
        var rest = source.LineCount > 1 ? source.LineSpan(2).Start : source.Length;
        return Text(source.Text[..rest] + open + "\n" + source.Text[rest..] + "\n" + close + "\n");
    }

    private static string Apply(LuauSource source, List<(LuauSpan Span, string Text)> edits)
    {
        var text = new StringBuilder(source.Text);
        foreach (var (span, replacement) in edits.OrderByDescending(edit => edit.Span.Start))
        {
            text.Remove(span.Start, span.Length).Insert(span.Start, replacement);
        }

        return Text(text.ToString());
    }

    private static string Text(string bytes) => Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(bytes));
}
