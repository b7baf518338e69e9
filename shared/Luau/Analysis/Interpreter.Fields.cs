using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Shared.Luau.Analysis;

// What is put into objects and lists that nothing is known of.
public sealed partial class Interpreter
{
    // Shorter texts say nothing yet.
    private const int ShortestKept = 8;

    // What is put into a list of which not all is known.
    private void Absorb(Expression list, Value known, Value added)
    {
        foreach (var option in Join.Options(known))
        {
            if (option is TableValue table)
            {
                Put(table, UnknownValue.Plain, added);
            }
        }

        Spread(list, known, added);
    }

    // A text that was put together and is kept may be shown at any time.
    private void Keep(Value value)
    {
        if (value is ConstantValue { Text.Length: >= ShortestKept } or PrefixValue && (value.Taint & Taint.Assembled) != Taint.None && current is { } statement && site is null)
        {
            foreach (var detector in onWrites)
            {
                detector.Kept(value, statement);
            }
        }
    }

    // Something unknown that holds what came from outside is from outside itself: a variable, or a field by its name.
    private void Spread(Expression holder, Value known, Value added)
    {
        var (taint, trace) = added is UnknownValue or TableValue or ChoiceValue or EngineValue ? Operators.TaintOf(added) : (added.Taint, added.Trace);
        taint &= Taints.FromOutside;
        if (taint == Taint.None || !Array.Exists(Join.Options(known), option => option is UnknownValue))
        {
            return;
        }

        if (holder is NameExpression { Symbol: { } symbol } && frame.Owner(symbol) is { } owner)
        {
            Write(new(owner, symbol), known.With(taint, trace));
        }
        else if (holder is MemberExpression member)
        {
            hasNews |= activity != 0;
            Write(new(fields, member.Name), UnknownValue.Plain.With(taint | (fields.Get(member.Name)?.Taint ?? Taint.None), trace));
        }
    }

    private void Put(TableValue table, Value key, Value value)
    {
        value = Guarded(value);
        Keep(value);
        hasNews |= table.Activity != activity;
        if (key is ConstantValue { Content: { } content })
        {
            MarkTables(content);
            if (table.Count < TableValue.MaxEntries || table.Get(content) is not null)
            {
                journal.Note(new(table, content));
            }

            table.Set(content, value);
        }
        else
        {
            MarkTables();
            PutSomewhere(table, key, value);
        }
    }

    // Under a key that isn't known: what the key tells, the table tells, and what stands there doesn't.
    private static void PutSomewhere(TableValue table, Value key, Value value)
    {
        table.Rest = Join.Of(table.Rest, value);
        if ((key.Taint & Taints.FromOutside) != Taint.None)
        {
            table.Keys = Join.Of(table.Keys, UnknownValue.Plain.With(key.Taint & Taints.FromOutside, key.Trace));
        }
    }
}
