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
                return new ConstantValue(text.Value) { Taint = IsEscaped(text) ? Taint.Assembled : Taint.None };
            case NameExpression name:
                return name.Symbol is { } symbol ? frame[symbol] : Global(name);
            case MemberExpression member:
                return Index(Evaluate(member.Object), new ConstantValue(member.Name), member);
            case IndexExpression index:
                return Index(Evaluate(index.Object), Evaluate(index.Key), index);
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
                return EvaluateIf(choice);
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

    private Value EvaluateIf(IfExpression choice)
    {
        var condition = Evaluate(choice.Condition);
        if (Truth(condition) is { } known)
        {
            return Evaluate(known ? choice.Then : choice.Else);
        }

        Value then = ConstantValue.Nil, otherwise = ConstantValue.Nil;
        Fork([
            () => Under(condition, choice.Condition, holds: true, () =>
            {
                then = Evaluate(choice.Then);
                return Flow.Next;
            }),
            () => Under(condition, choice.Condition, holds: false, () =>
            {
                otherwise = Evaluate(choice.Else);
                return Flow.Next;
            }),
        ]);
        return Join.Of(then, otherwise).With(condition.Taint & Taints.Guards, condition.Trace);
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
            () => Under(left, logical.Left, isAnd, () =>
            {
                right = Evaluate(logical.Right);
                return Flow.Next;
            }),
            () => Flow.Next,
        ]);
        return Join.Of(left, right);
    }

    // Goes a way on which a condition holds, or doesn't: what it checked is checked there, and what it guards is guarded.
    private Flow Under(Value value, Expression condition, bool holds, Func<Flow> way)
    {
        var before = guard;
        Check(condition, holds);
        guard = Guarding(value, condition, holds) ?? guard;
        var flow = way();
        guard = before;
        return flow;
    }

    private Value? Guarding(Value value, Expression condition, bool holds) =>
        (value.Taint & (holds ? Taint.Named | Taint.Phrase : Taint.NotNamed)) == Taint.None
            ? null
            : new UnknownValue { Taint = value.Taint, Trace = Step(condition, "only who is named in the script, or knows a word of it, passes here", value.Trace) with { Owner = value.Trace?.Owner } };

    private void Check(Expression? condition, bool holds)
    {
        if (condition is null)
        {
            return;
        }

        foreach (var check in Validation.Of(condition, holds, symbol => checks.GetValueOrDefault(symbol)))
        {
            if (frame.Owner(check.Symbol) is { } owner)
            {
                var value = owner[check.Symbol];
                if (Validation.Checked(value, check.Proof) is var made && !ReferenceEquals(made, value))
                {
                    Write(new(owner, check.Symbol), made);
                }
            }
        }
    }

    // Letters that are written as numbers are there so that the word can't be read.
    private bool IsEscaped(StringExpression text)
    {
        var literal = unit.Tree.TextOf(text.First);
        for (var i = 0; literal.Length > text.Value.Length + 2 && i + 1 < literal.Length; i++)
        {
            if (literal[i] == '\\')
            {
                if (char.IsAsciiDigit(literal[i + 1]) || literal[i + 1] is 'x' or 'u')
                {
                    return true;
                }

                i++;
            }
        }

        return false;
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
        var function = new FunctionValue(body, self, frame, unit);
        if (!isReplay && unit == home && !calls.ContainsKey(body))
        {
            unmet.Enqueue(function);
        }

        return function;
    }

    private Value Global(NameExpression name) =>
        globals.Get(name.Name) ?? Read(new EngineValue(EnginePaths.OfGlobal(name.Name)), null, name);

    private static Value First(IReadOnlyList<Value> values) => values.Count > 0 ? values[0] : ConstantValue.Nil;
}
