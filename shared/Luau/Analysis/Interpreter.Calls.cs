using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Shared.Luau.Analysis;

public sealed partial class Interpreter
{
    private Results Call(CallExpression call)
    {
        var callee = Evaluate(call.Function);
        return CallValue(callee, EvaluateAll(call.Arguments, int.MaxValue), call);
    }

    private Results CallMethod(MethodCallExpression call)
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
            joined = Join.Of(joined, CallMethodOf(option, arguments, call).First);
        }

        return joined!;
    }

    private Results CallMethodOf(Value receiver, Value[] arguments, MethodCallExpression call) => receiver switch
    {
        EngineValue engine when !EngineResults.IsOfText(call.Name) => CallEngine(engine.Remembered(call.Name, static (owner, name) => EnginePaths.Normalize(owner.Path + ":" + EnginePaths.Current(name))), engine, arguments, call),
        EngineValue or ConstantValue { Text: not null } or PrefixValue => CallEngine(EngineResults.PathOfText(call.Name), null, [receiver, .. arguments], call),
        TableValue table => CallValue(IndexName(table, call.Name, call), [table, .. arguments], call),
        _ => CallUnknown(receiver, call.Name, arguments, call),
    };

    private Results CallValue(Value callee, Value[] arguments, SyntaxNode node)
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
                    joined = Join.Of(joined, CallValue(option, arguments, node).First);
                }

                return joined ?? UnknownValue.Plain;
            case TableValue { Metatable: TableValue metatable } table when metatable.Get("__call") is FunctionValue function:
                return Invoke(function, [table, .. arguments], node);
            default:
                return CallUnknown(callee, null, arguments, node);
        }
    }

    // An unknown function may do anything with the functions it is given; the method of an unknown object has at least a name.
    private Results CallUnknown(Value receiver, string? method, Value[] arguments, SyntaxNode node)
    {
        if (method is not null && receiver is UnknownValue)
        {
            // What is read of a text is the string library's.
            return EngineResults.IsOfText(method)
                ? CallEngine(EngineResults.PathOfText(method), null, [receiver, .. arguments], node)
                : CallEngine("?:" + EnginePaths.Current(method), new("?") { Taint = receiver.Taint, Trace = receiver.Trace }, arguments, node);
        }

        effects++;
        MarkLoops(yields: true, acts: true);
        var (own, first) = Operators.TaintOf(receiver);
        var (taint, trace) = Operators.TaintOf(arguments);
        InvokeAll(arguments, node);
        isOpen = true;
        return UnknownValue.Plain.With((own | taint) & ~Taint.Identity, first ?? trace);
    }

    private Results CallEngine(string path, EngineValue? receiver, Value[] arguments, SyntaxNode node)
    {
        path = receiver is null ? EnginePaths.Normalize(path) : path;

        // The language's own functions are written small; a capital is the engine's.
        if (receiver is null && path is not [>= 'A' and <= 'Z', ..])
        {
            var results = Language(path, arguments, node);
            results = results.IsGiven ? results : Library.Call(path, arguments, ref steps);
            if (results.IsGiven)
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
            return Require(call.Argument(0), node);
        }

        // A call that is a statement is made for its effect.
        if (current is CallStatement { Call: var effect } && ReferenceEquals(effect, node))
        {
            return Results.None;
        }

        var given = EngineResults.Of(call, properties, PlaceOf(node));
        return updated is null ? given : given.With(Operators.TaintOf(updated).Taint & Taints.FromOutside, Operators.TaintOf(updated).Trace);
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
            var given = Invoke(handler.Function, handler.Arguments, node).First;
            if (call.Name == "UpdateAsync" && IsOfNote(given))
            {
                stored = given;
                // What the callback gives is what is stored.
                Tell(call with { Arguments = [call.Argument(0), given] });
            }

            JoinWay(journal.Undo());
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

        if (loop is not null)
        {
            MarkLoops(moves: EngineResults.IsChance(call), asksTime: EngineResults.IsClock(call));
        }

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
            result = Enter(found, new(found.Tree.Locals, null, 0) { Activity = activity, Birth = journal.Now }, node, found.Tree.Root).First;
            modules[found] = result;
        }

        return result;
    }
}
