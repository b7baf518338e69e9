namespace ToolboxAI.Shared.Luau.Syntax;

// Expressions of one token: names and literals.
internal sealed partial class Parser
{
    private const int LongestWhole = 9;

    // An expression of one token, as most are; nothing when the token after it may go on with the expression.
    private Expression? ParseLeaf()
    {
        var first = at;
        if (GoesOn[(int)KindAt(1)])
        {
            return null;
        }

        switch (Kind)
        {
            case TokenKind.Name:
                at++;
                return new NameExpression { Name = NameAt(first), First = first, Last = first };
            case TokenKind.Nil or TokenKind.True or TokenKind.False or TokenKind.Number or TokenKind.String:
                return ParseLiteral();
            default:
                return null;
        }
    }

    private Expression ParseLiteral()
    {
        var first = at++;
        return tokens[first].Kind switch
        {
            TokenKind.String => new StringExpression { Value = StringAt(first), Literal = literals++, First = first, Last = first },
            TokenKind.Number => new NumberExpression { Value = NumberAt(first), Literal = literals++, First = first, Last = first },
            TokenKind.Nil => new NilExpression { First = first, Last = first },
            var kind => new BooleanExpression { Value = kind == TokenKind.True, First = first, Last = first },
        };
    }

    private static bool[] Continuing()
    {
        var goesOn = new bool[(int)TokenKind.AttributeOpen + 1];
        for (var kind = TokenKind.End; kind <= TokenKind.AttributeOpen; kind++)
        {
            goesOn[(int)kind] = Operators[(int)kind].Left > 0
                || kind is TokenKind.Dot or TokenKind.Colon or TokenKind.DoubleColon or TokenKind.LeftBracket or TokenKind.LeftParen or TokenKind.LeftBrace or TokenKind.String;
        }

        return goesOn;
    }

    // Most numbers are short and whole; the lexer told what is malformed.
    private double NumberAt(int token)
    {
        var text = TextAt(token);
        var value = 0;
        foreach (var c in text)
        {
            if (!char.IsAsciiDigit(c) || text.Length > LongestWhole)
            {
                return LuauNumber.Parse(text) ?? double.NaN;
            }

            value = (value * 10) + (c - '0');
        }

        return value;
    }

    private string StringAt(int token)
    {
        var text = TextAt(token);
        var isPlain = text.Length is > 2 and <= LongestSharedName && text[0] != '[' && text[^1] == text[0] && !text.Contains('\\');
        return isPlain ? Shared(text[1..^1]) : LuauString.ValueOf(text) ?? "";
    }
}
