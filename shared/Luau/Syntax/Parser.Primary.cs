namespace ToolboxAI.Shared.Luau.Syntax;

internal sealed partial class Parser
{
    private Expression ParsePrimary()
    {
        var outer = depth;
        var first = at;
        var expression = ParsePrefix();
        while (expression is not ErrorExpression && ParseSuffix(expression, first) is { } longer)
        {
            expression = longer;
            if (TooDeep())
            {
                break;
            }
        }

        depth = outer;
        return expression;
    }

    private Expression ParsePrefix()
    {
        var first = at;
        if (Kind == TokenKind.Name)
        {
            return new NameExpression { Name = NameAt(at++), First = first, Last = first };
        }

        if (Accept(TokenKind.LeftParen))
        {
            var inner = ParseExpression();
            ExpectClosing(TokenKind.RightParen, first);
            return new ParenthesizedExpression { Inner = inner, First = first, Last = LastToken };
        }

        Fail($"Expected an expression, got {Describe()}.");
        return new ErrorExpression { First = first, Last = first - 1 };
    }

    // What may follow an expression that can be indexed or called, or nothing.
    private Expression? ParseSuffix(Expression expression, int first)
    {
        switch (Kind)
        {
            case TokenKind.Dot:
                at++;
                var member = at;
                return new MemberExpression { Object = expression, Name = ExpectName("a member name"), NameToken = member, First = first, Last = LastToken };
            case TokenKind.LeftBracket:
                at++;
                var key = ParseExpression();
                Expect(TokenKind.RightBracket, "']'");
                return new IndexExpression { Object = expression, Key = key, First = first, Last = LastToken };
            case TokenKind.Colon:
                return ParseMethodCall(expression, first);
            case TokenKind.LeftParen or TokenKind.String or TokenKind.LeftBrace:
                return new CallExpression { Function = expression, Arguments = ParseArguments(), First = first, Last = LastToken };
            case TokenKind.Less when KindAt(1) == TokenKind.Less && tokens[at].End == tokens[at + 1].Start:
                return new InstantiateExpression { Function = expression, Types = ParseInstantiation(), First = first, Last = LastToken };
            default:
                return null;
        }
    }

    private Expression ParseMethodCall(Expression receiver, int first)
    {
        at++;
        var nameToken = at;
        var name = ExpectName("a method name");
        if (Kind == TokenKind.Less && KindAt(1) == TokenKind.Less)
        {
            ParseInstantiation();
        }

        if (Kind is not (TokenKind.LeftParen or TokenKind.String or TokenKind.LeftBrace))
        {
            Fail($"Expected '(', '{{' or a string when calling a method, got {Describe()}.");
            return new ErrorExpression { First = first, Last = LastToken };
        }

        return new MethodCallExpression { Object = receiver, Name = name, NameToken = nameToken, Arguments = ParseArguments(), First = first, Last = LastToken };
    }

    private SyntaxList<Expression> ParseArguments()
    {
        if (Kind == TokenKind.String)
        {
            return [ParseLiteral()];
        }

        if (Kind == TokenKind.LeftBrace)
        {
            return [ParseTable()];
        }

        var open = at;
        if (open > 0 && source.Text.AsSpan(tokens[open - 1].End..tokens[open].Start).Contains('\n'))
        {
            Fail("Ambiguous syntax: this looks like an argument list for a function call, but could also be a start of new statement; use ';' to separate statements.");
        }

        at++;
        SyntaxList<Expression> arguments = Kind == TokenKind.RightParen ? [] : ParseExpressions();
        ExpectClosing(TokenKind.RightParen, open);
        return arguments;
    }

    private List<TypeNode> ParseInstantiation()
    {
        at += 2;
        var types = new List<TypeNode>();
        while (Kind is not (TokenKind.Greater or TokenKind.End))
        {
            types.Add(ParseTypeOrPack());
            if (!Accept(TokenKind.Comma))
            {
                break;
            }
        }

        if (Expect(TokenKind.Greater, "'>>'"))
        {
            Expect(TokenKind.Greater, "'>>'");
        }

        return types;
    }
}
