namespace ToolboxAI.Shared.Luau.Syntax;

internal sealed partial class Resolver
{
    private RepeatStatement? untilOf;
    private int jumpedFrom;

    private void VisitAll(SyntaxList<Expression> expressions)
    {
        foreach (var expression in expressions)
        {
            Visit(expression);
        }
    }

    private void VisitOptional(Expression? expression)
    {
        if (expression is not null)
        {
            Visit(expression);
        }
    }

    private void VisitOptional(TypeNode? type)
    {
        if (type is not null)
        {
            Visit(type);
        }
    }

    private void VisitTarget(Expression target, bool isFunction)
    {
        if (target is not NameExpression name)
        {
            Visit(target);
            return;
        }

        if (visible.Find(name.Name) is not { } symbol)
        {
            return;
        }

        name.Symbol = symbol;
        symbol.Assignments++;
        if (symbol.IsConst && !isFunction)
        {
            fail(name.First, $"'{name.Name}' is const: it cannot be assigned again.");
        }
    }

    private void Visit(Expression expression)
    {
        switch (expression.Kind)
        {
            case NodeKind.NameExpression:
                Use((NameExpression)expression);
                break;
            case NodeKind.MemberExpression:
                Visit(((MemberExpression)expression).Object);
                break;
            case NodeKind.IndexExpression:
                var index = (IndexExpression)expression;
                Visit(index.Object);
                Visit(index.Key);
                break;
            case NodeKind.CallExpression:
                var call = (CallExpression)expression;
                Visit(call.Function);
                VisitAll(call.Arguments);
                break;
            case NodeKind.MethodCallExpression:
                var method = (MethodCallExpression)expression;
                Visit(method.Object);
                VisitAll(method.Arguments);
                break;
            case NodeKind.FunctionExpression:
                Visit(((FunctionExpression)expression).Function, self: null);
                break;
            case NodeKind.BinaryExpression:
                var binary = (BinaryExpression)expression;
                Visit(binary.Left);
                Visit(binary.Right);
                break;
            case NodeKind.UnaryExpression:
                Visit(((UnaryExpression)expression).Operand);
                break;
            case NodeKind.StringExpression or NodeKind.NumberExpression or NodeKind.BooleanExpression or NodeKind.NilExpression:
                break;
            default:
                VisitCompound(expression);
                break;
        }
    }

    private void VisitCompound(Expression expression)
    {
        switch (expression)
        {
            case TableExpression table:
                foreach (var field in table.Fields)
                {
                    VisitOptional(field.Key);
                    Visit(field.Value);
                }

                break;
            case ParenthesizedExpression inner:
                Visit(inner.Inner);
                break;
            case IfExpression choice:
                Visit(choice.Condition);
                Visit(choice.Then);
                Visit(choice.Else);
                break;
            case InterpolatedStringExpression text:
                VisitAll(text.Holes);
                break;
            case TypeAssertionExpression assertion:
                Visit(assertion.Value);
                Visit(assertion.Type);
                break;
            case InstantiateExpression instantiation:
                Visit(instantiation.Function);
                break;
        }
    }

    private void Use(NameExpression name)
    {
        if (visible.Find(name.Name) is not { } symbol)
        {
            return;
        }

        name.Symbol = symbol;
        symbol.Uses++;
        if (untilOf is { } loop && symbol.Token > jumpedFrom && symbol.Token <= loop.Body.Last && symbol.Token >= loop.Body.First)
        {
            fail(name.First, $"'{name.Name}' is undefined here when the continue statement before its declaration is taken.");
        }
    }

    // Types run nothing, but typeof(...) names what it looks at.
    private void Visit(TypeNode type)
    {
        switch (type)
        {
            case TypeofType typeof_:
                Visit(typeof_.Expression);
                break;
            case UnionType union:
                VisitTypes(union.Members);
                break;
            case IntersectionType intersection:
                VisitTypes(intersection.Members);
                break;
            case TypePack pack:
                VisitTypes(pack.Members);
                break;
            case NamedType named:
                VisitTypes(named.Arguments);
                break;
            case TableType table:
                foreach (var field in table.Fields)
                {
                    VisitOptional(field.Key);
                    Visit(field.Value);
                }

                break;
        }
    }

    private void VisitTypes(SyntaxList<TypeNode> types)
    {
        foreach (var type in types)
        {
            Visit(type);
        }
    }

    private Symbol? Visit(FunctionBody function, string? self)
    {
        var mark = visible.Count;
        var outerContinue = firstContinue;
        firstContinue = null;
        functionDepth++;
        var outerIndex = nextIndex;
        nextIndex = 0;
        var symbol = self is null ? null : Declare(self, function.First);
        DeclareAll(function.Parameters);
        Statements(function.Body);
        function.Locals = nextIndex;
        nextIndex = outerIndex;
        functionDepth--;
        firstContinue = outerContinue;
        visible.Shrink(mark);
        return symbol;
    }
}
