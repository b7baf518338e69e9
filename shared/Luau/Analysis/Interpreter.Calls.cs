using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Shared.Luau.Analysis;

public sealed partial class Interpreter
{
    private IReadOnlyList<Value> Call(CallExpression call)
    {
        var callee = Evaluate(call.Function);
        var isHidden = callee is EngineValue && IsHiddenName(call.Function);
        return CallValue(callee, EvaluateAll(call.Arguments, int.MaxValue), call, isHidden);
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
                EngineValue engine => CallEngine(engine.Path + ":" + call.Name, engine, arguments, call, isHidden: false),
                ConstantValue { Text: not null } => CallEngine("string." + call.Name, null, [option, .. arguments], call, isHidden: false),
                TableValue table => CallValue(Get(table, new ConstantValue(call.Name), call), [table, .. arguments], call, isHidden: false),
                _ => CallUnknown([option, .. arguments], call),
            };
            joined = joined is null ? results : [Join.Of(First(joined), First(results))];
        }

        return joined ?? [];
    }

    private IReadOnlyList<Value> CallValue(Value callee, IReadOnlyList<Value> arguments, SyntaxNode node, bool isHidden)
    {
        switch (callee)
        {
            case FunctionValue function:
                return Invoke(function, arguments, node);
            case EngineValue engine:
                var (path, receiver, rest) = EnginePaths.Callee(engine, arguments);
                return CallEngine(path, receiver, rest, node, isHidden);
            case ChoiceValue choice:
                Value? joined = null;
                foreach (var option in choice.Options)
                {
                    joined = Join.Of(joined, First(CallValue(option, arguments, node, isHidden)));
                }

                return [joined ?? UnknownValue.Plain];
            case TableValue { Metatable: TableValue metatable } table when metatable.Get("__call") is FunctionValue function:
                return Invoke(function, [table, .. arguments], node);
            default:
                return CallUnknown(arguments, node);
        }
    }

    // An unknown function may do anything with the functions it is given.
    private IReadOnlyList<Value> CallUnknown(IReadOnlyList<Value> arguments, SyntaxNode node)
    {
        effects++;
        var (taint, trace) = Operators.TaintOf(arguments);
        foreach (var function in arguments.OfType<FunctionValue>().Where(function => !calls.ContainsKey(function.Body)))
        {
            Invoke(function, Handlers.UnknownArguments(function), node);
        }

        return [UnknownValue.Plain.With(taint, trace)];
    }

    private IReadOnlyList<Value> CallEngine(string path, EngineValue? receiver, IReadOnlyList<Value> arguments, SyntaxNode node, bool isHidden)
    {
        if (Language(path, arguments, node) is { } results)
        {
            return results;
        }

        var call = new EngineCall(EnginePaths.Normalize(path), receiver, arguments, node, isHidden, protections > 0);
        if (Library.Call(call.Path, arguments, ref steps) is { } computed)
        {
            foreach (var detector in detectors)
            {
                detector.Called(call);
            }

            return computed;
        }

        effects++;
        foreach (var detector in detectors)
        {
            detector.Called(call);
        }

        var result = EngineResults.Of(call, () => Step(node, $"{call.Path} gives it"));
        foreach (var handler in Handlers.Of(call, message => Step(node, message)))
        {
            Fork([
                () =>
                {
                    Invoke(handler.Function, handler.Arguments, node);
                    return Flow.Next;
                },
                () => Flow.Next,
            ]);
        }

        return [result];
    }

    // Calls that decide what runs next, or reach into the interpreter's own state.
    private IReadOnlyList<Value>? Language(string path, IReadOnlyList<Value> arguments, SyntaxNode node)
    {
        switch (path)
        {
            case "pcall" or "xpcall" when arguments is [var function, ..]:
                protections++;
                IReadOnlyList<Value> outcome = [UnknownValue.Plain, .. CallValue(function, [.. arguments.Skip(path == "pcall" ? 1 : 2)], node, isHidden: false)];
                protections--;
                return outcome;
            case "task.spawn" or "task.defer" or "spawn" or "coroutine.resume" when arguments is [FunctionValue or EngineValue or ChoiceValue, ..]:
                effects++;
                CallValue(arguments[0], [.. arguments.Skip(1)], node, isHidden: false);
                return [UnknownValue.Plain];
            case "task.delay" or "delay" when arguments is [_, FunctionValue or EngineValue or ChoiceValue, ..]:
                effects++;
                CallValue(arguments[1], [.. arguments.Skip(2)], node, isHidden: false);
                return [UnknownValue.Plain];
            case "coroutine.wrap" or "coroutine.create" when arguments is [var body, ..]:
                return [body];
            case "getfenv":
                return [new EngineValue("env")];
            case "setfenv" when arguments is [_, TableValue environment, ..]:
                foreach (var (name, value) in environment.Entries.Where(entry => entry.Key is string))
                {
                    globals[(string)name] = value;
                }

                return [arguments[0]];
            case "setmetatable" when arguments is [TableValue table, var metatable, ..]:
                table.Metatable = metatable;
                return [table];
            case "getmetatable" when arguments is [TableValue table, ..]:
                return [table.Metatable ?? ConstantValue.Nil];
            case "rawget" when arguments is [TableValue table, var key, ..]:
                return [Get(table, key, node)];
            case "rawset" when arguments is [TableValue table, var key, var value, ..]:
                Put(table, key, value);
                return [table];
            case "table.insert" when arguments is [TableValue table, var value]:
                table.Set((double)(table.Length + 1), value);
                return [];
            case "assert" when arguments is [var asserted, ..]:
                foreach (var symbol in Validation.CheckedBy(node is CallExpression { Arguments: [var condition, ..] } ? condition : null))
                {
                    Assign(symbol, Validation.Checked(frame[symbol]));
                }

                return [asserted];
            case "string.gsub" when arguments is [_, _, FunctionValue replacement, ..]:
                Invoke(replacement, [UnknownValue.Plain.With(arguments[0].Taint | Taint.Decoded, arguments[0].Trace)], node);
                return null;
            default:
                return null;
        }
    }

    private IReadOnlyList<Value> Invoke(FunctionValue function, IReadOnlyList<Value> arguments, SyntaxNode? node)
    {
        var body = function.Body;
        var count = calls[body] = calls.GetValueOrDefault(body) + 1;
        var isConcrete = arguments.All(argument => argument is ConstantValue or TableValue or FunctionValue);
        if (callDepth >= MaxCallDepth || !HasBudget || (!isConcrete && count > MaxAbstractCalls))
        {
            var (taint, trace) = Operators.TaintOf(arguments);
            return [UnknownValue.Plain.With(taint, trace)];
        }

        var caller = frame;
        var parameters = function.Self is null ? 0 : 1;
        frame = new(body.Locals, function.Outer, function.Outer.Depth + 1)
        {
            Varargs = body.IsVariadic ? [.. arguments.Skip(body.Parameters.Count + parameters)] : [],
        };
        if (function.Self is { } self)
        {
            frame[self] = arguments.Count > 0 ? arguments[0] : ConstantValue.Nil;
        }

        for (var i = 0; i < body.Parameters.Count; i++)
        {
            if (body.Parameters[i].Symbol is { } symbol)
            {
                frame[symbol] = i + parameters < arguments.Count ? arguments[i + parameters] : ConstantValue.Nil;
            }
        }

        returns.Push([]);
        callDepth++;
        var flow = Execute(body.Body);
        callDepth--;
        frame = caller;
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

    // Whether the name of what is called can't be read where it is called.
    private static bool IsHiddenName(Expression function) => function switch
    {
        IndexExpression index => index.Key is not StringExpression || IsHiddenName(index.Object),
        MemberExpression member => IsHiddenName(member.Object),
        ParenthesizedExpression inner => IsHiddenName(inner.Inner),
        _ => false,
    };
}
