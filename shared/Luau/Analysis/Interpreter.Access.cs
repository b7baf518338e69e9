using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Shared.Luau.Analysis;

// Reading and writing tables, members of the engine and globals.
public sealed partial class Interpreter
{
    // How many entries are looked at when a key is not known.
    private const int MaxGuessedEntries = 8;

    private Value Index(Value target, Value key, SyntaxNode node)
    {
        switch (target)
        {
            case TableValue table:
                return Get(table, key, node);
            case EngineValue { Path: "env" } when key is ConstantValue { Text: { } name }:
                return globals.Get(name) ?? Read(new EngineValue(EnginePaths.OfGlobal(name)), key, node);
            case EngineValue engine:
                return IndexEngine(engine, key, node);
            case ChoiceValue choice:
                Value? joined = null;
                foreach (var option in choice.Options)
                {
                    joined = Join.Of(joined, Index(option, key, node));
                }

                return joined ?? UnknownValue.Plain;
            case ConstantValue { Text: not null } when key is ConstantValue { Text: { } method }:
                return new EngineValue("string." + method);
            default:
                var told = key is ConstantValue { Text: { } member } ? EnginePaths.OfUnknown(member) : Taint.None;
                return UnknownValue.Plain.With(
                    ((target.Taint | key.Taint) & ~(Taint.Identity | Taint.Number)) | told,
                    told == Taint.None ? target.Trace ?? key.Trace : Step(node, "read from a player", target.Trace) with { Owner = target });
        }
    }

    private Value IndexEngine(EngineValue engine, Value key, SyntaxNode node)
    {
        // One of a list of players.
        if (engine.Path == "Player" && Join.Options(key).All(option => option is not ConstantValue { Text: not null }))
        {
            return engine.With(key.Taint & Taints.OfClients, key.Trace);
        }

        Value? joined = null;
        foreach (var option in Join.Options(key))
        {
            if (option is ConstantValue { Text: { } name })
            {
                var member = EnginePaths.WithSource(EnginePaths.Member(engine, name), engine, message => Step(node, message));
                Read(member, option, node);
                joined = Join.Of(joined, properties.Get(member.Path) ?? member);
            }
        }

        return joined ?? Read(new EngineValue(engine.Path + ".?") { Taint = engine.Taint | (key.Taint & ~Taint.Identity), Trace = engine.Trace ?? key.Trace }, key, node);
    }

    private EngineValue Read(EngineValue value, Value? key, SyntaxNode node)
    {
        if (site is null || IsOfNote(value))
        {
            var isHidden = key is not null && (key.Taint & Taint.Assembled) != Taint.None;
            foreach (var detector in detectors)
            {
                detector.Read(value, Home(node), isHidden);
            }
        }

        return value;
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
                return inherited is FunctionValue function ? First(Invoke(function, [table, key], node)) : Index(inherited, key, node);
            }

            // Some authors look for the language's functions in _G.
            if (ReferenceEquals(table, everywhere) && content is string name && EnginePaths.IsLoader(name))
            {
                return Read(new EngineValue(name), key, node);
            }

            return table.Rest is null ? ConstantValue.Nil : Join.Of(table.Rest, ConstantValue.Nil);
        }

        // An unknown key may be any entry; a table of a few is a choice, a large one is unknown.
        Value? joined = table.Rest;
        foreach (var entry in table.Entries.Values.Take(MaxGuessedEntries))
        {
            joined = Join.Of(joined, entry);
        }

        var isNamed = (key.Taint & Taint.Identity) != Taint.None && table.Entries.Keys.Any(People.IsNamed);
        var found = (joined ?? UnknownValue.Plain).With(
            isNamed ? Taint.Named : table.Entries.Count > 0 ? key.Taint & ~Taints.OfClients & ~Taint.Identity : key.Taint & ~Taint.Identity, isNamed ? Named(key, node) : key.Trace);
        return table.Entries.Count > 0 && table.Rest is null ? Join.Of(found, ConstantValue.Nil) : found;
    }

    private TraceStep Named(Value identity, SyntaxNode node) => Step(node, "a player is named in the script", identity.Trace) with { Owner = identity.Trace?.Owner };

    private void Put(TableValue table, Value key, Value value)
    {
        MarkTables((key as ConstantValue)?.Content);
        if (key is ConstantValue { Content: { } content })
        {
            if (table.Entries.ContainsKey(content) || table.Entries.Count < TableValue.MaxEntries)
            {
                journal?.Note(new(table, content));
            }

            table.Set(content, value);
        }
        else
        {
            table.Rest = Join.Of(table.Rest, value.With(key.Taint & Taint.PlayerData, key.Trace));
        }
    }

    private void MarkTables(object? key = null)
    {
        for (var run = loop; run is not null; run = run.Outer)
        {
            run.ChangedKeys.Add(key ?? LoopRun.AnyKey);
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
                NoteChange(new(globals, name.Name), value);
                Write(new(globals, name.Name), value);
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
                case TableValue { Metatable: TableValue metatable } table when metatable.Get("__newindex") is FunctionValue function && (key is not ConstantValue { Content: { } known } || table.Get(known) is null):
                    Invoke(function, [table, key, value], node);
                    break;
                case TableValue table:
                    Put(table, key, value);
                    break;
                case EngineValue { Path: "env" } when key is ConstantValue { Text: { } name }:
                    Write(new(globals, name), value);
                    break;
                case EngineValue engine:
                    StoreInEngine(engine, key, value, node);
                    break;
                case UnknownValue unknown:
                    StoreInEngine(new("?") { Taint = unknown.Taint, Trace = unknown.Trace }, key, value, node);
                    break;
            }
        }
    }

    private void StoreInEngine(EngineValue engine, Value key, Value value, SyntaxNode node)
    {
        effects++;
        var member = key is ConstantValue { Text: { } text } ? text : "?";
        for (var run = loop; run is not null; run = run.Outer)
        {
            run.Writes.Add(engine.Path + "." + member);
        }

        if (site is null || IsOfNote(value) || IsOfNote(engine))
        {
            var write = new EngineWrite(engine, member, key, value, Home(node), Now);
            foreach (var detector in detectors)
            {
                detector.Written(write);
            }
        }

        if (engine.Path != "?" && member != "?")
        {
            Write(new(properties, engine.Path + "." + member), value);
        }

        foreach (var handler in Handlers.Assigned(engine, member, value, node, message => Step(node, message)))
        {
            Defer(handler);
        }
    }

    // A write that a loop's next round can see.
    private void NoteChange(Cell cell, Value value)
    {
        if (loop is null || !Differs(cell.Read(), value))
        {
            return;
        }

        for (var run = loop; run is not null; run = run.Outer)
        {
            var isOwn = ReferenceEquals(cell.Owner, run.Frame) ? ((Symbol)cell.Key).Token >= run.Node.First : ReferenceEquals(cell.Owner, frame);
            if (!isOwn)
            {
                run.Changes.Add(cell.Key);
            }
        }
    }

    private static bool Differs(Value? before, Value after) => (before, after) switch
    {
        (ConstantValue a, ConstantValue b) => !Equals(a.Content, b.Content),
        (EngineValue a, EngineValue b) => a.Path != b.Path,
        (_, EngineValue) => false,
        _ => true,
    };

    // In another script of the package only what came from outside is told: the rest is told when that script is scanned.
    private static bool IsOfNote(Value value) => (Operators.TaintOf([value]).Taint & Taints.FromOutside) != Taint.None;
}
