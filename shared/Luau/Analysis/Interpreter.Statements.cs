using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Shared.Luau.Analysis;

public sealed partial class Interpreter
{
    private Flow Execute(Statement statement)
    {
        switch (statement)
        {
            case LocalStatement local:
                var values = EvaluateAll(local.Values, local.Names.Count);
                for (var i = 0; i < local.Names.Count; i++)
                {
                    Declare(local.Names[i], i < values.Count ? values[i] : ConstantValue.Nil);
                }

                return Flow.Next;
            case LocalFunctionStatement function:
                Declare(function.Name, Close(function.Function, null));
                return Flow.Next;
            case FunctionStatement function:
                Store(function.Target, Close(function.Function, function.Self));
                return Flow.Next;
            case AssignStatement assign:
                var results = EvaluateAll(assign.Values, assign.Targets.Count);
                for (var i = 0; i < assign.Targets.Count; i++)
                {
                    Store(assign.Targets[i], i < results.Count ? results[i] : ConstantValue.Nil);
                }

                return Flow.Next;
            case CompoundAssignStatement assign:
                Store(assign.Target, Operators.Binary(assign.Operator, Evaluate(assign.Target), Evaluate(assign.Value)));
                return Flow.Next;
            case CallStatement call:
                EvaluateMany(call.Call);
                return IsError(call.Call) ? Flow.Leave : Flow.Next;
            case ReturnStatement result:
                returns.Peek().Add(EvaluateAll(result.Values, int.MaxValue));
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
            default:
                return ExecuteLoop(statement);
        }
    }

    private Flow ExecuteLoop(Statement statement)
    {
        switch (statement)
        {
            case WhileStatement loop:
                return Repeat(loop.Body, before: loop.Condition, after: null);
            case RepeatStatement loop:
                return Repeat(loop.Body, before: null, after: loop.Condition);
            case NumericForStatement loop:
                return ExecuteNumericFor(loop);
            case GenericForStatement loop:
                return ExecuteGenericFor(loop);
            default:
                return Flow.Next;
        }
    }

    // error(...) ends a way as return does.
    private bool IsError(Expression call) =>
        call is CallExpression { Function: NameExpression { Symbol: null, Name: "error" } } && !globals.ContainsKey("error");

    private Flow ExecuteIf(IfStatement choice, int branch)
    {
        if (branch == choice.Branches.Count)
        {
            return choice.Else is { } otherwise ? Execute(otherwise) : Flow.Next;
        }

        var (condition, body) = choice.Branches[branch];
        var value = Evaluate(condition);
        if (Truth(value) is { } known && (value.Taint & Taint.Client) == Taint.None)
        {
            return known ? Execute(body) : ExecuteIf(choice, branch + 1);
        }

        var checkedNames = Validation.CheckedBy(condition);
        Flow WithChecked(Func<Flow> way)
        {
            foreach (var symbol in checkedNames)
            {
                Assign(symbol, Validation.Checked(frame[symbol]));
            }

            return way();
        }

        return Fork([() => WithChecked(() => Execute(body)), () => WithChecked(() => ExecuteIf(choice, branch + 1))]);
    }

    // A loop goes on as long as its condition is known to hold, it computes without asking the engine, and the budget lasts.
    // Otherwise its body is followed once more with what is known, which is enough to see what it does.
    private Flow Repeat(Block body, Expression? before, Expression? after)
    {
        for (var round = 0; ; round++)
        {
            var goesOn = before is null ? true : Truth(Evaluate(before));
            if (goesOn == false)
            {
                return Flow.Next;
            }

            var effectsBefore = effects;
            if (goesOn is null)
            {
                return Fork([() => Inside(Execute(body)), () => Flow.Next]);
            }

            var flow = Execute(body);
            if (flow == Flow.Break)
            {
                return Flow.Next;
            }

            if (flow == Flow.Leave)
            {
                return flow;
            }

            if (after is not null && Truth(Evaluate(after)) != false)
            {
                return Flow.Next;
            }

            if (!HasBudget || (effects != effectsBefore && round > 0))
            {
                return Flow.Next;
            }
        }
    }

    // What a loop's body leaves, seen from outside of the loop.
    private static Flow Inside(Flow flow) => flow is Flow.Break or Flow.Continue ? Flow.Next : flow;

    private Flow ExecuteNumericFor(NumericForStatement loop)
    {
        var from = Evaluate(loop.From);
        var to = Evaluate(loop.To);
        var step = loop.Step is null ? new ConstantValue(1.0) : Evaluate(loop.Step);
        if (from is not ConstantValue { Content: double first } || to is not ConstantValue { Content: double last } || step is not ConstantValue { Content: double by } || by == 0)
        {
            return Fork([
                () =>
                {
                    Declare(loop.Variable, UnknownValue.Plain.With(from.Taint | to.Taint, from.Trace ?? to.Trace));
                    return Inside(Execute(loop.Body));
                },
                () => Flow.Next,
            ]);
        }

        var round = 0;
        for (var i = first; by > 0 ? i <= last : i >= last; i += by, round++)
        {
            var effectsBefore = effects;
            Declare(loop.Variable, new ConstantValue(i));
            var flow = Execute(loop.Body);
            if (flow == Flow.Break)
            {
                return Flow.Next;
            }

            if (flow == Flow.Leave)
            {
                return flow;
            }

            if (!HasBudget || (effects != effectsBefore && round > 0))
            {
                return Flow.Next;
            }
        }

        return Flow.Next;
    }

    private Flow ExecuteGenericFor(GenericForStatement loop)
    {
        var iterated = Iteration(loop.Iterators);
        var round = 0;
        foreach (var values in Sequences.Of(iterated))
        {
            var effectsBefore = effects;
            var flow = RunRound(loop, values);
            if (flow == Flow.Break)
            {
                return Flow.Next;
            }

            if (flow == Flow.Leave)
            {
                return flow;
            }

            if (!HasBudget || (effects != effectsBefore && round++ > 0))
            {
                break;
            }
        }

        return Sequences.IsComplete(iterated)
            ? Flow.Next
            : Fork([() => Inside(RunRound(loop, Sequences.Unknown(iterated))), () => Flow.Next]);
    }

    private Flow RunRound(GenericForStatement loop, IReadOnlyList<Value> values)
    {
        steps--;
        for (var i = 0; i < loop.Variables.Count; i++)
        {
            Declare(loop.Variables[i], i < values.Count ? values[i] : ConstantValue.Nil);
        }

        return Execute(loop.Body);
    }

    // What a generic for goes over: for pairs(t) and ipairs(t) it is t.
    private Value Iteration(IReadOnlyList<Expression> iterators)
    {
        if (iterators is [CallExpression call, ..] && call.Arguments.Count > 0)
        {
            var callee = Evaluate(call.Function);
            if (callee is EngineValue { Path: "pairs" or "ipairs" or "next" })
            {
                return Evaluate(call.Arguments[0]);
            }
        }

        var values = EvaluateAll(iterators, int.MaxValue);
        return values is [EngineValue { Path: "next" }, var table, ..] ? table : values.Count > 0 ? values[0] : UnknownValue.Plain;
    }
}
