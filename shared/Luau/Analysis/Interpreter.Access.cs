using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Shared.Luau.Analysis;

// Reading and writing tables, members of the engine and globals.
public sealed partial class Interpreter
{
    // How many entries are looked at when a key is not known.
    private const int MaxGuessedEntries = 8;

    // Objects that inherit from each other in a circle end here.
    private const int MaxLookUps = 24;

    private int lookUps;

    private Value IndexName(Value target, string name, SyntaxNode node) => target switch
    {
        EngineValue engine when engine.Path != "env" => MemberOf(engine, name, null, node),
        TableValue table when table.Get(name) is { } entry => entry,
        UnknownValue => IndexUnknown(target, name, node),
        _ => Index(target, new ConstantValue(name), node),
    };

    private Value Index(Value target, Value key, SyntaxNode node)
    {
        switch (target)
        {
            case TableValue table:
                return Get(table, key, node);
            case EngineValue { Path: "env" } when key is ConstantValue { Text: { } name }:
                return Known(name) ?? Read(new EngineValue(EnginePaths.OfGlobal(name)), key, node);
            case EngineValue engine:
                return IndexEngine(engine, key, node);
            case ChoiceValue choice:
                Value? joined = null;
                foreach (var option in choice.Options)
                {
                    joined = Join.Of(joined, Index(option, key, node));
                }

                // What depends on who asks says of its parts that they do, too.
                return (joined ?? UnknownValue.Plain).With(choice.Taint & Taints.Guards, choice.Trace);
            case ConstantValue { Text: not null } when key is ConstantValue { Text: { } method }:
                return new EngineValue("string." + method);
            default:
                return IndexUnknown(target, (key as ConstantValue)?.Text, node, key);
        }
    }

    private Value IndexUnknown(Value target, string? name, SyntaxNode node, Value? key = null)
    {
        var kept = target is UnknownValue && name is not null ? fields.Get(name) : null;
        if (kept is not null)
        {
            return kept;
        }

        var told = name is not null ? EnginePaths.OfUnknown(name) : Taint.None;
        return UnknownValue.Plain.With(
            ((target.Taint | (key?.Taint ?? Taint.None)) & ~(Taint.Identity | Taint.Number)) | told,
            told == Taint.None ? target.Trace ?? key?.Trace : Step(node, "read from a player", target.Trace) with { Owner = target });
    }

    private Value IndexEngine(EngineValue engine, Value key, SyntaxNode node)
    {
        if (key is ConstantValue { Text: { } text })
        {
            return MemberOf(engine, text, key, node);
        }

        var options = Join.Options(key);
        var isNamed = Array.Exists(options, option => option is ConstantValue { Text: not null });

        // One of a list of players.
        if (engine.Path == "Player" && !isNamed)
        {
            return engine.With(key.Taint & Taints.OfClients, key.Trace);
        }

        Value? joined = null;
        foreach (var option in options)
        {
            if (option is ConstantValue { Text: { } name })
            {
                joined = Join.Of(joined, MemberOf(engine, name, option, node));
            }
        }

        // What is looked up in a module's table is the module's, whoever named the key.
        var told = key.Taint & ~(Taint.Identity | Taint.Number) & (engine.Path.StartsWith("module", StringComparison.Ordinal) ? ~Taints.OfClients : ~Taint.None);
        return joined ?? Read(new EngineValue(engine.Path + ".?") { Taint = engine.Taint | told, Trace = engine.Trace ?? key.Trace }, key, node);
    }

    private Value MemberOf(EngineValue engine, string name, Value? key, SyntaxNode node)
    {
        var member = engine.Remembered(name, EnginePaths.Member);
        member = EnginePaths.IsSource(name) ? EnginePaths.WithSource(member, engine, PlaceOf(node)) : member;
        Read(member, key, node);
        return properties.Count == 0 ? member : properties.Get(member.Path) ?? member;
    }

    private EngineValue Read(EngineValue value, Value? key, SyntaxNode node)
    {
        if (site is null || IsOfNote(value))
        {
            var isHidden = key is not null && (key.Taint & Taint.Assembled) != Taint.None;
            foreach (var detector in onReads)
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
                return entry is EngineValue loader && (key.Taint & Taint.Assembled) != Taint.None ? Read(loader, key, node) : entry;
            }

            if (table.Metatable is TableValue metatable && metatable.Get("__index") is { } inherited && lookUps < MaxLookUps)
            {
                lookUps++;
                var found = inherited is FunctionValue function ? Invoke(function, [table, key], node).First : Index(inherited, key, node);
                lookUps--;
                return found;
            }

            if (!ReferenceEquals(table, everywhere) && !ReferenceEquals(table, shared))
            {
                return table.Rest is null ? ConstantValue.Nil : Join.Of(table.Rest, ConstantValue.Nil);
            }

            // Some authors look for the language's functions there; what other scripts put there isn't known.
            return content is string name && EnginePaths.IsLoader(name) ? Read(new EngineValue(name), key, node) : UnknownValue.Plain;
        }

        if (key is ChoiceValue choice && Array.TrueForAll(choice.Options, option => option is ConstantValue { Content: not null }))
        {
            Value? either = null;
            foreach (var option in choice.Options)
            {
                either = Join.Of(either, Get(table, option, node));
            }

            return either!.With(choice.Taint & Taints.Guards, choice.Trace);
        }

        if (table is { Count: 0, Rest: null, Metatable: TableValue behind } && behind.Get("__index") is FunctionValue lookUp)
        {
            return Invoke(lookUp, [table, key], node).First;
        }

        // An unknown key may be any entry; a table of a few is a choice, a large one is unknown.
        var joined = table.Count > 0 ? table.OrFirst(table.Rest, MaxGuessedEntries) : table.Rest;
        var isNamed = (key.Taint & Taint.Identity) != Taint.None && table.Entries.Any(entry => People.IsNamed(entry.Key));
        var guessed = (joined ?? UnknownValue.Plain).With(
            isNamed ? Taint.Named : key.Taint & ~(Taint.Identity | Taint.Number | (joined is not null ? Taints.OfClients | Taint.PlayerText | Taint.PlayerData : Taint.None)), isNamed ? Named(key, node) : key.Trace);
        return (table.Count > 0 && table.Rest is null) || guessed is TableValue or FunctionValue ? Join.Of(guessed, ConstantValue.Nil) : guessed;
    }

    private TraceStep Named(Value identity, SyntaxNode node) => Step(node, "a player is named in the script", identity.Trace) with { Owner = identity.Trace?.Owner };

    private void Store(Expression target, Value value)
    {
        switch (target)
        {
            case NameExpression { Symbol: { } symbol }:
                Assign(symbol, value);
                break;
            case NameExpression name:
                hasNews |= activity != 0;
                NoteChange(new(globals, name.Name), value);
                Write(new(globals, name.Name), value);
                break;
            case MemberExpression member:
                var owner = Evaluate(member.Object);
                StoreIn(owner, new ConstantValue(member.Name), value, member);
                Spread(member.Object, owner, value);
                break;
            case IndexExpression index:
                var table = Evaluate(index.Object);
                StoreIn(table, Evaluate(index.Key), value, index);
                Spread(index.Object, table, value);
                break;
        }
    }

    private void StoreIn(Value target, Value key, Value value, SyntaxNode node)
    {
        if (target is ChoiceValue choice)
        {
            foreach (var option in choice.Options)
            {
                StoreIn(option, key, value, node);
            }

            return;
        }

        switch (target)
        {
            case TableValue { Metatable: TableValue metatable } table when metatable.Get("__newindex") is FunctionValue function && (key is not ConstantValue { Content: { } known } || table.Get(known) is null):
                Invoke(function, [table, key, value], node);
                break;
            case TableValue table:
                if (value is FunctionValue member)
                {
                    member.Owner ??= table;
                    member.Name ??= (key as ConstantValue)?.Text;
                }

                Put(table, key, value);
                break;
            case EngineValue { Path: "env" } when key is ConstantValue { Text: { } name }:
                hasNews |= activity != 0;
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

    private void StoreInEngine(EngineValue engine, Value key, Value value, SyntaxNode node)
    {
        effects++;
        texts += value is ConstantValue { Text: not null } or PrefixValue ? 1 : 0;
        var member = key is ConstantValue { Text: { } text } ? text : "?";
        var path = engine.Path + "." + member;
        for (var run = loop; run is not null; run = run.Outer)
        {
            run.Writes.Add(path);
        }

        if (site is null || IsOfNote(value) || IsOfNote(engine))
        {
            var write = new EngineWrite(engine, member, key, value, Home(node), Now);
            foreach (var detector in onWrites)
            {
                detector.Written(write);
            }
        }

        if (engine.Path != "?" && member != "?")
        {
            hasNews |= activity != 0 && IsNews(value);
            Write(new(properties, path), value);
        }

        if (value is not (FunctionValue or ChoiceValue))
        {
            return;
        }

        foreach (var handler in Handlers.Assigned(engine, member, value, node, PlaceOf(node)))
        {
            Defer(handler);
        }
    }

    // What another callback would do something else with: a property that is not known may have any value already.
    private static bool IsNews(Value value) => value is not (UnknownValue or EngineValue or ConstantValue) || value is ConstantValue { Text: not null } || (value.Taint & (Taints.FromOutside | Taints.Guards)) != Taint.None;

    // In another script of the package only what came from outside is told: the rest is told when that script is scanned.
    private static bool IsOfNote(Value value) => ((value is TableValue or ChoiceValue ? Operators.TaintOf(value).Taint : value.Taint) & Taints.FromOutside) != Taint.None;
}
