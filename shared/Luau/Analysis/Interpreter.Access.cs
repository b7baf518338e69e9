using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Shared.Luau.Analysis;

// Reading and writing tables, members of the engine and globals.
public sealed partial class Interpreter
{
    private Value Index(Value target, Value key, SyntaxNode node, bool isHidden)
    {
        switch (target)
        {
            case TableValue table:
                return Get(table, key, node);
            case EngineValue { Path: "env" } when key is ConstantValue { Text: { } name }:
                return globals.GetValueOrDefault(name) ?? Read(new EngineValue(EnginePaths.OfGlobal(name)), node, isHidden: true);
            case EngineValue engine:
                return IndexEngine(engine, key, node, isHidden);
            case ChoiceValue choice:
                Value? joined = null;
                foreach (var option in choice.Options)
                {
                    joined = Join.Of(joined, Index(option, key, node, isHidden));
                }

                return joined ?? UnknownValue.Plain;
            case ConstantValue { Text: not null } when key is ConstantValue { Text: { } method }:
                return new EngineValue("string." + method);
            default:
                return UnknownValue.Plain.With(target.Taint | key.Taint, target.Trace ?? key.Trace);
        }
    }

    private Value IndexEngine(EngineValue engine, Value key, SyntaxNode node, bool isHidden)
    {
        foreach (var option in Join.Options(key))
        {
            if (option is ConstantValue { Text: { } name })
            {
                var member = EnginePaths.Member(engine, name);
                return Read(EnginePaths.WithSource(member, () => Step(node, $"read from {member.Path}")), node, isHidden);
            }
        }

        return Read(new EngineValue(engine.Path + ".?") { Taint = engine.Taint | key.Taint, Trace = engine.Trace ?? key.Trace }, node, isHidden);
    }

    private EngineValue Read(EngineValue value, SyntaxNode node, bool isHidden)
    {
        NotifyRead(value, node, isHidden);
        return value;
    }

    private void NotifyRead(EngineValue value, SyntaxNode node, bool isHidden)
    {
        foreach (var detector in detectors)
        {
            detector.Read(value, node, isHidden);
        }
    }

    private Value Get(TableValue table, Value key, SyntaxNode node)
    {
        if (key is ConstantValue { Content: { } content })
        {
            if (table.Get(content) is { } entry)
            {
                return entry;
            }

            if (table.Metatable is TableValue metatable && metatable.Get("__index") is { } inherited && !ReferenceEquals(inherited, table))
            {
                return inherited is FunctionValue function ? First(Invoke(function, [table, key], node)) : Index(inherited, key, node, isHidden: false);
            }

            return table.Rest is null ? ConstantValue.Nil : Join.Of(table.Rest, ConstantValue.Nil);
        }

        // An unknown key may be any entry; a table of a few is a choice, a large one is unknown.
        Value? joined = table.Rest;
        foreach (var entry in table.Entries.Values.Take(8))
        {
            joined = Join.Of(joined, entry);
        }

        return (joined ?? UnknownValue.Plain).With(table.Entries.Count > 0 ? key.Taint & ~Taint.Client : key.Taint, key.Trace);
    }

    private static void Put(TableValue table, Value key, Value value)
    {
        if (key is ConstantValue { Content: { } content })
        {
            table.Set(content, value);
        }
        else
        {
            table.Rest = Join.Of(table.Rest, value);
        }
    }

    private void Store(Expression target, Value value)
    {
        switch (target)
        {
            case NameExpression { Symbol: { } symbol }:
                Assign(symbol, value);
                break;
            case NameExpression name:
                globals[name.Name] = journal is null ? value : Join.Of(globals.GetValueOrDefault(name.Name), value);
                break;
            case MemberExpression member:
                StoreIn(Evaluate(member.Object), new ConstantValue(member.Name), value, member);
                break;
            case IndexExpression index:
                StoreIn(Evaluate(index.Object), Evaluate(index.Key), value, index);
                break;
        }
    }

    private void StoreIn(Value target, Value key, Value value, SyntaxNode node)
    {
        foreach (var option in Join.Options(target))
        {
            switch (option)
            {
                case TableValue table:
                    Put(table, key, value);
                    break;
                case EngineValue { Path: "env" } when key is ConstantValue { Text: { } name }:
                    globals[name] = value;
                    break;
                case EngineValue engine:
                    effects++;
                    var member = key is ConstantValue { Text: { } text } ? text : "?";
                    foreach (var detector in detectors)
                    {
                        detector.Written(engine, member, value, node);
                    }

                    Handlers.Assigned(engine, member, value, handler => Invoke(handler.Function, handler.Arguments, node), span => Step(node, span));
                    break;
            }
        }
    }
}
