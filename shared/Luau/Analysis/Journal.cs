using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Shared.Luau.Analysis;

/// <summary>A place that holds a value: a variable or a variadic argument (by its number) of a function's run, or an entry of a table.</summary>
internal readonly record struct Cell(object Owner, object Key)
{
    public bool Equals(Cell other) => ReferenceEquals(Owner, other.Owner) && (ReferenceEquals(Key, other.Key) || Key.Equals(other.Key));

    public override int GetHashCode() => HashCode.Combine(RuntimeHelpers.GetHashCode(Owner), Key);

    public int Birth => Owner is Activation frame ? frame.Birth : ((TableValue)Owner).Birth;

    public Value? Read() => (Owner, Key) switch
    {
        (Activation frame, Symbol symbol) => frame[symbol],
        (Activation frame, _) => frame.Varargs[(int)Key],
        _ => ((TableValue)Owner).Get(Key),
    };

    public void Write(Value? value)
    {
        switch (Owner, Key)
        {
            case (Activation frame, Symbol symbol):
                frame[symbol] = value ?? UnknownValue.Plain;
                break;
            case (Activation frame, _):
                frame.Varargs[(int)Key] = value ?? UnknownValue.Plain;
                break;
            default:
                ((TableValue)Owner).Set(Key, value ?? ConstantValue.Nil);
                break;
        }
    }
}

/// <summary>A cell that was written on a way, and what was in it before and at the way's end.</summary>
internal readonly record struct Change(Cell Cell, Value? Before, Value? After);

/// <summary>What was written on a way that has ended: a stretch of the journal.</summary>
internal readonly record struct Outcome(int Start, int Count);

/// <summary>
/// What was written since the ways that are being taken began, so that each way starts from the same state: one list for all of
/// them, of which the innermost way owns the end. While no way is open nothing is noted.
/// </summary>
internal sealed class Journal
{
    private const int FirstTidying = 1_024;

    // So many cells are compared one by one.
    private const int Few = 12;

    private readonly List<Change> changes = [];

    // What ended ways left, until they are joined: the last that ended stands last.
    private readonly List<Change> ended = [];
    private readonly List<(int Changes, int Began)> marks = [];
    private int tidyAt = FirstTidying;

    /// <summary>How many ways were begun.</summary>
    public int Now { get; private set; }

    /// <summary>Notes a cell that is about to be written. What was made on the way that is being taken isn't there on any other.</summary>
    public void Note(Cell cell)
    {
        if (marks.Count == 0 || marks[^1].Began <= cell.Birth)
        {
            return;
        }

        changes.Add(new(cell, cell.Read(), null));
        if (changes.Count >= tidyAt)
        {
            Written();
            tidyAt = Math.Max(FirstTidying, changes.Count * 2);
        }
    }

    /// <summary>A way begins.</summary>
    public void Begin() => marks.Add((changes.Count, ++Now));

    /// <summary>The way ends: takes back what was written on it. What that was, until it is forgotten.</summary>
    public Outcome Undo()
    {
        var mark = marks[^1].Changes;
        marks.RemoveAt(marks.Count - 1);
        if (changes.Count == mark)
        {
            return default;
        }

        Tidy(mark);
        var written = CollectionsMarshal.AsSpan(changes)[mark..];
        var outcome = new Outcome(ended.Count, written.Length);
        ended.AddRange(written);
        for (var i = written.Length - 1; i >= 0; i--)
        {
            written[i].Cell.Write(written[i].Before);
        }

        CollectionsMarshal.SetCount(changes, mark);
        return outcome;
    }

    /// <summary>What was written on a way that has ended.</summary>
    public ReadOnlySpan<Change> Of(Outcome outcome) => CollectionsMarshal.AsSpan(ended).Slice(outcome.Start, outcome.Count);

    /// <summary>Forgets the two ways that ended last.</summary>
    public void Forget(Outcome first, Outcome second) => CollectionsMarshal.SetCount(ended, ended.Count - first.Count - second.Count);

    /// <summary>The way ends, and what was written on it stays.</summary>
    public void Keep()
    {
        marks.RemoveAt(marks.Count - 1);
        if (marks.Count == 0)
        {
            changes.Clear();
        }
    }

    /// <summary>What was written since the innermost way began, each cell once: a loop writes the same ones over and over.</summary>
    public ReadOnlySpan<Change> Written()
    {
        var mark = marks[^1].Changes;
        Tidy(mark);
        return CollectionsMarshal.AsSpan(changes)[mark..];
    }

    /// <summary>Where a cell stands among changes; -1 when it doesn't.</summary>
    public static int Place(ReadOnlySpan<Change> changes, Cell cell)
    {
        for (var i = 0; i < changes.Length; i++)
        {
            if (changes[i].Cell == cell)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Where the cells of a second way's changes stand, when there are too many to be looked for one by one.</summary>
    public static Dictionary<Cell, int>? Places(ReadOnlySpan<Change> first, ReadOnlySpan<Change> second)
    {
        if (first.IsEmpty || second.Length <= Few)
        {
            return null;
        }

        var places = new Dictionary<Cell, int>(second.Length);
        for (var i = 0; i < second.Length; i++)
        {
            places[second[i].Cell] = i;
        }

        return places;
    }

    // Leaves the first change of each cell from a mark on, with what is in the cell now.
    private void Tidy(int mark)
    {
        var written = CollectionsMarshal.AsSpan(changes)[mark..];
        var seen = written.Length > Few ? new HashSet<Cell>(written.Length) : null;
        var count = 0;
        foreach (var change in written)
        {
            if (seen is not null ? seen.Add(change.Cell) : Place(written[..count], change.Cell) < 0)
            {
                written[count++] = change with { After = change.Cell.Read() };
            }
        }

        CollectionsMarshal.SetCount(changes, mark + count);
    }
}
