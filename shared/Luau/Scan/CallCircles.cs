using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Shared.Luau.Scan;

/// <summary>Functions that call themselves, or each other, before anything decides or waits.</summary>
internal sealed class CallCircles
{
    private const int MostSteps = 32;

    private readonly Dictionary<object, FunctionBody> functions = [];

    /// <summary>The functions of a script, by their names.</summary>
    public CallCircles(SyntaxTree tree)
    {
        foreach (var node in SyntaxWalk.Descendants(tree.Root))
        {
            switch (node)
            {
                case LocalFunctionStatement { Name.Symbol: { } symbol } local:
                    functions.TryAdd(symbol, local.Function);
                    break;
                case FunctionStatement { Target: var target } named when NameOf(target) is { } name:
                    functions.TryAdd(name, named.Function);
                    break;
                case LocalStatement { Names: [{ Symbol: { } symbol }], Values: [FunctionExpression value] }:
                    functions.TryAdd(symbol, value.Function);
                    break;
                case AssignStatement { Targets: [var target], Values: [FunctionExpression value] } when NameOf(target) is { } name:
                    functions.TryAdd(name, value.Function);
                    break;
            }
        }
    }

    /// <summary>The call by which a function always comes back to itself; nothing when it doesn't.</summary>
    public Expression? CallOf(FunctionBody start)
    {
        Expression? first = null;
        var at = start;
        for (var steps = 0; steps < MostSteps; steps++)
        {
            if (FirstCall(at) is not var (call, next))
            {
                return null;
            }

            first ??= call;
            if (next == start)
            {
                return first;
            }

            at = next;
        }

        return null;
    }

    // The call of a known function that a function makes on every way.
    private (Expression Call, FunctionBody Next)? FirstCall(FunctionBody function)
    {
        foreach (var statement in function.Body.Statements)
        {
            var call = statement switch { CallStatement { Call: var called } => called, ReturnStatement { Values: [var called] } => called, LocalStatement { Values: [var called] } => called, _ => null };
            if (call is not null && Called(call) is { } name && functions.TryGetValue(name, out var next))
            {
                return (call, next);
            }

            if (SyntaxWalk.Descendants(statement).Any(Decides))
            {
                return null;
            }
        }

        return null;
    }

    private static object? Called(Expression call) => call switch
    {
        CallExpression { Function: var function } => NameOf(function),
        MethodCallExpression { Object: NameExpression holder, Name: var name } => (NameOf(holder), name),
        _ => null,
    };

    private static object? NameOf(Expression expression) => expression switch
    {
        NameExpression { Symbol: { } symbol } => symbol,
        NameExpression { Name: var name } => name,
        MemberExpression { Object: NameExpression holder, Name: var name } => (NameOf(holder), name),
        _ => null,
    };

    private static bool Decides(SyntaxNode node) => node is IfStatement or IfExpression or WhileStatement or RepeatStatement or ReturnStatement
        or BinaryExpression { Operator: BinaryOperator.And or BinaryOperator.Or } or CallExpression { Function: NameExpression { Name: "wait" or "error" or "assert" } or MemberExpression { Name: "wait" or "yield" } } or MethodCallExpression { Name: "Wait" or "WaitForChild" };
}
