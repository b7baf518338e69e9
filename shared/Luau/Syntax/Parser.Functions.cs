namespace ToolboxAI.Shared.Luau.Syntax;

internal sealed partial class Parser
{
    private static readonly string[] KnownAttributes = ["native", "checked", "deprecated"];

    private List<FunctionAttribute> ParseAttributes()
    {
        var attributes = new List<FunctionAttribute>();
        while (Kind is TokenKind.At or TokenKind.AttributeOpen)
        {
            if (tokens[at++].Kind == TokenKind.At)
            {
                AddAttribute(attributes, hasArguments: false);
                continue;
            }

            if (Kind == TokenKind.RightBracket)
            {
                Fail("An attribute list cannot be empty.");
            }

            while (Kind is not (TokenKind.RightBracket or TokenKind.End))
            {
                AddAttribute(attributes, hasArguments: true);
                if (!Accept(TokenKind.Comma))
                {
                    break;
                }
            }

            Expect(TokenKind.RightBracket, "']'");
        }

        return attributes;
    }

    private void AddAttribute(List<FunctionAttribute> attributes, bool hasArguments)
    {
        var first = at;
        var name = ExpectName("an attribute's name");
        if (name.Length > 0 && !KnownAttributes.Contains(name))
        {
            FailAt(first, $"Invalid attribute '@{name}'.");
        }
        else if (attributes.Any(other => other.Name == name))
        {
            FailAt(first, $"Duplicate attribute '@{name}'.");
        }

        SyntaxList<Expression> arguments = [];
        if (hasArguments && Kind is TokenKind.LeftParen or TokenKind.String or TokenKind.LeftBrace)
        {
            var open = at;
            arguments = ParseArguments();
            CheckAttributeArguments(name, arguments, open);
        }

        attributes.Add(new() { Name = name, Arguments = arguments, First = first, Last = LastToken });
    }

    // Only @deprecated takes arguments: a table of the two strings "use" and "reason".
    private void CheckAttributeArguments(string name, SyntaxList<Expression> arguments, int open)
    {
        if (name != "deprecated" || arguments.Count == 0)
        {
            return;
        }

        var isValid = arguments is [TableExpression table]
            && table.Fields.All(field => field is { Key: StringExpression { Value: "use" or "reason" }, Value: StringExpression });
        if (!isValid)
        {
            FailAt(open, "@deprecated takes a table with the strings 'use' and 'reason'.");
        }
    }

    // From the generics or the opening parenthesis to the closing "end". The word "function" and the name are behind us.
    private FunctionBody ParseFunctionBody(int first, SyntaxList<FunctionAttribute> attributes)
    {
        var outer = depth;
        TooDeep();
        var generics = Kind == TokenKind.Less ? ParseGenericParameters(allowDefaults: false) : [];
        var outerBindings = bindings.Count;
        var takesMore = false;
        TypeNode? variadicType = null;
        Expect(TokenKind.LeftParen, "'('");
        while (Kind is not (TokenKind.RightParen or TokenKind.End) && !takesMore)
        {
            if (Accept(TokenKind.Vararg))
            {
                takesMore = true;
                variadicType = Accept(TokenKind.Colon) ? ParseVariadicAnnotation() : null;
                break;
            }

            bindings.Add(ParseBinding());
            if (!Accept(TokenKind.Comma))
            {
                break;
            }

            if (Kind == TokenKind.RightParen)
            {
                Fail("Expected a parameter after ','.");
            }
        }

        var parameters = bindings.Taken(outerBindings);
        Expect(TokenKind.RightParen, "')'");
        var returnType = Accept(TokenKind.Colon) ? ParseReturnType() : null;
        var (outerLoops, outerVariadic) = (loops, isVariadic);
        (loops, isVariadic) = (0, takesMore);
        var body = ParseBlock();
        (loops, isVariadic) = (outerLoops, outerVariadic);
        ExpectEnd(Math.Min(first, last));
        depth = outer;
        return new()
        {
            Attributes = attributes,
            Generics = generics,
            Parameters = parameters,
            IsVariadic = takesMore,
            VariadicType = variadicType,
            ReturnType = returnType,
            Body = body,
            First = first,
            Last = LastToken,
        };
    }

    private Binding ParseBinding(bool isConst = false)
    {
        var first = at;
        var name = ExpectName("a variable name");
        var type = Accept(TokenKind.Colon) ? ParseType() : null;
        return new() { Name = name, Type = type, IsConst = isConst, First = first, Last = Math.Max(first, LastToken) };
    }
}
