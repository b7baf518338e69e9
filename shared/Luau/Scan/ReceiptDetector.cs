using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Shared.Luau.Scan;

/// <summary>How a ProcessReceipt callback confirms a purchase. Looks at the tree alone.</summary>
public static class ReceiptDetector
{
    /// <summary>The findings in a script.</summary>
    public static IEnumerable<Finding> Find(SyntaxTree tree)
    {
        var functions = SyntaxWalk.Descendants(tree.Root).ToList();
        foreach (var assign in functions.OfType<AssignStatement>().Where(assign => assign.Targets.Any(target => target is MemberExpression { Name: "ProcessReceipt" })))
        {
            foreach (var function in assign.Values.Select(value => FunctionOf(value, functions)).OfType<FunctionBody>())
            {
                foreach (var finding in Check(tree, function))
                {
                    yield return finding;
                }
            }
        }
    }

    private static FunctionBody? FunctionOf(Expression value, List<SyntaxNode> nodes) => value switch
    {
        FunctionExpression function => function.Function,
        NameExpression { Symbol: { } symbol } => nodes.OfType<LocalFunctionStatement>().FirstOrDefault(local => local.Name.Symbol == symbol)?.Function,
        NameExpression name => nodes.OfType<FunctionStatement>().FirstOrDefault(global => global.Target is NameExpression { Symbol: null } target && target.Name == name.Name)?.Function,
        _ => null,
    };

    private static IEnumerable<Finding> Check(SyntaxTree tree, FunctionBody function)
    {
        var nodes = SyntaxWalk.Descendants(function).ToList();
        var granted = nodes.OfType<ReturnStatement>().Where(result => result.Values.Any(IsGranted)).ToList();
        if (granted.Count == 0)
        {
            yield break;
        }

        var span = tree.SpanOf(granted[0]);
        var usesId = nodes.Any(node => node is MemberExpression { Name: "PurchaseId" });
        if (!usesId)
        {
            yield return new(Rules.UnsafeReceipt, span, "The purchase is confirmed without its PurchaseId being remembered, so it can be granted twice.", [new(span, "PurchaseGranted is answered here")]);
        }
        else if (!nodes.OfType<ReturnStatement>().Any(result => result.Values.Any(IsNotYet)))
        {
            yield return new(Rules.UnsafeReceipt, span, "The purchase is always confirmed, even when granting it failed.", [new(span, "PurchaseGranted is answered here")]);
        }
    }

    private static bool IsGranted(Expression value) => SyntaxWalk.Descendants(value).Any(node => node is MemberExpression { Name: "PurchaseGranted" });

    private static bool IsNotYet(Expression value) => SyntaxWalk.Descendants(value).Any(node => node is MemberExpression { Name: "NotProcessedYet" });
}
