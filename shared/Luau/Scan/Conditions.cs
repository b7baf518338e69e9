using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Shared.Luau.Scan;

/// <summary>What must hold, within its function, for a place of a script to be reached.</summary>
internal static class Conditions
{
    /// <summary>The conditions of the branches around a place, and of the ways out before it.</summary>
    public static IEnumerable<Expression> Of(SyntaxNode root, SyntaxNode place)
    {
        var found = new List<Expression>();
        for (var at = root; at is not null && !ReferenceEquals(at, place);)
        {
            switch (at)
            {
                case FunctionBody:
                    found.Clear();
                    break;
                case IfStatement choice:
                    found.AddRange(choice.Branches.Where(branch => branch.Condition.First < place.First).Select(branch => branch.Condition));
                    break;
                case Block block:
                    found.AddRange(block.Statements.TakeWhile(statement => statement.Last < place.First).OfType<IfStatement>().Where(Leaves).SelectMany(choice => choice.Branches).Select(branch => branch.Condition));
                    break;
            }

            at = SyntaxWalk.Children(at).FirstOrDefault(child => child.First <= place.First && child.Last >= place.Last);
        }

        return found;
    }

    /// <summary>Whether a condition compares something with what stands in the script, as one does with a password.</summary>
    public static bool IsPassword(Expression condition) => SyntaxWalk.Descendants(condition).Any(node => node is BinaryExpression { Operator: BinaryOperator.Equal or BinaryOperator.NotEqual } comparison
        && (IsPassword(comparison.Left, comparison.Right) || IsPassword(comparison.Right, comparison.Left)));

    private static bool IsPassword(Expression literal, Expression asked) => literal is StringExpression or NumberExpression && asked is NameExpression or CallExpression;

    private static bool Leaves(IfStatement choice) => choice.Branches.Any(branch => branch.Body.Statements is [.., ReturnStatement or ContinueStatement or BreakStatement]);
}
