using ToolboxAI.Shared.Luau.Analysis;
using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Shared.Luau.Scan;

/// <summary>Variables that a loop only reads anew, so that they stay as they are until somebody else may run.</summary>
internal static class StillVariables
{
    // How far variables are followed to what they are made from.
    private const int MostSources = 4;

    /// <summary>Whether all that a round puts into a variable is read anew: while nobody else runs, it reads the same.</summary>
    public static bool IsOnlyRead(Symbol symbol, LoopRun loop, Block body) =>
        IsOnlyRead(target => target is NameExpression name && name.Symbol == symbol, loop, body);

    /// <summary>Whether all that a round puts into the fields of a name is read anew, and no other field changes.</summary>
    public static bool IsOnlyRead(string field, LoopRun loop, Block body) =>
        loop.ChangedKeys.Count == 1 && IsOnlyRead(target => target is MemberExpression member && member.Name == field, loop, body);

    private static bool IsOnlyRead(Func<Expression, bool> isChanged, LoopRun loop, Block body)
    {
        var isFound = false;
        foreach (var node in SyntaxWalk.Descendants(body))
        {
            switch (node)
            {
                case CompoundAssignStatement { Target: var target } when isChanged(target):
                case FunctionBody:
                    return false;
                case AssignStatement assign when assign.Targets.Any(isChanged):
                    isFound = true;
                    if (!assign.Values.All(value => IsStill(value, isChanged, loop, body, MostSources)))
                    {
                        return false;
                    }

                    break;
            }
        }

        return isFound;
    }

    // Whether an expression reads what no round changes, also through the variables that a round makes.
    private static bool IsStill(Expression value, Func<Expression, bool> isChanged, LoopRun loop, Block body, int left)
    {
        return left > 0 && SyntaxWalk.Descendants(value).All(part => IsRead(part) && !(part is Expression read && isChanged(read)) && (part is not NameExpression { Symbol: { } used } || IsStillVariable(used)));

        bool IsStillVariable(Symbol used)
        {
            if (used.Token < loop.Node.First)
            {
                return !loop.Changes.Contains(used);
            }

            return used.Assignments == 0 && Made(used, body) is { Length: > 0 } sources && sources.All(source => IsStill(source, isChanged, loop, body, left - 1));
        }
    }

    // What a variable of a loop's body is made from: its value, or what an inner loop goes over.
    private static Expression[] Made(Symbol symbol, Block body)
    {
        foreach (var node in SyntaxWalk.Descendants(body))
        {
            switch (node)
            {
                case LocalStatement local when local.Names.Any(name => name.Symbol == symbol):
                    return [.. local.Values];
                case GenericForStatement inner when inner.Variables.Any(name => name.Symbol == symbol):
                    return [.. inner.Iterators];
            }
        }

        return [];
    }

    // What asks the engine, and nothing that moves by itself.
    private static bool IsRead(SyntaxNode node) => node switch
    {
        MethodCallExpression { Name: var name } => name.StartsWith("Get", StringComparison.Ordinal) && !name.EndsWith("Async", StringComparison.Ordinal) && name is not ("GetServerTimeNow" or "GetMouse") || name.StartsWith("FindFirst", StringComparison.Ordinal),
        UnaryExpression { Operator: UnaryOperator.Length, Operand: not MethodCallExpression } => false,
        UnaryExpression or BinaryExpression or NameExpression or MemberExpression or StringExpression or NumberExpression or BooleanExpression or NilExpression or ParenthesizedExpression => true,
        _ => false,
    };
}
