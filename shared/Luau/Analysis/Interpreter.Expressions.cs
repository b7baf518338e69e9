using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Shared.Luau.Analysis;

public sealed partial class Interpreter
{
    private Value[] EvaluateAll(SyntaxList<Expression> expressions, int wanted)
    {
        var count = expressions.Count;
        if (count == 0)
        {
            return [];
        }

        // Only the last expression gives all its results.
        var last = expressions[count - 1];
        if (wanted < count || !GivesSeveral(last))
        {
            // Through a span, which knows the array's type: an array asks at each store what it may hold.
            var values = new Value[count];
            Span<Value> places = values;
            for (var i = 0; i < count; i++)
            {
                places[i] = Evaluate(expressions[i]);
            }

            return values;
        }

        if (count == 1)
        {
            return EvaluateMany(last).ToArray();
        }

        var before = new Value[count - 1];
        for (var i = 0; i < before.Length; i++)
        {
            before[i] = Evaluate(expressions[i]);
        }

        return [.. before, .. EvaluateMany(last).ToArray()];
    }

    private Results EvaluateMany(Expression expression) => expression.Kind switch
    {
        NodeKind.CallExpression => Call((CallExpression)expression),
        NodeKind.MethodCallExpression => CallMethod((MethodCallExpression)expression),
        NodeKind.VarargExpression => frame.Varargs,
        _ => Evaluate(expression),
    };

    private Value Evaluate(Expression expression)
    {
        steps--;
        switch (expression.Kind)
        {
            case NodeKind.NilExpression:
                return ConstantValue.Nil;
            case NodeKind.BooleanExpression:
                return ConstantValue.Of(((BooleanExpression)expression).Value);
            case NodeKind.NumberExpression:
                var number = (NumberExpression)expression;
                return constants[number.Literal] ?? Remember(number.Literal, ConstantValue.Of(number.Value), 1);
            case NodeKind.StringExpression:
                var text = (StringExpression)expression;
                return constants[text.Literal] ?? Remember(text.Literal, new(text.Value) { Taint = IsEscaped(text) ? Taint.Assembled : Taint.None }, text.Value.Length);
            case NodeKind.NameExpression:
                var name = (NameExpression)expression;
                return name.Symbol is { } symbol ? frame[symbol] : Global(name);
            case NodeKind.MemberExpression:
                var member = (MemberExpression)expression;
                return IndexName(Evaluate(member.Object), member.Name, member);
            case NodeKind.IndexExpression:
                var index = (IndexExpression)expression;
                return Index(Evaluate(index.Object), Evaluate(index.Key), index);
            case NodeKind.CallExpression or NodeKind.MethodCallExpression or NodeKind.VarargExpression:
                return EvaluateMany(expression).First;
            case NodeKind.FunctionExpression:
                return Close(((FunctionExpression)expression).Function, null);
            case NodeKind.TableExpression:
                return EvaluateTable((TableExpression)expression);
            case NodeKind.ParenthesizedExpression:
                return Evaluate(((ParenthesizedExpression)expression).Inner);
            case NodeKind.TypeAssertionExpression:
                return Evaluate(((TypeAssertionExpression)expression).Value);
            case NodeKind.InstantiateExpression:
                return Evaluate(((InstantiateExpression)expression).Function);
            default:
                return EvaluateOperator(expression);
        }
    }

    private Value EvaluateOperator(Expression expression)
    {
        switch (expression)
        {
            case BinaryExpression { Operator: BinaryOperator.And or BinaryOperator.Or } logical:
                return EvaluateLogical(logical);
            case BinaryExpression binary:
                var (left, right) = (Evaluate(binary.Left), Evaluate(binary.Right));
                return Metamethod(binary.Operator, left, right) is { } method ? Invoke(method, [left, right], binary).First : Operators.Binary(binary.Operator, left, right);
            case UnaryExpression unary:
                return Operators.Unary(unary.Operator, Evaluate(unary.Operand));
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

    // The function that an object has for an operator.
    private static FunctionValue? Metamethod(BinaryOperator op, Value left, Value right)
    {
        var metatable = ((left as TableValue)?.Metatable ?? (right as TableValue)?.Metatable) as TableValue;
        var name = metatable is null ? null : op switch
        {
            BinaryOperator.Concat => "__concat",
            BinaryOperator.Add => "__add",
            BinaryOperator.Subtract => "__sub",
            BinaryOperator.Multiply => "__mul",
            BinaryOperator.Divide => "__div",
            BinaryOperator.Modulo => "__mod",
            BinaryOperator.Power => "__pow",
            _ => null,
        };
        return name is null ? null : metatable!.Get(name) as FunctionValue;
    }

    private Value EvaluateIf(IfExpression choice)
    {
        var condition = Evaluate(choice.Condition);
        if (Truth(condition) is { } known)
        {
            return Evaluate(known ? choice.Then : choice.Else);
        }

        var before = guard;
        BeginWay(condition, choice.Condition, holds: true);
        var then = Evaluate(choice.Then);
        guard = before;
        var first = journal.Undo();
        BeginWay(condition, choice.Condition, holds: false);
        var otherwise = Evaluate(choice.Else);
        guard = before;
        JoinWays(first, true, journal.Undo(), true);
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
        var before = guard;
        BeginWay(left, logical.Left, isAnd);
        var right = Evaluate(logical.Right);
        guard = before;
        JoinWay(journal.Undo());
        return Join.Of(IsComparison(logical.Left) ? ConstantValue.Of(!isAnd).With(left.Taint & Taints.Guards, left.Trace) : Remaining(left, isAnd), isAnd ? right.With(left.Taint & (Taint.Named | Taint.NotNamed), left.Trace) : right);
    }

    private static bool IsComparison(Expression expression) => expression switch
    {
        ParenthesizedExpression inner => IsComparison(inner.Inner),
        UnaryExpression { Operator: UnaryOperator.Not } => true,
        BinaryExpression { Operator: BinaryOperator.Equal or BinaryOperator.NotEqual or BinaryOperator.Less or BinaryOperator.LessEqual or BinaryOperator.Greater or BinaryOperator.GreaterEqual } => true,
        _ => false,
    };

    // What is left of the left operand when it decides: an object was nil then.
    private static Value Remaining(Value left, bool isAnd) => left switch
    {
        EngineValue when isAnd => ConstantValue.Nil,
        ChoiceValue choice when isAnd => Array.TrueForAll(choice.Options, option => option is EngineValue or ConstantValue) ? ConstantValue.Nil.With(left.Taint & Taints.Guards, left.Trace) : left,
        ChoiceValue { Options: [ConstantValue { Content: null or false }, var other] } => other.With(left.Taint, left.Trace),
        ChoiceValue { Options: [var other, ConstantValue { Content: null or false }] } => other.With(left.Taint, left.Trace),
        _ => left,
    };

    private ConstantValue Remember(int literal, ConstantValue value, int data)
    {
        constants[literal] = value;
        var isBlob = value.Text is { Length: >= ShortestBlob } text && !text.Contains(' ');
        var grant = granted < MaxBudget ? (data * BudgetPerDatum) + (isBlob ? Math.Min(data * BudgetPerBlobByte, MaxBlobBudget) : 0) : 0;
        (steps, granted) = (steps + grant, granted + grant);
        return value;
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
        var table = new TableValue { Activity = activity, Birth = journal.Now };
        for (var i = 0; i < expression.Fields.Count; i++)
        {
            var (key, value) = expression.Fields[i];
            if (key is not null)
            {
                var (name, entry) = (Evaluate(key), Evaluate(value));
                Keep(entry);
                Fill(table, name, entry);
            }
            else if (i == expression.Fields.Count - 1)
            {
                foreach (var last in EvaluateMany(value).ToArray())
                {
                    Keep(last);
                    table.Add(last);
                }
            }
            else
            {
                var item = Evaluate(value);
                Keep(item);
                table.Add(item);
            }
        }

        return table;
    }

    private FunctionValue Close(FunctionBody body, Symbol? self)
    {
        var function = new FunctionValue(body, self, frame, unit);
        closed++;
        if (!isReplay && unit == home && !calls.ContainsKey(body))
        {
            unmet.Enqueue(function);
        }

        return function;
    }

    // A table that is being made is known to nobody yet.
    private static void Fill(TableValue table, Value key, Value value)
    {
        if (key is ConstantValue { Content: { } content })
        {
            table.Set(content, value);
        }
        else
        {
            PutSomewhere(table, key, value);
        }
    }

    private Value Global(NameExpression name)
    {
        if (Known(name.Name) is { } known)
        {
            return known;
        }

        if (!roots.TryGetValue(name.Name, out var root))
        {
            roots[name.Name] = root = new(EnginePaths.OfGlobal(name.Name));
        }

        return Read(root, null, name);
    }

    // What the script put into a global, or what all scripts share.
    private Value? Known(string name) => globals.Get(name) ?? name switch { "_G" => everywhere ??= new(), "shared" => shared ??= new(), _ => null };
}
