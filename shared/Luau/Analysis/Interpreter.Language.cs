using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Shared.Luau.Analysis;

// Calls that decide what runs next, or reach into the interpreter's own state.
public sealed partial class Interpreter
{
    private Results Language(string path, Value[] arguments, SyntaxNode node)
    {
        switch (path)
        {
            case "pcall" or "xpcall" or "ypcall" when arguments is [var function, ..]:
                protections++;
                Value[] outcome = [UnknownValue.Plain, .. CallValue(function, After(arguments, path == "xpcall" ? 2 : 1), node).ToArray()];
                protections--;
                InvokeAll(path == "xpcall" && arguments.Length > 1 ? [arguments[1]] : [], node);
                return outcome;
            case "task.spawn" or "task.defer" or "spawn" or "coroutine.resume" when arguments is [var started, ..] && IsCallable(started):
                effects++;
                return (Value[])[UnknownValue.Plain, .. Spawn(started, arguments[1..], node, isThread: path != "coroutine.resume").ToArray()];
            case "task.delay" or "delay" when arguments is [_, var delayed, ..] && IsCallable(delayed):
                effects++;
                if (delayed is FunctionValue later)
                {
                    Defer(new(later, arguments[2..], node));
                }
                else
                {
                    CallValue(delayed, arguments[2..], node);
                }

                return UnknownValue.Plain;
            case "coroutine.wrap" or "coroutine.create" when arguments is [var body, ..]:
                return body;
            case "coroutine.yield" when arguments.Length > 0:
                // Who resumes the thread gets it, as if the function had returned it.
                returns.Peek().Add(arguments);
                return default;
            case "tostring" or "tonumber" when arguments is [TableValue { Metatable: TableValue metatable } table, ..] && metatable.Get("__tostring") is FunctionValue text:
                return Invoke(text, [table], node);
            case "getfenv" or "getgenv" or "getrenv" or "getsenv":
                NoteLanguage(path, arguments, node);
                return new EngineValue("env");
            case "setfenv" when arguments is [_, TableValue environment, ..]:
                NoteLanguage(path, arguments, node);
                foreach (var (name, value) in environment.Entries.Where(entry => entry.Key is string))
                {
                    Write(new(globals, name), value);
                }

                return arguments[0];
            case "assert" when arguments is [var asserted, ..]:
                Check(node is CallExpression { Arguments: [var condition, ..] } ? condition : null, holds: true);
                return arguments;
            case "select" when arguments is [UnknownValue, _, ..]:
                return arguments.Skip(1).Aggregate(Join.Of);
            case "string.gsub" when arguments is [_, _, FunctionValue or TableValue or EngineValue { Path: "string.upper" or "string.lower" or "string.reverse" or "string.char" }, ..]:
                return Replace(arguments, node);
            default:
                return path.StartsWith("set", StringComparison.Ordinal) || path.StartsWith("get", StringComparison.Ordinal) || path.StartsWith("raw", StringComparison.Ordinal) || path.StartsWith("table.", StringComparison.Ordinal)
                    ? Tables(path, arguments, node)
                    : path.StartsWith("buffer.", StringComparison.Ordinal) ? Buffers(path, arguments) : default;
        }
    }

    private static Value[] After(Value[] arguments, int count) => arguments.Length > count ? arguments[count..] : [];

    private static bool IsCallable(Value value) => value is FunctionValue or EngineValue or ChoiceValue or TableValue { Metatable: not null };

    private void NoteLanguage(string path, Value[] arguments, SyntaxNode node)
    {
        if (site is null)
        {
            Tell(new(path, null, arguments, node, Now));
        }
    }

    private Results Tables(string path, Value[] arguments, SyntaxNode node)
    {
        if (path is "table.insert" or "table.remove" or "table.clear" or "table.move" or "table.sort")
        {
            MarkTables();
        }

        switch (path)
        {
            case "setmetatable" when arguments is [TableValue table, var metatable, ..]:
                table.Metatable = metatable;
                if (metatable is TableValue meta)
                {
                    meta.Instance ??= table;
                    (meta.Get("__index") as TableValue)?.Instance ??= table;
                }

                return table;
            case "getmetatable" when arguments is [TableValue table, ..]:
                return table.Metatable ?? ConstantValue.Nil;
            case "rawget" when arguments is [var table, var key, ..]:
                return Index(table, key, node);
            case "rawset" when arguments is [TableValue table, var key, var value, ..]:
                Put(table, key, value);
                return table;
            case "rawset" when arguments is [EngineValue { Path: "env" }, var key, var value, ..]:
                StoreIn(arguments[0], key, value, node);
                return arguments[0];
            case "table.insert" when arguments is [ChoiceValue or UnknownValue, ..] && node is CallExpression { Arguments: [var list, ..] }:
                Absorb(list, arguments[0], arguments[^1]);
                return Results.None;
            case "table.insert" when arguments is [TableValue table, var value]:
                Put(table, ConstantValue.Of(table.Length + 1), value);
                return Results.None;
            case "table.insert" when arguments is [TableValue table, var at, var value]:
                Shift(table, at, value);
                return Results.None;
            case "table.remove" when arguments is [TableValue { Rest: null } table, ..] && table.Length > 0:
                return Remove(table, arguments.Length > 1 ? arguments[1] : new ConstantValue((double)table.Length));
            default:
                return default;
        }
    }

    private Results Buffers(string path, Value[] arguments)
    {
        switch (path)
        {
            case "buffer.create" when Library.Integer(arguments, 0) is >= 0 and <= Library.MaxBuffer and var size:
                return Library.Buffer(size);
            case "buffer.writeu8" or "buffer.writei8" when arguments is [TableValue bytes, _, var value, ..] && Library.Integer(arguments, 1) is { } at:
                Put(bytes, ConstantValue.Of(at + 1.0), value);
                return Results.None;
            case "buffer.writestring" when arguments is [TableValue bytes, ..] && Library.Integer(arguments, 1) is { } first && Library.Text(arguments, 2) is { Length: <= Library.MaxBuffer } text:
                for (var i = 0; i < text.Length; i++)
                {
                    Put(bytes, new ConstantValue(first + i + 1.0), new ConstantValue((double)text[i]) { Taint = arguments[2].Taint, Trace = arguments[2].Trace });
                }

                return Results.None;
            case "buffer.readu8" or "buffer.readi8" when arguments is [TableValue bytes, ..] && Library.Integer(arguments, 1) is { } at:
                return bytes.At(at + 1) ?? UnknownValue.Plain;
            case "buffer.tostring" or "buffer.readstring" when arguments is [TableValue bytes, ..]:
                return Library.TextOf(bytes, Library.Integer(arguments, 1) ?? 0, Library.Integer(arguments, 2) ?? bytes.Length);
            default:
                return default;
        }
    }

    private void Shift(TableValue table, Value at, Value value)
    {
        if (Operators.Number(at) is not { } place || place < 1 || place > table.Length)
        {
            Put(table, at, value);
            return;
        }

        for (var i = (double)table.Length; i >= place; i--)
        {
            Put(table, new ConstantValue(i + 1), table.Get(i) ?? ConstantValue.Nil);
        }

        Put(table, at, value);
    }

    private Value Remove(TableValue table, Value at)
    {
        if (Operators.Number(at) is not { } place || place < 1 || place > table.Length)
        {
            return UnknownValue.Plain;
        }

        var removed = table.Get(place) ?? ConstantValue.Nil;
        var last = table.Length;
        for (var i = place; i < last; i++)
        {
            Put(table, new ConstantValue(i), table.Get(i + 1) ?? ConstantValue.Nil);
        }

        Put(table, new ConstantValue((double)last), ConstantValue.Nil);
        steps -= last / 4;
        return removed;
    }

    // gsub with a function or a table: each match is replaced by what it gives.
    private Results Replace(Value[] arguments, SyntaxNode node)
    {
        Value Given(Value[] captures) => arguments[2] is TableValue table ? Get(table, captures[0], node) : CallValue(arguments[2], captures, node).First;

        if (Patterns.Replace(arguments, captures => HasBudget ? Given(captures) : UnknownValue.Plain) is { } replaced)
        {
            steps -= 8;
            return (Value[])[replaced, UnknownValue.Plain];
        }

        var (taint, trace) = Operators.TaintOf(arguments);
        Given([UnknownValue.Plain.With(taint | Taint.Assembled, trace)]);
        return UnknownValue.Plain.With(taint | Taint.Assembled, trace);
    }
}
