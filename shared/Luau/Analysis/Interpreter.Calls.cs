using System.Runtime.InteropServices;
using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Shared.Luau.Analysis;

public sealed partial class Interpreter
{
    private Value[] Call(CallExpression call)
    {
        var callee = Evaluate(call.Function);
        return CallValue(callee, EvaluateAll(call.Arguments, int.MaxValue), call);
    }

    private Value[] CallMethod(MethodCallExpression call)
    {
        var receiver = Evaluate(call.Object);
        var arguments = EvaluateAll(call.Arguments, int.MaxValue);
        if (receiver is not ChoiceValue choice)
        {
            return CallMethodOf(receiver, arguments, call);
        }

        Value? joined = null;
        foreach (var option in choice.Options)
        {
            joined = Join.Of(joined, First(CallMethodOf(option, arguments, call)));
        }

        return [joined!];
    }

    private Value[] CallMethodOf(Value receiver, Value[] arguments, MethodCallExpression call) => receiver switch
    {
        EngineValue engine when !EngineResults.IsOfText(call.Name) => CallEngine(engine.Remembered(call.Name, static (owner, name) => EnginePaths.Normalize(owner.Path + ":" + EnginePaths.Current(name))), engine, arguments, call),
        EngineValue or ConstantValue { Text: not null } or PrefixValue => CallEngine(EngineResults.PathOfText(call.Name), null, [receiver, .. arguments], call),
        TableValue table => CallValue(IndexName(table, call.Name, call), [table, .. arguments], call),
        _ => CallUnknown(receiver, call.Name, arguments, call),
    };

    private Value[] CallValue(Value callee, Value[] arguments, SyntaxNode node)
    {
        switch (callee)
        {
            case FunctionValue function:
                return Invoke(function, arguments, node);
            case EngineValue engine:
                var (path, receiver, rest) = EnginePaths.Callee(engine, arguments);
                return CallEngine(path, receiver ?? (path.EndsWith(".?", StringComparison.Ordinal) ? engine : null), rest, node);
            case ChoiceValue choice:
                Value? joined = null;
                foreach (var option in Array.FindAll(choice.Options, option => option is not ConstantValue))
                {
                    joined = Join.Of(joined, First(CallValue(option, arguments, node)));
                }

                return [joined ?? UnknownValue.Plain];
            case TableValue { Metatable: TableValue metatable } table when metatable.Get("__call") is FunctionValue function:
                return Invoke(function, [table, .. arguments], node);
            default:
                return CallUnknown(callee, null, arguments, node);
        }
    }

    // An unknown function may do anything with the functions it is given; the method of an unknown object has at least a name.
    private Value[] CallUnknown(Value receiver, string? method, Value[] arguments, SyntaxNode node)
    {
        if (method is not null && receiver is UnknownValue)
        {
            // What is read of a text is the string library's.
            var text = EngineResults.IsOfText(method) ? CallEngine(EngineResults.PathOfText(method), null, [receiver, .. arguments], node) : null;
            return text ?? CallEngine("?:" + EnginePaths.Current(method), new("?") { Taint = receiver.Taint, Trace = receiver.Trace }, arguments, node);
        }

        effects++;
        MarkLoops(yields: true, acts: true);
        var (taint, trace) = Operators.TaintOf([receiver, .. arguments]);
        InvokeAll(arguments, node);
        isOpen = true;
        return [UnknownValue.Plain.With(taint & ~Taint.Identity, trace)];
    }

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

    private Value[] CallEngine(string path, EngineValue? receiver, Value[] arguments, SyntaxNode node)
    {
        if (receiver is null)
        {
            path = EnginePaths.Normalize(path);
            if ((Language(path, arguments, node) ?? Library.Call(path, arguments, ref steps)) is { } results)
            {
                isOpen = false;
                return results;
            }
        }

        var call = new EngineCall(path, receiver, arguments, Home(node), Now);
        if (site is null || (receiver is not null && IsOfNote(receiver)) || Array.Exists(arguments, IsOfNote))
        {
            Tell(call);
        }

        NoteCall(call);
        if (call.Name == "SetAttribute" && receiver is not null && call.Argument(0) is ConstantValue { Text: { } attribute })
        {
            Write(new(properties, receiver.Path + "@" + attribute), call.Argument(1));
        }

        if (call.Name == "Wait" && receiver is not null && Handlers.Awaited(receiver.Name, PlaceOf(node)) is { } awaited)
        {
            hasClients |= receiver.Name == "OnServerEvent";
            return awaited;
        }

        var updated = Hand(call, node);
        isOpen = true;
        hasClients |= call.Name == "InvokeClient";
        if (path == "require")
        {
            return [Require(call.Argument(0), node)];
        }

        // A call that is a statement is made for its effect.
        if (current is CallStatement { Call: var effect } && ReferenceEquals(effect, node))
        {
            return [];
        }

        var given = EngineResults.Of(call, properties, PlaceOf(node));
        return updated is null ? given : [First(given).With(Operators.TaintOf(updated).Taint & Taints.FromOutside, Operators.TaintOf(updated).Trace)];
    }

    // Functions that are handed over are called later, or at once when nobody keeps them. What comes of an update, if that is of note.
    private Value? Hand(EngineCall call, SyntaxNode node)
    {
        Value? stored = null;
        if (!Array.Exists(call.Arguments, argument => argument is FunctionValue or ChoiceValue))
        {
            return stored;
        }

        foreach (var handler in Handlers.Of(call, node, PlaceOf(node)))
        {
            if (Handlers.IsLater(call))
            {
                Defer(handler);
                continue;
            }

            journal.Begin();
            var given = First(Invoke(handler.Function, handler.Arguments, node));
            if (call.Name == "UpdateAsync" && IsOfNote(given))
            {
                stored = given;
                // What the callback gives is what is stored.
                Tell(call with { Arguments = [call.Argument(0), given] });
            }

            JoinWays(journal.Undo(), true, null, true);
        }

        return stored;
    }

    private void Tell(EngineCall call)
    {
        foreach (var detector in onCalls)
        {
            detector.Called(call);
        }
    }

    // What a call means for the loops that are being run.
    private void NoteCall(EngineCall call)
    {
        var isWait = call.Path is "task.wait" or "wait" or "coroutine.yield" || call.Name is "Wait" or "wait";
        pauses += isWait ? 1 : 0;
        if (isWait)
        {
            Wait();
        }

        MarkLoops(moves: EngineResults.IsChance(call), asksTime: EngineResults.IsClock(call));
        if (EngineResults.OnlyTells(call))
        {
            return;
        }

        var mayYield = isWait || EngineResults.Yields(call);
        yields += mayYield ? 1 : 0;
        effects++;
        texts += Array.Exists(call.Arguments, argument => argument is ConstantValue { Text: not null }) ? 1 : 0;
        fetches += call.Path is "require" or "loadstring" || call.Receiver is { Path: "HttpService" or "InsertService" } ? 1 : 0;
        MarkLoops(
            pauses: isWait,
            yields: mayYield,
            acts: call.Receiver is not null);
    }

    // A module of the same package is followed once; what it returns is what it is.
    private Value Require(Value module, SyntaxNode node)
    {
        if (module is not EngineValue engine || package.Find(engine.Path, unit) is not { } found || found == home)
        {
            return new EngineValue("module") { Taint = module.Taint & Taint.Network, Trace = module.Trace };
        }

        modules ??= new(ReferenceEqualityComparer.Instance);
        if (!modules.TryGetValue(found, out var result))
        {
            modules[found] = UnknownValue.Plain;
            result = First(Enter(found, new(found.Tree.Locals, null, 0) { Activity = activity, Birth = journal.Now }, node, found.Tree.Root));
            modules[found] = result;
        }

        return result;
    }

    private Value[] Invoke(FunctionValue function, Value[] arguments, SyntaxNode node)
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
            return [UnknownValue.Plain.With(taint, trace)];
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
            activation[self] = First(arguments);
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
    private Value[] Enter(ScriptUnit entered, Activation activation, SyntaxNode node, Block body)
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
