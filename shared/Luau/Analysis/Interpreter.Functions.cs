using System.Runtime.InteropServices;
using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Shared.Luau.Analysis;

// Runs the script's own functions.
public sealed partial class Interpreter
{
    private void InvokeAll(Value[] arguments, SyntaxNode node)
    {
        foreach (var argument in arguments)
        {
            if (argument is FunctionValue function && !calls.ContainsKey(function.Body))
            {
                Invoke(function, Handlers.GuessedArguments(function), node);
            }
        }
    }

    private Results Invoke(FunctionValue function, Value[] arguments, SyntaxNode node)
    {
        var body = function.Body;
        var count = ++CollectionsMarshal.GetValueRefOrAddDefault(calls, body, out _);
        if (count == MaxAbstractCalls - 1 && callDepth >= count - 1 && site is null)
        {
            foreach (var detector in onFlow)
            {
                detector.Recursed(function, node);
            }
        }

        if (callDepth == MaxCallDepth && site is null)
        {
            foreach (var detector in onFlow)
            {
                detector.Recursed(function, node);
            }
        }

        if (callDepth >= MaxCallDepth || !HasBudget || (count > MaxAbstractCalls && !(MakesTexts && Array.TrueForAll(arguments, argument => argument is ConstantValue or TableValue or FunctionValue))))
        {
            MarkLoops(yields: true, acts: true);
            var (taint, trace) = Operators.TaintOf(arguments);
            return UnknownValue.Plain.With(taint, trace);
        }

        for (var run = loop; run is not null; run = run.Outer)
        {
            run.CallsOwn = true;
        }

        var parameters = function.Self is null ? 0 : 1;
        var activation = new Activation(body.Locals, function.Outer, function.Outer.Depth + 1)
        {
            Activity = activity,
            Birth = journal.Now,
            Varargs = body.IsVariadic && arguments.Length > body.Parameters.Count + parameters ? arguments[(body.Parameters.Count + parameters)..] : [],
        };
        if (function.Self is { } self)
        {
            activation[self] = Library.Argument(arguments, 0);
        }

        for (var i = 0; i < body.Parameters.Count; i++)
        {
            if (body.Parameters[i].Symbol is { } symbol)
            {
                activation[symbol] = i + parameters < arguments.Length ? arguments[i + parameters] : ConstantValue.Nil;
            }
        }

        return Enter(function.Unit, activation, node, body.Body);
    }

    // Runs code in variables of its own; its results on all ways.
    private Results Enter(ScriptUnit entered, Activation activation, SyntaxNode node, Block body)
    {
        var (callerFrame, callerUnit, callerSite, callerGuard, callerConstants) = (frame, unit, site, guard, constants);
        constants = entered == unit ? constants : ConstantsOf(entered);
        (frame, unit, site) = (activation, entered, entered == home ? null : site ?? node);
        returns.Push(spare.TryPop(out var list) ? list : []);
        callDepth++;
        var flow = Execute(body);
        callDepth--;
        (frame, unit, site, guard, constants) = (callerFrame, callerUnit, callerSite, callerGuard, callerConstants);
        isOpen = false;
        var ways = returns.Pop();
        var results = JoinReturns(ways, flow);
        ways.Clear();
        spare.Push(ways);
        return results;
    }
}
