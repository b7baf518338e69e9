using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Shared.Luau.Analysis;

/// <summary>
/// What a condition checks. A value that a client sent counts as checked on the ways after a condition that asks about it:
/// its type, its equality, its bounds, or its place in a table of what is allowed. That it is merely present is no check.
/// </summary>
internal static class Validation
{
    /// <summary>The variables that a condition asks about.</summary>
    public static IReadOnlyList<Symbol> CheckedBy(Expression? condition)
    {
        var found = new List<Symbol>();
        if (condition is not null)
        {
            Collect(condition, found);
        }

        return found;
    }

    /// <summary>A value once it was checked.</summary>
    public static Value Checked(Value value)
    {
        if ((value.Taint & Taint.Client) == Taint.None)
        {
            return value;
        }

        var taint = value.Taint & ~Taint.Client;
        return value switch
        {
            ConstantValue constant => new ConstantValue(constant.Content) { Taint = taint, Trace = value.Trace },
            EngineValue engine => new EngineValue(engine.Path) { Taint = taint, Trace = value.Trace },
            _ => new UnknownValue { Taint = taint, Trace = value.Trace },
        };
    }

    private static void Collect(Expression condition, List<Symbol> found)
    {
        switch (condition)
        {
            case ParenthesizedExpression inner:
                Collect(inner.Inner, found);
                break;
            case UnaryExpression { Operator: UnaryOperator.Not } not:
                Collect(not.Operand, found);
                break;
            case BinaryExpression { Operator: BinaryOperator.And or BinaryOperator.Or } logical:
                Collect(logical.Left, found);
                Collect(logical.Right, found);
                break;
            case BinaryExpression comparison when !IsNilTest(comparison):
                Names(comparison.Left, found);
                Names(comparison.Right, found);
                break;
            case IndexExpression index:
                Names(index.Key, found);
                break;
            case CallExpression call:
                foreach (var argument in call.Arguments)
                {
                    Names(argument, found);
                }

                break;
            case MethodCallExpression call:
                Names(call.Object, found);
                foreach (var argument in call.Arguments)
                {
                    Names(argument, found);
                }

                break;
        }
    }

    // "x ~= nil" says that something was sent, not that it is harmless.
    private static bool IsNilTest(BinaryExpression comparison) =>
        comparison.Operator is BinaryOperator.Equal or BinaryOperator.NotEqual && (comparison.Left is NilExpression || comparison.Right is NilExpression);

    private static void Names(Expression expression, List<Symbol> found)
    {
        switch (expression)
        {
            case NameExpression { Symbol: { } symbol }:
                found.Add(symbol);
                break;
            case MemberExpression member:
                Names(member.Object, found);
                break;
            case IndexExpression index:
                Names(index.Object, found);
                Names(index.Key, found);
                break;
            case CallExpression call:
                foreach (var argument in call.Arguments)
                {
                    Names(argument, found);
                }

                break;
            case MethodCallExpression call:
                Names(call.Object, found);
                break;
            case UnaryExpression unary:
                Names(unary.Operand, found);
                break;
            case BinaryExpression binary:
                Names(binary.Left, found);
                Names(binary.Right, found);
                break;
            case ParenthesizedExpression inner:
                Names(inner.Inner, found);
                break;
        }
    }
}
