namespace ToolboxAI.Shared.Luau.Syntax;

internal sealed partial class Parser
{
    private Statement ParseTypeStatement(int first, bool isExported)
    {
        if (Kind == TokenKind.Function)
        {
            var opener = at++;
            var function = ExpectName("a type function's name");
            var body = ParseFunctionBody(opener, []);
            return new TypeFunctionStatement { Name = function, IsExported = isExported, Function = body, First = first, Last = LastToken };
        }

        var name = Kind == TokenKind.Name || isExported ? ExpectName("a type's name") : "";
        if (name.Length == 0)
        {
            Fail("Incomplete statement: expected an assignment or a function call.");
            return new ErrorStatement { Expressions = [], First = first, Last = LastToken };
        }

        SyntaxList<GenericParameter> generics = Kind == TokenKind.Less ? ParseGenericParameters(allowDefaults: true) : [];
        Expect(TokenKind.Assign, "'='");
        return new TypeAliasStatement { Name = name, IsExported = isExported, Generics = generics, Type = ParseType(), First = first, Last = LastToken };
    }

    private List<GenericParameter> ParseGenericParameters(bool allowDefaults)
    {
        at++;
        var generics = new List<GenericParameter>();
        var packs = false;
        var defaults = false;
        do
        {
            var first = at;
            var name = ExpectName("a type parameter's name");
            var isPack = Accept(TokenKind.Vararg);
            if (packs && !isPack)
            {
                FailAt(first, "Generic types come before generic type packs.");
            }

            packs |= isPack;
            TypeNode? byDefault = null;
            if (allowDefaults && Accept(TokenKind.Assign))
            {
                byDefault = isPack ? ParseTypeOrPack() : ParseType();
                defaults = true;
            }
            else if (defaults)
            {
                Fail("Expected a default type after a parameter that has one.");
            }

            generics.Add(new() { Name = name, IsPack = isPack, Default = byDefault, First = first, Last = Math.Max(first, LastToken) });
        }
        while (Accept(TokenKind.Comma));

        Expect(TokenKind.Greater, "'>'");
        return generics;
    }

    private TypeNode ParseType()
    {
        var first = at;
        var outer = depth;
        if (TooDeep())
        {
            depth = outer;
            return new ErrorType { First = first, Last = LastToken };
        }

        var type = Kind is TokenKind.Pipe or TokenKind.Ampersand ? ParseTypeSuffix(null, first) : ParseTypeSuffix(ParseSimpleType(allowPack: false), first);
        depth = outer;
        return type;
    }

    // Optionals, unions and intersections. A leading | or & is allowed; mixing | and & is not.
    private TypeNode ParseTypeSuffix(TypeNode? start, int first)
    {
        var members = new List<TypeNode>();
        var isUnion = false;
        var isIntersection = false;
        if (start is not null)
        {
            members.Add(start);
        }

        while (true)
        {
            if (Accept(TokenKind.Question))
            {
                isUnion = true;
                members.Add(new SingletonType { First = LastToken, Last = LastToken });
            }
            else if (Kind is TokenKind.Pipe or TokenKind.Ampersand)
            {
                isUnion |= Kind == TokenKind.Pipe;
                isIntersection |= Kind == TokenKind.Ampersand;
                at++;
                members.Add(ParseSimpleType(allowPack: false));
            }
            else
            {
                break;
            }

            if (members.Count > DepthLimit)
            {
                Fail($"A type has more than {DepthLimit} parts.");
                at = last;
            }
        }

        if (isUnion && isIntersection)
        {
            FailAt(LastToken, "Mixing union and intersection types is not allowed; consider wrapping in parentheses.");
        }

        return (isUnion, isIntersection) switch
        {
            (true, _) => new UnionType { Members = members, First = first, Last = LastToken },
            (_, true) => new IntersectionType { Members = members, First = first, Last = LastToken },
            _ => members[0],
        };
    }

    private TypeNode ParseSimpleType(bool allowPack)
    {
        var first = at;
        switch (Kind)
        {
            case TokenKind.Nil or TokenKind.True or TokenKind.False or TokenKind.String:
                at++;
                return new SingletonType { First = first, Last = first };
            case TokenKind.Name:
                return ParseNamedType();
            case TokenKind.LeftBrace:
                return ParseTableType();
            case TokenKind.LeftParen or TokenKind.Less:
                return ParseFunctionType(allowPack);
            case TokenKind.InterpolatedWhole or TokenKind.InterpolatedBegin:
                Fail("Interpolated strings cannot be used as types.");
                ParseInterpolated();
                return new ErrorType { First = first, Last = LastToken };
            default:
                Fail($"Expected a type, got {Describe()}.");
                return new ErrorType { First = first, Last = first - 1 };
        }
    }

    private TypeNode ParseNamedType()
    {
        var first = at;
        var name = NameAt(at++);
        string? module = null;
        if (name == "typeof")
        {
            Expect(TokenKind.LeftParen, "'('");
            var expression = ParseExpression();
            Expect(TokenKind.RightParen, "')'");
            return new TypeofType { Expression = expression, First = first, Last = LastToken };
        }

        if (Accept(TokenKind.Dot))
        {
            module = name;
            name = ExpectName("a type's name");
        }

        var arguments = Kind == TokenKind.Less ? ParseTypeArguments() : [];
        if (Kind == TokenKind.Vararg)
        {
            Fail("Unexpected '...' after a type's name: a type pack is not allowed here.");
            at++;
        }

        return new NamedType { Module = module, Name = name, Arguments = arguments, First = first, Last = LastToken };
    }

    private List<TypeNode> ParseTypeArguments()
    {
        at++;
        var arguments = new List<TypeNode>();
        while (Kind is not (TokenKind.Greater or TokenKind.End) || arguments.Count > 0)
        {
            arguments.Add(ParseTypeOrPack());
            if (!Accept(TokenKind.Comma))
            {
                break;
            }
        }

        Expect(TokenKind.Greater, "'>'");
        return arguments;
    }

    // A type, or where several are allowed: ...T, T..., (A, B).
    private TypeNode ParseTypeOrPack()
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

        if (Kind != TokenKind.LeftParen)
        {
            return ParseType();
        }

        var outer = depth;
        TooDeep();
        var type = ParseSimpleType(allowPack: true);
        depth = outer;
        return type is TypePack ? type : ParseTypeSuffix(type, first);
    }

    private TypeNode ParseVariadicAnnotation()
    {
        var first = at;
        if (Kind == TokenKind.Name && KindAt(1) == TokenKind.Vararg)
        {
            at += 2;
            return new GenericPackType { Name = NameAt(first), First = first, Last = LastToken };
        }

        return ParseType();
    }

    private TypeNode ParseReturnType() => ParseTypeOrPack();
}
