using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Shared.Luau.Analysis;

// What is written where, and what several ways leave of it.
public sealed partial class Interpreter
{
    private const int MostOnStack = 64;

    private void Declare(Binding binding, Value value)
    {
        if (binding.Symbol is { } symbol)
        {
            Write(new(frame, symbol), value);
        }
    }

    private void Assign(Symbol symbol, Value value)
    {
        if (frame.Owner(symbol) is { } owner)
        {
            value = Guarded(value);
            var cell = new Cell(owner, symbol);
            NoteChange(cell, value);
            hasNews |= owner.Activity != activity;
            Write(cell, value);
        }
    }

    // What a switch or rank is only for who is named.
    private Value Guarded(Value value) => guard is not null && value is ConstantValue { Content: true or double } ? value.With(guard.Taint & Taint.Named, guard.Trace) : value;

    private void Write(Cell cell, Value value)
    {
        journal.Note(cell);
        cell.Write(value);
    }

    /// <summary>Joins what two ways leave. A way that leaves the block counts for nothing after it.</summary>
    private void JoinWays(Outcome first, bool firstGoesOn, Outcome second, bool secondGoesOn)
    {
        if ((firstGoesOn || secondGoesOn) && first.Count + second.Count > 0)
        {
            JoinWays(journal.Of(first), firstGoesOn, journal.Of(second), secondGoesOn);
        }

        journal.Forget(first, second);
    }

    private void JoinWays(ReadOnlySpan<Change> first, bool firstGoesOn, ReadOnlySpan<Change> second, bool secondGoesOn)
    {
        Span<bool> isBoth = second.Length <= MostOnStack ? stackalloc bool[second.Length] : new bool[second.Length];
        var places = Journal.Places(first, second);
        foreach (var change in first)
        {
            var at = places is not null ? places.GetValueOrDefault(change.Cell, -1) : Journal.Place(second, change.Cell);
            Value? joined = firstGoesOn ? change.After ?? ConstantValue.Nil : null;
            Write(change.Cell, secondGoesOn ? Join.Of(joined, (at < 0 ? change.Before : second[at].After) ?? ConstantValue.Nil) : joined!);
            if (at >= 0)
            {
                isBoth[at] = true;
            }
        }

        for (var i = 0; i < isBoth.Length; i++)
        {
            if (!isBoth[i])
            {
                Value? joined = firstGoesOn ? second[i].Before ?? ConstantValue.Nil : null;
                Write(second[i].Cell, secondGoesOn ? Join.Of(joined, second[i].After ?? ConstantValue.Nil) : joined!);
            }
        }
    }

    // Joins what a way that may not have been taken leaves with what was there before.
    private void JoinWay(Outcome way, bool goesOn = true) => JoinWays(way, goesOn, default, true);

    /// <summary>Where two ways end together: after the block when one of them gets there.</summary>
    private static Flow Either(Flow first, Flow second) =>
        first == Flow.Next || second == Flow.Next ? Flow.Next : first < second ? first : second;

    // Begins a way on which a condition holds, or doesn't: what it checked is checked there, and what it guards is guarded.
    private void BeginWay(Value value, Expression condition, bool holds)
    {
        journal.Begin();
        Check(condition, holds);
        guard = Guarding(value, condition, holds) ?? guard;
    }

    // A guard is named when only the named pass, and not named when all but they do.
    private Value? Guarding(Value value, Expression condition, bool holds)
    {
        var isNamed = (value.Taint & (holds ? Taint.Named | Taint.Phrase : Taint.NotNamed)) != Taint.None;
        var isExempt = !isNamed && (value.Taint & Taints.Guards & ~Taint.Phrase) != Taint.None;
        if (!isNamed && (!isExempt || guard is not null))
        {
            return null;
        }

        var passes = isExempt ? Taint.NotNamed : (value.Taint & Taint.Phrase) | ((value.Taint & (Taint.Named | Taint.NotNamed)) != Taint.None ? Taint.Named : Taint.None);
        var outer = guard is null ? Taint.None : guard.Taint & (Taint.Named | Taint.Phrase);
        return new UnknownValue { Taint = (value.Taint & ~Taints.Guards) | passes | outer, Trace = outer != Taint.None ? guard!.Trace : Step(condition, isExempt ? "who is named in the script doesn't pass here" : "only who is named in the script, or knows a word of it, passes here", value.Trace) with { Owner = value.Trace?.Owner } };
    }

    // A write that a loop's next round can see.
    private void NoteChange(Cell cell, Value value)
    {
        if (loop is null || !Differs(cell.Read(), value))
        {
            return;
        }

        var last = yields == yieldsAtSpawn ? null : spawner;
        for (var run = loop; run is not null && run != last; run = run.Outer)
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

    private void MarkTables(object? key = null)
    {
        for (var run = loop; run is not null; run = run.Outer)
        {
            run.ChangedKeys.Add(key ?? LoopRun.AnyKey);
        }
    }

    private void MarkLoops(bool pauses = false, bool yields = false, bool acts = false, bool moves = false, bool asksTime = false)
    {
        var isOther = false;
        for (var run = loop; run is not null; run = run.Outer)
        {
            isOther |= ReferenceEquals(run, spawner);
            run.Pauses |= pauses && !isOther;
            if (!ReferenceEquals(run, leaving))
            {
                run.Yields |= yields && !isOther;
                run.Acts |= acts;
                run.Moves |= moves;
                run.AsksTime |= asksTime;
            }
        }
    }

    private ConstantValue?[] ConstantsOf(ScriptUnit entered)
    {
        constantsByUnit ??= new(ReferenceEqualityComparer.Instance) { [home] = constants };
        if (!constantsByUnit.TryGetValue(entered, out var known))
        {
            constantsByUnit[entered] = known = new ConstantValue?[entered.Tree.Literals];
        }

        return known;
    }

    private static Results JoinReturns(List<Results> ways, Flow flow)
    {
        if (ways.Count == 0)
        {
            return Results.None;
        }

        if (ways.Count == 1 && flow == Flow.Leave)
        {
            return ways[0];
        }

        var length = 0;
        foreach (var way in ways)
        {
            length = Math.Max(length, way.Count);
        }

        var results = new Value[length];
        for (var i = 0; i < results.Length; i++)
        {
            Value? joined = flow == Flow.Leave ? null : ConstantValue.Nil;
            foreach (var way in ways)
            {
                joined = Join.Of(joined, way.At(i));
            }

            results[i] = joined!;
        }

        return results;
    }
}
