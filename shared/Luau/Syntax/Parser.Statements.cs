namespace ToolboxAI.Shared.Luau.Syntax;

internal sealed partial class Parser
{
    private Statement ParseStatement() => Kind switch
    {
        TokenKind.If => ParseIf(),
        TokenKind.While => ParseWhile(),
        TokenKind.Do => ParseDo(),
        TokenKind.For => ParseFor(),
        TokenKind.Repeat => ParseRepeat(),
        TokenKind.Function => ParseFunctionStatement(at, []),
        TokenKind.Local => ParseLocal(at, [], isConst: false),
        TokenKind.Return => ParseReturn(),
        TokenKind.Break => ParseBreak(),
        TokenKind.At or TokenKind.AttributeOpen => ParseAttributedStatement(),
        _ => ParseExpressionStatement(),
    };

    private IfStatement ParseIf()
    {
        var first = at++;
        var outer = branches.Count;
        branches.Add(ParseBranch());
        while (Accept(TokenKind.ElseIf))
        {
            branches.Add(ParseBranch());
        }

        var otherwise = Accept(TokenKind.Else) ? ParseBlock() : null;
        ExpectEnd(first);
        return new() { Branches = branches.Taken(outer), Else = otherwise, First = first, Last = LastToken };
    }

    private IfBranch ParseBranch()
    {
        var condition = ParseExpression();
        Expect(TokenKind.Then, "'then'");
        return new(condition, ParseBlock());
    }

    private WhileStatement ParseWhile()
    {
        var first = at++;
        var condition = ParseExpression();
        Expect(TokenKind.Do, "'do'");
        var body = ParseLoopBody();
        ExpectEnd(first);
        return new() { Condition = condition, Body = body, First = first, Last = LastToken };
    }

    private DoStatement ParseDo()
    {
        var first = at++;
        var body = ParseBlock();
        ExpectEnd(first);
        return new() { Body = body, First = first, Last = LastToken };
    }

    private RepeatStatement ParseRepeat()
    {
        var first = at++;
        var body = ParseLoopBody();
        Expect(TokenKind.Until, "'until'");
        var condition = ParseExpression();
        return new() { Body = body, Condition = condition, First = first, Last = LastToken };
    }

    private Statement ParseFor()
    {
        var first = at++;
        var variable = ParseBinding();
        if (Accept(TokenKind.Assign))
        {
            return ParseNumericFor(first, variable);
        }

        var outer = bindings.Count;
        bindings.Add(variable);
        while (Accept(TokenKind.Comma))
        {
            bindings.Add(ParseBinding());
        }

        var variables = bindings.Taken(outer);
        Expect(TokenKind.In, "'=' or 'in'");
        var iterators = ParseExpressions();
        var opener = at;
        Expect(TokenKind.Do, "'do'");
        var body = ParseLoopBody();
        ExpectEnd(opener);
        return new GenericForStatement { Variables = variables, Iterators = iterators, Body = body, First = first, Last = LastToken };
    }

    private NumericForStatement ParseNumericFor(int first, Binding variable)
    {
        var from = ParseExpression();
        Expect(TokenKind.Comma, "','");
        var to = ParseExpression();
        var step = Accept(TokenKind.Comma) ? ParseExpression() : null;
        var opener = at;
        Expect(TokenKind.Do, "'do'");
        var body = ParseLoopBody();
        ExpectEnd(opener);
        return new() { Variable = variable, From = from, To = to, Step = step, Body = body, First = first, Last = LastToken };
    }

    private FunctionStatement ParseFunctionStatement(int first, SyntaxList<FunctionAttribute> attributes)
    {
        at++;
        var nameToken = at;
        Expression target = new NameExpression { Name = ExpectName("a function name"), First = nameToken, Last = Math.Max(nameToken, LastToken) };
        var isMethod = false;
        var outer = depth;
        while (Kind is TokenKind.Dot or TokenKind.Colon && !isMethod && !TooDeep())
        {
            isMethod = Kind == TokenKind.Colon;
            at++;
            var member = at;
            target = new MemberExpression { Object = target, Name = ExpectName("a member name"), NameToken = member, First = nameToken, Last = LastToken };
        }

        depth = outer;
        var function = ParseFunctionBody(first, attributes);
        return new() { Target = target, IsMethod = isMethod, Function = function, First = first, Last = LastToken };
    }

    private Statement ParseLocal(int first, SyntaxList<FunctionAttribute> attributes, bool isConst)
    {
        at++;
        if (Kind == TokenKind.Function)
        {
            at++;
            var nameToken = at;
            var name = new Binding { Name = ExpectName("a function name"), First = nameToken, Last = Math.Max(nameToken, LastToken), IsConst = isConst };
            return new LocalFunctionStatement { Name = name, Function = ParseFunctionBody(first, attributes), First = first, Last = LastToken };
        }

        if (attributes.Count > 0)
        {
            Fail($"Expected 'function' after a declaration with attributes, got {Describe()}.");
        }

        var outer = bindings.Count;
        do
        {
            bindings.Add(ParseBinding(isConst));
        }
        while (Accept(TokenKind.Comma));

        var names = bindings.Taken(outer);
        SyntaxList<Expression> values = [];
        if (Accept(TokenKind.Assign))
        {
            values = ParseExpressions();
        }
        else if (isConst)
        {
            Fail("Missing initializer in a const declaration.");
        }

        return new LocalStatement { Names = names, Values = values, First = first, Last = LastToken };
    }

    private ReturnStatement ParseReturn()
    {
        var first = at++;
        SyntaxList<Expression> values = EndsBlock(Kind) || Kind == TokenKind.Semicolon ? [] : ParseExpressions();
        return new() { Values = values, First = first, Last = LastToken };
    }

    private BreakStatement ParseBreak()
    {
        if (loops == 0)
        {
            Fail("A break statement must be inside a loop.");
        }

        var first = at++;
        return new() { First = first, Last = first };
    }

    private Statement ParseAttributedStatement()
    {
        var first = at;
        var attributes = ParseAttributes();
        if (Kind == TokenKind.Function)
        {
            return ParseFunctionStatement(first, attributes);
        }

        if (Kind == TokenKind.Local || IsName("const"))
        {
            return ParseLocal(first, attributes, isConst: Kind != TokenKind.Local);
        }

        Fail($"Expected a function after an attribute, got {Describe()}.");
        return new ErrorStatement { Expressions = [], First = first, Last = LastToken };
    }

    private Statement ParseExpressionStatement()
    {
        var first = at;
        var expression = ParsePrimary();
        if (expression is CallExpression or MethodCallExpression)
        {
            return new CallStatement { Call = expression, First = first, Last = LastToken };
        }

        if (Kind is TokenKind.Assign or TokenKind.Comma)
        {
            return ParseAssignment(first, expression);
        }

        if (CompoundOperator(Kind) is { } compound)
        {
            CheckTarget(expression);
            at++;
            return new CompoundAssignStatement { Target = expression, Operator = compound, Value = ParseExpression(), First = first, Last = LastToken };
        }

        return expression is NameExpression name && LastToken == first
            ? ParseContextual(first, name)
            : Incomplete(first, expression);
    }

    // Words that are names unless a statement begins with them.
    private Statement ParseContextual(int first, NameExpression name)
    {
        switch (name.Name)
        {
            case "type":
                return ParseTypeStatement(first, isExported: false);
            case "export" when IsName("type"):
                at++;
                return ParseTypeStatement(first, isExported: true);
            case "const":
                at = first;
                return ParseLocal(first, [], isConst: true);
            case "continue":
                if (loops == 0)
                {
                    FailAt(first, "A continue statement must be inside a loop.");
                }

                return new ContinueStatement { First = first, Last = first };
            default:
                return Incomplete(first, name);
        }
    }

    private ErrorStatement Incomplete(int first, Expression expression)
    {
        Fail("Incomplete statement: expected an assignment or a function call.");
        return new() { Expressions = [expression], First = first, Last = LastToken };
    }

    private AssignStatement ParseAssignment(int first, Expression target)
    {
        CheckTarget(target);
        var outer = expressions.Count;
        expressions.Add(target);
        while (Accept(TokenKind.Comma))
        {
            var next = ParsePrimary();
            CheckTarget(next);
            expressions.Add(next);
        }

        var targets = expressions.Taken(outer);
        Expect(TokenKind.Assign, "'='");
        return new() { Targets = targets, Values = ParseExpressions(), First = first, Last = LastToken };
    }

    private void CheckTarget(Expression target)
    {
        if (target is not (NameExpression or MemberExpression or IndexExpression or ErrorExpression))
        {
            FailAt(target.First, "The assigned expression must be a variable or a field.");
        }
    }

    private static BinaryOperator? CompoundOperator(TokenKind kind) => kind switch
    {
        TokenKind.PlusAssign => BinaryOperator.Add,
        TokenKind.MinusAssign => BinaryOperator.Subtract,
        TokenKind.StarAssign => BinaryOperator.Multiply,
        TokenKind.SlashAssign => BinaryOperator.Divide,
        TokenKind.FloorDivideAssign => BinaryOperator.FloorDivide,
        TokenKind.PercentAssign => BinaryOperator.Modulo,
        TokenKind.CaretAssign => BinaryOperator.Power,
        TokenKind.ConcatAssign => BinaryOperator.Concat,
        _ => null,
    };
}
