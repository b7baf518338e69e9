using ToolboxAI.Shared.Luau.Analysis;
using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Shared.Luau.Scan;

/// <summary>How data stores are used.</summary>
public sealed class DataStoreDetector(SyntaxTree tree, List<Finding> findings) : FindingDetector(tree, findings)
{
    private readonly Dictionary<int, int> readAt = [];

    /// <inheritdoc/>
    public override void Called(EngineCall call)
    {
        if (call.Receiver?.Path != "DataStore" || !call.Name.EndsWith("Async", StringComparison.Ordinal))
        {
            return;
        }

        if (!call.IsProtected)
        {
            Report(Rules.DataStoreUnprotected, call.Node, $"{call.Name} throws when the service fails, and nothing catches it.");
        }

        var function = FunctionAround(call.Node.First);
        if (call.Name == "GetAsync")
        {
            readAt.TryAdd(function, call.Node.First);
        }
        else if (call.Name == "SetAsync" && readAt.TryGetValue(function, out var read) && read < call.Node.First)
        {
            Report(Rules.DataStoreLostUpdate, call.Node, "Between the read above and this write another server may have written.");
        }

        if (LoopWithoutPause(call.Node.First))
        {
            Report(Rules.DataStoreInLoop, call.Node, $"{call.Name} runs once a round, without a pause.");
        }
    }

    private int FunctionAround(int token) => Tree.Root.Statements.Count == 0
        ? 0
        : SyntaxWalk.Descendants(Tree.Root).OfType<FunctionBody>().Where(body => body.First <= token && body.Last >= token).Select(body => body.First + 1).DefaultIfEmpty(0).Max();

    private bool LoopWithoutPause(int token)
    {
        var loop = SyntaxWalk.Descendants(Tree.Root)
            .Where(node => node is WhileStatement or RepeatStatement or NumericForStatement or GenericForStatement && node.First <= token && node.Last >= token)
            .MaxBy(node => node.First);
        return loop is not null && FunctionAround(token) <= loop.First + 1 && !Yields.In(loop);
    }
}

/// <summary>Whether code gives way to others.</summary>
internal static class Yields
{
    public static bool In(SyntaxNode node) => SyntaxWalk.Descendants(node).Any(IsYield);

    // Anything that is named like a wait, an asynchronous call or an event's Wait gives way; so does a call of another function that may.
    private static bool IsYield(SyntaxNode node) => node switch
    {
        CallExpression { Function: NameExpression { Name: "wait" or "delay" } } => true,
        CallExpression { Function: MemberExpression { Name: "wait" or "delay" or "yield" } } => true,
        MethodCallExpression { Name: "Wait" or "wait" } => true,
        _ => false,
    };
}
