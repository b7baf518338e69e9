using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Shared.Luau.Scan;

/// <summary>Waiting for ever: loops that never give way, and waits without an end. Looks at the tree alone.</summary>
public static class LoopDetector
{
    /// <summary>The findings in a script.</summary>
    public static IEnumerable<Finding> Find(SyntaxTree tree)
    {
        foreach (var node in SyntaxWalk.Descendants(tree.Root))
        {
            var message = node switch
            {
                WhileStatement { Condition: BooleanExpression { Value: true } or NumberExpression or StringExpression } loop when IsBusy(loop.Body) => "This loop never gives way and never ends.",
                RepeatStatement { Condition: BooleanExpression { Value: false } or NilExpression } loop when IsBusy(loop.Body) => "This loop never gives way and never ends.",
                RepeatStatement { Body.Statements.Count: 0, Condition: MemberExpression or UnaryExpression or NameExpression or BinaryExpression } loop when !Yields.In(loop.Condition) => "This loop waits without giving way, so what it waits for can't happen.",
                _ => null,
            };
            if (message is not null)
            {
                var span = new LuauSpan(tree.Tokens[node.First].Start, tree.Tokens[node.First].End);
                yield return new(Rules.InfiniteYield, span, message, [new(span, message)]);
            }
        }
    }

    private static bool IsBusy(Block body) => !SyntaxWalk.Descendants(body).Any(node => node is BreakStatement or ReturnStatement || IsCallThatMayYield(node));

    private static bool IsCallThatMayYield(SyntaxNode node) => node switch
    {
        CallExpression { Function: NameExpression { Name: "wait" or "error" } } => true,
        CallExpression { Function: NameExpression { Symbol: not null } } => true,
        CallExpression { Function: MemberExpression { Name: "wait" or "yield" or "delay" } } => true,
        MethodCallExpression call => call.Name is "Wait" or "wait" || call.Name.EndsWith("Async", StringComparison.Ordinal) || call.Name == "InvokeServer" || call.Name == "WaitForChild",
        _ => false,
    };
}
