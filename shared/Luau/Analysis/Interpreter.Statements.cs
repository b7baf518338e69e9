using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Shared.Luau.Analysis;

public sealed partial class Interpreter
{
    private Flow Execute(Statement statement)
    {
        switch (statement.Kind)
        {
            case NodeKind.LocalStatement:
                DeclareAll((LocalStatement)statement);
                return Flow.Next;
            case NodeKind.CallStatement:
                var call = ((CallStatement)statement).Call;
                EvaluateMany(call);
                return IsError(call) ? Flow.Leave : Flow.Next;
            case NodeKind.AssignStatement:
                AssignAll((AssignStatement)statement);
                return Flow.Next;
            case NodeKind.CompoundAssignStatement:
                var assign = (CompoundAssignStatement)statement;
                Store(assign.Target, Operators.Binary(assign.Operator, Evaluate(assign.Target), Evaluate(assign.Value)));
                return Flow.Next;
            case NodeKind.LocalFunctionStatement:
                var local = (LocalFunctionStatement)statement;
                var declared = Close(local.Function, null);
                declared.Name = local.Name.Name;
                Declare(local.Name, declared);
                return Flow.Next;
            case NodeKind.FunctionStatement:
                var function = (FunctionStatement)statement;
                Store(function.Target, Close(function.Function, function.Self));
                return Flow.Next;
            case NodeKind.ReturnStatement:
                returns.Peek().Add(Answer(((ReturnStatement)statement).Values));
                return Flow.Leave;
            case NodeKind.BreakStatement:
                return Flow.Break;
            case NodeKind.ContinueStatement:
                return Flow.Continue;
            case NodeKind.IfStatement:
                return ExecuteIf((IfStatement)statement, 0);
            case NodeKind.DoStatement:
                return Execute(((DoStatement)statement).Body);
            case NodeKind.ErrorStatement:
                EvaluateAll(((ErrorStatement)statement).Expressions, int.MaxValue);
                return Flow.Next;
            case NodeKind.WhileStatement or NodeKind.RepeatStatement or NodeKind.NumericForStatement or NodeKind.GenericForStatement:
                return ExecuteLoop(statement);
            default:
                return Flow.Next;
        }
    }

    private void AssignAll(AssignStatement assign)
    {
        if (assign is { Targets: [var target], Values: [var only] })
        {
            Store(target, EvaluateOnly(only, assign.Values));
            return;
        }

        var results = EvaluateAll(assign.Values, assign.Targets.Count);
        var missing = Missing(assign.Values);
        for (var i = 0; i < assign.Targets.Count; i++)
        {
            Store(assign.Targets[i], i < results.Length ? results[i] : missing);
        }
    }

    private static bool GivesSeveral(Expression expression) => expression.Kind is NodeKind.CallExpression or NodeKind.MethodCallExpression or NodeKind.VarargExpression;

    // error(...) ends a way as return does.
    private bool IsError(Expression call) =>
        call is CallExpression { Function: NameExpression { Symbol: null, Name: "error" } } && globals.Get("error") is null;

    // What stands for results that aren't there: nil, unless the last call may have given more than is known.
    private Value Missing(SyntaxList<Expression> values) =>
        isOpen && values.Count > 0 && values[values.Count - 1] is CallExpression or MethodCallExpression ? UnknownValue.Plain : ConstantValue.Nil;

    private void DeclareAll(LocalStatement local)
    {
        if (local.Names.Count == 1 && local.Values is [var one])
        {
            Declare(local.Names[0], EvaluateOnly(one, local.Values));
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

    private Value EvaluateOnly(Expression expression, SyntaxList<Expression> values)
    {
        var results = EvaluateMany(expression);
        return results.Count > 0 ? results.First : Missing(values);
    }

    // What is answered only to who is named, names them.
    private Results Answer(SyntaxList<Expression> values)
    {
        Results results = values.Count == 1 ? EvaluateMany(values[0]) : EvaluateAll(values, int.MaxValue);
        if (guard is null || (guard.Taint & (Taint.Named | Taint.Phrase)) == Taint.None || results.Count == 0)
        {
            return results;
        }

        var isRefusal = results.First is ConstantValue { Content: null or false };
        var first = results.First.With(isRefusal ? Taint.NotNamed : guard.Taint & (Taint.Named | Taint.Phrase), guard.Trace);
        return results.Count == 1 ? first : (Value[])[first, .. results.ToArray()[1..]];
    }

    private Flow ExecuteIf(IfStatement choice, int branch)
    {
        if (branch == choice.Branches.Count)
        {
            return choice.Else is { } otherwise ? ExecuteBranch(otherwise) : Flow.Next;
        }

        var (condition, body) = choice.Branches[branch];
        var value = Evaluate(condition);
        if (Truth(value) is { } known && (value.Taint & (Taints.OfClients | Taints.Guards)) == Taint.None)
        {
            return known ? Execute(body) : ExecuteIf(choice, branch + 1);
        }

        var before = guard;
        BeginWay(value, condition, holds: true);
        var then = ExecuteBranch(body);
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

    // What is done on the way out of a loop is not done once a round.
    private Flow ExecuteBranch(Block body)
    {
        var outer = leaving;
        leaving = loop is not null && ReferenceEquals(loop.Frame, frame) && body.Statements.Count > 0 && body.Statements[body.Statements.Count - 1] is BreakStatement or ReturnStatement ? loop : outer;
        var flow = Execute(body);
        leaving = outer;
        return flow;
    }
}
