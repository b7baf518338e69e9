using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Shared.Luau.Analysis;

public sealed partial class Interpreter
{
    private Flow Execute(Statement statement)
    {
        switch (statement)
        {
            case LocalStatement local:
                DeclareAll(local);
                return Flow.Next;
            case LocalFunctionStatement function:
                var declared = Close(function.Function, null);
                declared.Name = function.Name.Name;
                Declare(function.Name, declared);
                return Flow.Next;
            case FunctionStatement function:
                Store(function.Target, Close(function.Function, function.Self));
                return Flow.Next;
            case AssignStatement { Targets: [var target], Values: [var only] } when only is not (CallExpression or MethodCallExpression or VarargExpression):
                Store(target, Evaluate(only));
                return Flow.Next;
            case AssignStatement assign:
                var results = EvaluateAll(assign.Values, assign.Targets.Count);
                var missing = Missing(assign.Values);
                for (var i = 0; i < assign.Targets.Count; i++)
                {
                    Store(assign.Targets[i], i < results.Length ? results[i] : missing);
                }

                return Flow.Next;
            case CompoundAssignStatement assign:
                Store(assign.Target, Operators.Binary(assign.Operator, Evaluate(assign.Target), Evaluate(assign.Value)));
                return Flow.Next;
            case CallStatement call:
                EvaluateMany(call.Call);
                return IsError(call.Call) ? Flow.Leave : Flow.Next;
            case ReturnStatement result:
                returns.Peek().Add(Answer(EvaluateAll(result.Values, int.MaxValue)));
                return Flow.Leave;
            case BreakStatement:
                return Flow.Break;
            case ContinueStatement:
                return Flow.Continue;
            case IfStatement choice:
                return ExecuteIf(choice, 0);
            case DoStatement block:
                return Execute(block.Body);
            case ErrorStatement error:
                EvaluateAll(error.Expressions, int.MaxValue);
                return Flow.Next;
            case WhileStatement or RepeatStatement or NumericForStatement or GenericForStatement:
                return ExecuteLoop(statement);
            default:
                return Flow.Next;
        }
    }

    // error(...) ends a way as return does.
    private bool IsError(Expression call) =>
        call is CallExpression { Function: NameExpression { Symbol: null, Name: "error" } } && globals.Get("error") is null;

    // What stands for results that aren't there: nil, unless the last call may have given more than is known.
    private Value Missing(SyntaxList<Expression> values) =>
        isOpen && values.Count > 0 && values[values.Count - 1] is CallExpression or MethodCallExpression ? UnknownValue.Plain : ConstantValue.Nil;

    private void DeclareAll(LocalStatement local)
    {
        if (local.Names.Count == 1 && local.Values is [var one] && one is not (CallExpression or MethodCallExpression or VarargExpression))
        {
            Declare(local.Names[0], Evaluate(one));
            NoteChecks(local);
            return;
        }

        var values = EvaluateAll(local.Values, local.Names.Count);
        var missing = Missing(local.Values);
        for (var i = 0; i < local.Names.Count; i++)
        {
            Declare(local.Names[i], i < values.Length ? values[i] : missing);
        }

        NoteChecks(local);
    }

    private void NoteChecks(LocalStatement local)
    {
        // What a variable says of others: after "local ok = check(x)", "if ok" is "if check(x)".
        if (hasClients && local.Names[0].Symbol is { } symbol && local.Values is [var only] && only is not NameExpression && Validation.Of(only, holds: true) is { Count: > 0 } said)
        {
            (checks ??= [])[symbol] = said;
        }
    }

    // What is answered only to who is named, names them.
    private Value[] Answer(Value[] values)
    {
        if (guard is not null && (guard.Taint & (Taint.Named | Taint.Phrase)) != Taint.None && values.Length > 0)
        {
            values = [.. values];
            var isRefusal = values[0] is ConstantValue { Content: null or false };
            values[0] = values[0].With(isRefusal ? Taint.NotNamed : guard.Taint & (Taint.Named | Taint.Phrase), guard.Trace);
        }

        return values;
    }

    private Flow ExecuteIf(IfStatement choice, int branch)
    {
        if (branch == choice.Branches.Count)
        {
            return choice.Else is { } otherwise ? Execute(otherwise) : Flow.Next;
        }

        var (condition, body) = choice.Branches[branch];
        var value = Evaluate(condition);
        if (Truth(value) is { } known && (value.Taint & (Taints.OfClients | Taints.Guards)) == Taint.None)
        {
            return known ? Execute(body) : ExecuteIf(choice, branch + 1);
        }

        var before = guard;
        BeginWay(value, condition, holds: true);
        var then = Execute(body);
        guard = before;
        var first = journal.Undo();
        BeginWay(value, condition, holds: false);
        var other = ExecuteIf(choice, branch + 1);
        guard = before;
        JoinWays(first, then == Flow.Next, journal.Undo(), other == Flow.Next);
        if (then != Flow.Next && other == Flow.Next)
        {
            guard = Guarding(value, condition, holds: false) ?? guard;
        }

        return Either(then, other);
    }
}
