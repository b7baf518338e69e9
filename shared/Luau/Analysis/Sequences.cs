namespace ToolboxAI.Shared.Luau.Analysis;

/// <summary>What a generic for goes over.</summary>
internal static class Sequences
{
    /// <summary>The values of each round that is known, in order.</summary>
    public static IEnumerable<IReadOnlyList<Value>> Of(Value iterated) => iterated switch
    {
        // A copy: the loop's body may change the table.
        TableValue table => [.. table.Entries.OrderBy(entry => entry.Key is double number ? number : double.MaxValue)
            .Select(entry => (IReadOnlyList<Value>)[new ConstantValue(entry.Key), entry.Value])],
        EngineSequence sequence => [.. Enumerable.Range(1, sequence.Rounds.Length)
            .Select(round => (TableValue)sequence.Rounds.Get((double)round)!)
            .Select(values => (IReadOnlyList<Value>)[.. Enumerable.Range(1, values.Length).Select(i => values.Get((double)i)!)])],
        _ => [],
    };

    /// <summary>Whether the known rounds are all rounds.</summary>
    public static bool IsComplete(Value iterated) => iterated is TableValue { Rest: null, Entries.Count: > 0 } or EngineSequence;

    /// <summary>The values of a round of which nothing is known but what it goes over.</summary>
    public static IReadOnlyList<Value> Unknown(Value iterated) => iterated switch
    {
        TableValue { Rest: { } rest } => [UnknownValue.Plain, rest],
        EngineValue { Path: "Player" } player => [UnknownValue.Plain, player],
        EngineValue engine => [UnknownValue.Plain, new EngineValue(engine.Path + ".*") { Taint = engine.Taint, Trace = engine.Trace }],
        _ => [UnknownValue.Plain.With(iterated.Taint, iterated.Trace), UnknownValue.Plain.With(iterated.Taint, iterated.Trace)],
    };
}
