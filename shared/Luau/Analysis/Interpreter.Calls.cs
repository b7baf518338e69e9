using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Shared.Luau.Analysis;

public sealed partial class Interpreter
{
    private IReadOnlyList<Value> Call(CallExpression call)
    {
        var callee = Evaluate(call.Function);
        return CallValue(callee, EvaluateAll(call.Arguments, int.MaxValue), call);
    }

    private IReadOnlyList<Value> CallMethod(MethodCallExpression call)
    {
        var receiver = Evaluate(call.Object);
        var arguments = EvaluateAll(call.Arguments, int.MaxValue);
        IReadOnlyList<Value>? joined = null;
        foreach (var option in Join.Options(receiver))
        {
            var results = option switch
            {
                EngineValue engine when !EngineResults.IsOfText(call.Name) => CallEngine(engine.Path + ":" + call.Name, engine, arguments, call),
                EngineValue or ConstantValue { Text: not null } or PrefixValue => CallEngine("string." + call.Name, null, [option, .. arguments], call),
                TableValue table => CallValue(Get(table, new ConstantValue(call.Name), call), [table, .. arguments], call),
                _ => CallUnknown(option, call.Name, arguments, call),
            };
            joined = joined is null ? results : [Join.Of(First(joined), First(results))];
        }

        return joined ?? [];
    }

    private IReadOnlyList<Value> CallValue(Value callee, IReadOnlyList<Value> arguments, SyntaxNode node)
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
                foreach (var option in choice.Options.Where(option => option is not ConstantValue))
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
    private IReadOnlyList<Value> CallUnknown(Value receiver, string? method, IReadOnlyList<Value> arguments, SyntaxNode node)
    {
        if (method is not null && receiver is UnknownValue)
        {
            // What is read of a text is the string library's.
            var text = EngineResults.IsOfText(method) ? CallEngine("string." + method, null, [receiver, .. arguments], node) : null;
            return text ?? CallEngine("?:" + method, new("?") { Taint = receiver.Taint, Trace = receiver.Trace }, arguments, node);
        }

        effects++;
        MarkLoops(yields: true, acts: true);
        var (taint, trace) = Operators.TaintOf([receiver, .. arguments]);
        InvokeAll(arguments, node);
        return [UnknownValue.Plain.With(taint & ~Taint.Identity, trace)];
    }

    private void InvokeAll(IReadOnlyList<Value> arguments, SyntaxNode node)
    {
        foreach (var function in arguments.OfType<FunctionValue>().Where(function => !calls.ContainsKey(function.Body)))
        {
            Invoke(function, Handlers.GuessedArguments(function), node);
        }
    }

    private IReadOnlyList<Value> CallEngine(string path, EngineValue? receiver, IReadOnlyList<Value> arguments, SyntaxNode node)
    {
        path = EnginePaths.Normalize(path);
        if (Language(path, arguments, node) is { } results)
        {
            return results;
        }

        if (Library.Call(path, arguments, ref steps) is { } computed)
        {
            return computed;
        }

        var call = new EngineCall(path, receiver, arguments, Home(node), Now);
        if (site is null || IsOfNote(receiver ?? (Value)ConstantValue.Nil) || arguments.Any(IsOfNote))
        {
            Tell(call);
        }

        NoteCall(call);
        if (call.Name == "SetAttribute" && receiver is not null && call.Argument(0) is ConstantValue { Text: { } attribute })
        {
            Write(new(properties, receiver.Path + "@" + attribute), call.Argument(1));
        }

        if (call.Name == "Wait" && receiver is not null && Handlers.Awaited(receiver.Name, message => Step(node, message)) is { } awaited)
        {
            return awaited;
        }

        Hand(call, node);
        return path == "require" ? [Require(call.Argument(0), node)] : EngineResults.Of(call, properties, message => Step(node, message));
    }

    // Functions that are handed over are called later, or at once when nobody keeps them.
    private void Hand(EngineCall call, SyntaxNode node)
    {
        foreach (var handler in Handlers.Of(call, node, message => Step(node, message)))
        {
            if (Handlers.IsLater(call))
            {
                Defer(handler);
                continue;
            }

            Fork([
                () =>
                {
                    var given = First(Invoke(handler.Function, handler.Arguments, node));
                    if (call.Name == "UpdateAsync" && IsOfNote(given))
                    {
                        // What the callback gives is what is stored.
                        Tell(call with { Arguments = [call.Argument(0), given] });
                    }

                    return Flow.Next;
                },
                () => Flow.Next,
            ]);
        }
    }

    private void Tell(EngineCall call)
    {
        foreach (var detector in detectors)
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

        MarkLoops(moves: EngineResults.ChangesByItself(call));
        if (EngineResults.OnlyTells(call))
        {
            return;
        }

        effects++;
        MarkLoops(
            pauses: isWait,
            yields: isWait || EngineResults.Yields(call),
            acts: call.Receiver is not null);
    }

    private void MarkLoops(bool pauses = false, bool yields = false, bool acts = false, bool moves = false)
    {
        for (var run = loop; run is not null; run = run.Outer)
        {
            run.Pauses |= pauses;
            run.Yields |= yields;
            run.Acts |= acts;
            run.Moves |= moves;
        }
    }

    // A module of the same package is followed once; what it returns is what it is.
    private Value Require(Value module, SyntaxNode node)
    {
        if (module is not EngineValue engine || package.Find(engine.Path, unit) is not { } found || found == home)
        {
            return new EngineValue("module") { Taint = module.Taint & Taint.Network, Trace = module.Trace };
        }

        if (!modules.TryGetValue(found, out var result))
        {
            modules[found] = UnknownValue.Plain;
            result = First(Enter(found, new Activation(found.Tree.Locals, null, 0), node, () => Execute(found.Tree.Root)));
            modules[found] = result;
        }

        return result;
    }

    private IReadOnlyList<Value> Invoke(FunctionValue function, IReadOnlyList<Value> arguments, SyntaxNode node)
    {
        var body = function.Body;
        var count = calls[body] = calls.GetValueOrDefault(body) + 1;
        var isConcrete = arguments.All(argument => argument is ConstantValue or TableValue or FunctionValue);
        if (callDepth >= MaxCallDepth || !HasBudget || (!isConcrete && count > MaxAbstractCalls))
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
            Varargs = body.IsVariadic ? [.. arguments.Skip(body.Parameters.Count + parameters)] : [],
        };
        if (function.Self is { } self)
        {
            activation[self] = arguments.Count > 0 ? arguments[0] : ConstantValue.Nil;
        }

        for (var i = 0; i < body.Parameters.Count; i++)
        {
            if (body.Parameters[i].Symbol is { } symbol)
            {
                activation[symbol] = i + parameters < arguments.Count ? arguments[i + parameters] : ConstantValue.Nil;
            }
        }

        return Enter(function.Unit, activation, node, () => Execute(body.Body));
    }

    // Runs code in variables of its own; its results on all ways.
    private IReadOnlyList<Value> Enter(ScriptUnit entered, Activation activation, SyntaxNode node, Func<Flow> run)
    {
        var (callerFrame, callerUnit, callerSite, callerGuard) = (frame, unit, site, guard);
        (frame, unit, site) = (activation, entered, entered == home ? null : site ?? node);
        returns.Push([]);
        callDepth++;
        var flow = run();
        callDepth--;
        (frame, unit, site, guard) = (callerFrame, callerUnit, callerSite, callerGuard);
        return JoinReturns(returns.Pop(), flow);
    }

    private static IReadOnlyList<Value> JoinReturns(List<IReadOnlyList<Value>> ways, Flow flow)
    {
        if (ways.Count == 0)
        {
            return [];
        }

        if (ways.Count == 1 && flow == Flow.Leave)
        {
            return ways[0];
        }

        var results = new List<Value>();
        for (var i = 0; i < ways.Max(way => way.Count); i++)
        {
            Value? joined = flow == Flow.Leave ? null : ConstantValue.Nil;
            foreach (var way in ways)
            {
                joined = Join.Of(joined, i < way.Count ? way[i] : ConstantValue.Nil);
            }

            results.Add(joined!);
        }

        return results;
    }
}
