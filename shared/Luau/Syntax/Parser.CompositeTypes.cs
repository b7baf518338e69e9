namespace ToolboxAI.Shared.Luau.Syntax;

internal sealed partial class Parser
{
    private TableType ParseTableType()
    {
        var first = at++;
        var members = new List<TableTypeField>();
        while (Kind is not (TokenKind.RightBrace or TokenKind.End))
        {
            SkipAccessModifier();
            if (Kind == TokenKind.LeftBracket)
            {
                members.Add(ParseIndexer(members));
            }
            else if (Kind == TokenKind.Name && KindAt(1) == TokenKind.Colon)
            {
                var name = NameAt(at);
                at += 2;
                members.Add(new(name, null, ParseType()));
            }
            else if (members.Count == 0)
            {
                // A list type holds nothing else.
                members.Add(new(null, null, ParseType()));
                break;
            }
            else
            {
                Fail($"Expected a property, got {Describe()}.");
                break;
            }

            if (!Accept(TokenKind.Comma) && !Accept(TokenKind.Semicolon))
            {
                break;
            }
        }

        ExpectClosing(TokenKind.RightBrace, first);
        return new() { Fields = members, First = first, Last = LastToken };
    }

    private void SkipAccessModifier()
    {
        if ((IsName("read") || IsName("write")) && KindAt(1) != TokenKind.Colon)
        {
            at++;
        }
    }

    private TableTypeField ParseIndexer(List<TableTypeField> earlier)
    {
        var open = at++;
        if (Kind == TokenKind.String && KindAt(1) == TokenKind.RightBracket)
        {
            var name = LuauString.ValueOf(TextAt(at)) ?? "";
            at += 2;
            Expect(TokenKind.Colon, "':'");
            return new(name, null, ParseType());
        }

        if (earlier.Any(field => field.Key is not null))
        {
            FailAt(open, "A table cannot have more than one indexer.");
        }

        var key = ParseType();
        Expect(TokenKind.RightBracket, "']'");
        Expect(TokenKind.Colon, "':'");
        return new(null, key, ParseType());
    }

    // A function type, a type in parentheses, or, where it is allowed, a list of types.
    private TypeNode ParseFunctionType(bool allowPack)
    {
        var first = at;
        var generics = Kind == TokenKind.Less ? ParseGenericParameters(allowDefaults: false) : [];
        var parameters = new List<TypeNode>();
        var hasNames = false;
        Expect(TokenKind.LeftParen, "'('");
        while (Kind is not (TokenKind.RightParen or TokenKind.End) || parameters.Count > 0)
        {
            if (Kind == TokenKind.Name && KindAt(1) == TokenKind.Colon)
            {
                hasNames = true;
                at += 2;
            }

            parameters.Add(ParseParameterType());
            if (parameters[^1] is VariadicType or GenericPackType || !Accept(TokenKind.Comma))
            {
                break;
            }
        }

        Expect(TokenKind.RightParen, "')'");
        if (Accept(TokenKind.Arrow))
        {
            return new FunctionType { Generics = generics, Parameters = parameters, Result = ParseReturnType(), First = first, Last = LastToken };
        }

        var isOneType = parameters is [not (VariadicType or GenericPackType)] && !hasNames && generics.Count == 0;
        if (!isOneType && (!allowPack || hasNames || generics.Count > 0))
        {
            Fail($"Expected '->' when parsing a function type, got {Describe()}.");
        }

        return isOneType
            ? parameters[0]
            : new TypePack { Members = parameters, First = first, Last = LastToken };
    }

    private TypeNode ParseParameterType()
    {
        var first = at;
        if (Accept(TokenKind.Vararg))
        {
            return new VariadicType { Element = ParseType(), First = first, Last = LastToken };
        }

        if (Kind == TokenKind.Name && KindAt(1) == TokenKind.Vararg)
        {
            at += 2;
            return new GenericPackType { Name = NameAt(first), First = first, Last = LastToken };
        }

        return ParseType();
    }
}
