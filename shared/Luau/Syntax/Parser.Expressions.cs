namespace ToolboxAI.Shared.Luau.Syntax;

internal sealed partial class Parser
{
    private const int UnaryPriority = 8;

    private static readonly Infix[] Operators = Infixes();

    // Whether a token that follows an expression may go on with it: known once the operators are.
    private static readonly bool[] GoesOn = Continuing();

    private SyntaxList<Expression> ParseExpressions()
    {
        var first = ParseExpression();
        if (Kind != TokenKind.Comma)
        {
            return [first];
        }

        var outer = expressions.Count;
        expressions.Add(first);
        while (Accept(TokenKind.Comma))
        {
            if (Kind == TokenKind.RightParen)
            {
                Fail("Expected an expression after ','.");
                break;
            }

            expressions.Add(ParseExpression());
        }

        return expressions.Taken(outer);
    }

    private Expression ParseExpression(int limit = 0)
    {
        var outer = depth;
        var first = at;
        if (TooDeep())
        {
            depth = outer;
            return new ErrorExpression { First = first, Last = LastToken };
        }

        if (ParseLeaf() is { } leaf)
        {
            depth = outer;
            return leaf;
        }

        Expression left;
        if (UnaryOperatorOf(Kind) is { } unary)
        {
            at++;
            left = new UnaryExpression { Operator = unary, Operand = ParseExpression(UnaryPriority), First = first, Last = LastToken };
        }
        else
        {
            left = ParseAssertion();
        }

        while (Operators[(int)Kind] is var infix && infix.Left > limit && !TooDeep())
        {
            at++;
            left = new BinaryExpression { Operator = infix.Operator, Left = left, Right = ParseExpression(infix.Right), First = first, Last = LastToken };
        }

        depth = outer;
        return left;
    }

    private Expression ParseAssertion()
    {
        var first = at;
        var value = ParseSimple();
        return Accept(TokenKind.DoubleColon)
            ? new TypeAssertionExpression { Value = value, Type = ParseType(), First = first, Last = LastToken }
            : value;
    }

    private Expression ParseSimple()
    {
        var first = at;
        switch (Kind)
        {
            case TokenKind.Nil or TokenKind.True or TokenKind.False or TokenKind.Number or TokenKind.String:
                return ParseLiteral();
            case TokenKind.InterpolatedWhole or TokenKind.InterpolatedBegin:
                return ParseInterpolated();
            case TokenKind.Vararg:
                if (!isVariadic)
                {
                    Fail("'...' cannot be used outside of a variadic function.");
                }

                at++;
                return new VarargExpression { First = first, Last = first };
            case TokenKind.LeftBrace:
                return ParseTable();
            case TokenKind.If:
                return ParseIfExpression();
            case TokenKind.Function:
                at++;
                return new FunctionExpression { Function = ParseFunctionBody(first, []), First = first, Last = LastToken };
            case TokenKind.At or TokenKind.AttributeOpen:
                var attributes = ParseAttributes();
                Expect(TokenKind.Function, "'function' after an attribute");
                return new FunctionExpression { Function = ParseFunctionBody(first, attributes), First = first, Last = LastToken };
            default:
                return ParsePrimary();
        }
    }

    private Expression ParseInterpolated()
    {
        var first = at++;
        if (tokens[first].Kind == TokenKind.InterpolatedWhole)
        {
            return new StringExpression { Value = StringAt(first), Literal = literals++, First = first, Last = first };
        }

        var texts = new List<string> { LuauString.ValueOf(TextAt(first)) ?? "" };
        var holes = new List<Expression>();
        while (true)
        {
            if (Kind is TokenKind.InterpolatedMiddle or TokenKind.InterpolatedEnd)
            {
                Fail("Malformed interpolated string: expected an expression inside '{}'.");
            }
            else
            {
                holes.Add(ParseExpression());
            }

            if (Kind is not (TokenKind.InterpolatedMiddle or TokenKind.InterpolatedEnd))
            {
                Fail($"Malformed interpolated string: got {Describe()}.");
                break;
            }

            texts.Add(LuauString.ValueOf(TextAt(at)) ?? "");
            if (tokens[at++].Kind == TokenKind.InterpolatedEnd)
            {
                break;
            }
        }

        return new InterpolatedStringExpression { Texts = texts, Holes = holes, First = first, Last = LastToken };
    }

    private TableExpression ParseTable()
    {
        var first = at++;
        var outer = fields.Count;
        while (Kind is not (TokenKind.RightBrace or TokenKind.End))
        {
            fields.Add(ParseField());
            if (!Accept(TokenKind.Comma) && !Accept(TokenKind.Semicolon))
            {
                break;
            }
        }

        ExpectClosing(TokenKind.RightBrace, first);
        return new() { Fields = fields.Taken(outer), First = first, Last = LastToken };
    }

    private TableField ParseField()
    {
        if (Accept(TokenKind.LeftBracket))
        {
            var key = ParseExpression();
            Expect(TokenKind.RightBracket, "']'");
            Expect(TokenKind.Assign, "'='");
            return new(key, ParseExpression());
        }

        if (Kind == TokenKind.Name && KindAt(1) == TokenKind.Assign)
        {
            var key = new StringExpression { Value = NameAt(at), Literal = literals++, First = at, Last = at };
            at += 2;
            return new(key, ParseExpression());
        }

        return new(null, ParseExpression());
    }

    private IfExpression ParseIfExpression()
    {
        var outer = depth;
        var first = at++;
        TooDeep();
        var condition = ParseExpression();
        Expect(TokenKind.Then, "'then'");
        var then = ParseExpression();
        Expression otherwise;
        if (Kind == TokenKind.ElseIf)
        {
            otherwise = ParseIfExpression();
        }
        else
        {
            Expect(TokenKind.Else, "'else'");
            otherwise = ParseExpression();
        }

        depth = outer;
        return new() { Condition = condition, Then = then, Else = otherwise, First = first, Last = LastToken };
    }

    private static UnaryOperator? UnaryOperatorOf(TokenKind kind) => kind switch
    {
        TokenKind.Not => UnaryOperator.Not,
        TokenKind.Minus => UnaryOperator.Negate,
        TokenKind.Hash => UnaryOperator.Length,
        _ => null,
    };

    // Operators by their tokens.
    private static Infix[] Infixes()
    {
        var infixes = new Infix[(int)TokenKind.AttributeOpen + 1];
        infixes[(int)TokenKind.Or] = new(BinaryOperator.Or, 1, 1);
        infixes[(int)TokenKind.And] = new(BinaryOperator.And, 2, 2);
        infixes[(int)TokenKind.Equal] = new(BinaryOperator.Equal, 3, 3);
        infixes[(int)TokenKind.NotEqual] = new(BinaryOperator.NotEqual, 3, 3);
        infixes[(int)TokenKind.Less] = new(BinaryOperator.Less, 3, 3);
        infixes[(int)TokenKind.LessEqual] = new(BinaryOperator.LessEqual, 3, 3);
        infixes[(int)TokenKind.Greater] = new(BinaryOperator.Greater, 3, 3);
        infixes[(int)TokenKind.GreaterEqual] = new(BinaryOperator.GreaterEqual, 3, 3);
        infixes[(int)TokenKind.Concat] = new(BinaryOperator.Concat, 5, 4);
        infixes[(int)TokenKind.Plus] = new(BinaryOperator.Add, 6, 6);
        infixes[(int)TokenKind.Minus] = new(BinaryOperator.Subtract, 6, 6);
        infixes[(int)TokenKind.Star] = new(BinaryOperator.Multiply, 7, 7);
        infixes[(int)TokenKind.Slash] = new(BinaryOperator.Divide, 7, 7);
        infixes[(int)TokenKind.FloorDivide] = new(BinaryOperator.FloorDivide, 7, 7);
        infixes[(int)TokenKind.Percent] = new(BinaryOperator.Modulo, 7, 7);
        infixes[(int)TokenKind.Caret] = new(BinaryOperator.Power, 10, 9);
        return infixes;
    }

    /// <summary>An operator with the binding strengths to its left and right: 9 &lt; 10 binds to the right, as ^ and .. do. None has no strength.</summary>
    private readonly record struct Infix(BinaryOperator Operator, byte Left, byte Right);
}
