namespace ToolboxAI.Shared.Luau.Analysis;

/// <summary>What a generic for goes over.</summary>
internal static class Sequences
{
    /// <summary>The values of each round that is known, in order. A copy: the loop's body may change the table.</summary>
    public static Value[][] Of(Value iterated) => iterated switch
    {
        TableValue { Count: > 0 } table => Of(table),
        EngineSequence sequence => [.. sequence.Rounds.Values.Select(round => (Value[])[.. ((TableValue)round).Values])],
        _ => [],
    };

    private static Value[][] Of(TableValue table)
    {
        var rounds = new Value[table.Count][];
        var count = 0;
        if (table is { Named.Count: 0, Others.Count: 0 })
        {
            var items = table.Items;
            for (var i = 0; i < items.Length; i++)
            {
                if (items[i] is { } item)
                {
                    rounds[count++] = [ConstantValue.Of(i + 1.0), item];
                }
            }

            return rounds;
        }

        foreach (var (key, value) in InOrder(table))
        {
            rounds[count++] = [key is double number ? ConstantValue.Of(number) : new(key), value];
        }

        return rounds;
    }

    /// <summary>What is gone over isn't nil: of a choice, what is left.</summary>
    public static Value NotNil(Value iterated) =>
        iterated is ChoiceValue choice && Array.FindAll(choice.Options, option => option is not ConstantValue) is [var only] ? only : iterated;

    private static IEnumerable<KeyValuePair<object, Value>> InOrder(TableValue table) =>
        table.Count == table.Length ? table.Entries : table.Entries.OrderBy(entry => entry.Key is double number ? number : double.MaxValue);

    /// <summary>Whether the known rounds are all rounds.</summary>
    public static bool IsComplete(Value iterated) => iterated is TableValue { Rest: null, Count: > 0 } or EngineSequence;

    /// <summary>The values of a round of which nothing is known but what it goes over.</summary>
    public static Value[] Unknown(Value iterated) => iterated switch
    {
        TableValue { Rest: { } rest } table => [table.Keys ?? UnknownValue.Plain, rest],
        EngineValue { Path: "Player" } player => [UnknownValue.Plain, player],
        EngineValue engine => [UnknownValue.Plain, new EngineValue(engine.Path + ".*") { Taint = engine.Taint, Trace = engine.Trace }],
        _ => [UnknownValue.Plain.With(iterated.Taint, iterated.Trace), UnknownValue.Plain.With(iterated.Taint, iterated.Trace)],
    };
}
