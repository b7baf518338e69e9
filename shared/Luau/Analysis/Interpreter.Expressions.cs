using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Shared.Luau.Analysis;

public sealed partial class Interpreter
{
    private List<Value> EvaluateAll(IReadOnlyList<Expression> expressions, int wanted)
    {
        var values = new List<Value>(expressions.Count);
        for (var i = 0; i < expressions.Count; i++)
        {
            // Only the last expression gives all its results.
            if (i == expressions.Count - 1 && values.Count < wanted)
            {
                values.AddRange(EvaluateMany(expressions[i]));
            }
            else
            {
                values.Add(Evaluate(expressions[i]));
            }
        }

        return values;
    }

    private IReadOnlyList<Value> EvaluateMany(Expression expression)
    {
        switch (expression)
        {
            case CallExpression call:
                return Call(call);
            case MethodCallExpression call:
                return CallMethod(call);
            case VarargExpression:
                return frame.Varargs;
            default:
                return [Evaluate(expression)];
        }
    }

    private Value Evaluate(Expression expression)
    {
        steps--;
        switch (expression)
        {
            case NilExpression:
                return ConstantValue.Nil;
            case BooleanExpression boolean:
                return ConstantValue.Of(boolean.Value);
            case NumberExpression number:
                return new ConstantValue(number.Value);
            case StringExpression text:
                return new ConstantValue(text.Value);
            case NameExpression name:
                return name.Symbol is { } symbol ? frame[symbol] : Global(name);
            case MemberExpression member:
                return Index(Evaluate(member.Object), new ConstantValue(member.Name), member, isHidden: false);
            case IndexExpression index:
                return Index(Evaluate(index.Object), Evaluate(index.Key), index, isHidden: index.Key is not StringExpression);
            case CallExpression or MethodCallExpression or VarargExpression:
                return EvaluateMany(expression) is [var first, ..] ? first : ConstantValue.Nil;
            case FunctionExpression function:
                return Close(function.Function, null);
            case TableExpression table:
                return EvaluateTable(table);
            case ParenthesizedExpression inner:
                return Evaluate(inner.Inner);
            case TypeAssertionExpression assertion:
                return Evaluate(assertion.Value);
            case InstantiateExpression instantiation:
                return Evaluate(instantiation.Function);
            default:
                return EvaluateOperator(expression);
        }
    }

    private Value EvaluateOperator(Expression expression)
    {
        switch (expression)
        {
            case UnaryExpression unary:
                return Operators.Unary(unary.Operator, Evaluate(unary.Operand));
            case BinaryExpression { Operator: BinaryOperator.And or BinaryOperator.Or } logical:
                return EvaluateLogical(logical);
            case BinaryExpression binary:
                return Operators.Binary(binary.Operator, Evaluate(binary.Left), Evaluate(binary.Right));
            case IfExpression choice:
                return Truth(Evaluate(choice.Condition)) switch
                {
                    true => Evaluate(choice.Then),
                    false => Evaluate(choice.Else),
                    null => Join.Of(Evaluate(choice.Then), Evaluate(choice.Else)),
                };
            case InterpolatedStringExpression text:
                Value result = new ConstantValue(text.Texts[0]);
                for (var i = 0; i < text.Holes.Count; i++)
                {
                    result = Operators.Concat(result, Operators.ToText(Evaluate(text.Holes[i])));
                    result = Operators.Concat(result, new ConstantValue(i + 1 < text.Texts.Count ? text.Texts[i + 1] : ""));
                }

                return result;
            default:
                return UnknownValue.Plain;
        }
    }

    private Value EvaluateLogical(BinaryExpression logical)
    {
        var left = Evaluate(logical.Left);
        var isAnd = logical.Operator == BinaryOperator.And;
        if (Truth(left) is { } known)
        {
            return known == isAnd ? Evaluate(logical.Right) : left;
        }

        // The right operand runs on one of the two ways only.
        Value right = ConstantValue.Nil;
        Fork([
            () =>
            {
                right = Evaluate(logical.Right);
                return Flow.Next;
            },
            () => Flow.Next,
        ]);
        return Join.Of(left, right);
    }

    private TableValue EvaluateTable(TableExpression expression)
    {
        var table = new TableValue();
        var next = 1.0;
        for (var i = 0; i < expression.Fields.Count; i++)
        {
            var (key, value) = expression.Fields[i];
            if (key is not null)
            {
                Put(table, Evaluate(key), Evaluate(value));
            }
            else if (i == expression.Fields.Count - 1)
            {
                foreach (var entry in EvaluateMany(value))
                {
                    table.Set(next++, entry);
                }
            }
            else
            {
                table.Set(next++, Evaluate(value));
            }
        }

        return table;
    }

    private FunctionValue Close(FunctionBody body, Symbol? self)
    {
        var function = new FunctionValue(body, self, frame);
        if (!calls.ContainsKey(body))
        {
            unmet.Enqueue(function);
        }

        return function;
    }

    private Value Global(NameExpression name)
    {
        if (globals.TryGetValue(name.Name, out var known))
        {
            return known;
        }

        var value = new EngineValue(EnginePaths.OfGlobal(name.Name));
        NotifyRead(value, name, isHidden: false);
        return value;
    }

    private static Value First(IReadOnlyList<Value> values) => values.Count > 0 ? values[0] : ConstantValue.Nil;
}
