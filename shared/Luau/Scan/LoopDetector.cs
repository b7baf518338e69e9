using ToolboxAI.Shared.Luau.Analysis;
using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Shared.Luau.Scan;

/// <summary>
/// Loops that never end and never give way. While a script doesn't give way nothing else runs: a loop whose round changes neither
/// what the script keeps nor the world decides the same for ever.
/// </summary>
public sealed class LoopDetector(SyntaxTree tree, List<Finding> findings) : FindingDetector(tree, findings)
{
    /// <inheritdoc/>
    public override void Looped(LoopRun loop)
    {
        if (loop.Node is not (WhileStatement or RepeatStatement) || loop.Yields)
        {
            return;
        }

        if (loop.IsEndless || !MayEnd(loop.Node) || IsStuck(loop))
        {
            var first = Tree.Tokens[loop.Node.First];
            Report(Rules.InfiniteYield, new LuauSpan(first.Start, first.End), "This loop never gives way, and nothing in it makes it end.");
        }
    }

    private static bool IsStuck(LoopRun loop) => !loop.Changes && !loop.Moves && !loop.Acts && !loop.Writes.Any(write => Condition(loop.Node, write));

    // Whether a condition that ends the loop asks about what is written in it.
    private static bool Condition(SyntaxNode loop, string write)
    {
        var member = write[(write.LastIndexOf('.') + 1)..];
        return Exits(loop).SelectMany(SyntaxWalk.Descendants).Any(node => node switch
        {
            MemberExpression asked => asked.Name == member,
            NameExpression { Symbol.Token: var token } => token >= loop.First,
            IndexExpression => true,
            _ => false,
        });
    }

    private static bool MayEnd(SyntaxNode loop) =>
        loop is WhileStatement { Condition: not (BooleanExpression { Value: true } or NumberExpression or StringExpression or TableExpression) }
            or RepeatStatement { Condition: not (BooleanExpression { Value: false } or NilExpression) }
        || Leaves(Body(loop), isOwn: true);

    private static Block Body(SyntaxNode loop) => loop is WhileStatement { Body: var body } ? body : ((RepeatStatement)loop).Body;

    // The conditions that decide whether the loop goes on: its own, and those around a break or return.
    private static IEnumerable<Expression> Exits(SyntaxNode loop) =>
    [
        loop is WhileStatement { Condition: var before } ? before : ((RepeatStatement)loop).Condition,
        .. SyntaxWalk.Descendants(Body(loop)).OfType<IfStatement>().SelectMany(choice => choice.Branches).Where(branch => Leaves(branch.Body, isOwn: true)).Select(branch => branch.Condition),
    ];

    // A break of an inner loop doesn't leave this one; a return does, and so does an error.
    private static bool Leaves(SyntaxNode node, bool isOwn) => SyntaxWalk.Children(node).Any(child => child switch
    {
        BreakStatement => isOwn,
        ReturnStatement => true,
        CallExpression { Function: NameExpression { Name: "error" or "assert" } } => true,
        FunctionBody => false,
        WhileStatement or RepeatStatement or NumericForStatement or GenericForStatement => Leaves(child, isOwn: false),
        _ => Leaves(child, isOwn),
    });
}
