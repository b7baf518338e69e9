using System.Runtime.InteropServices;
using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Shared.Luau.Analysis;

/// <summary>A place that holds a value: a variable of a function's run, or an entry of a table.</summary>
internal readonly record struct Cell(object Owner, object Key)
{
    public Value? Read() => Owner is Activation frame ? frame[(Symbol)Key] : ((TableValue)Owner).Get(Key);

    public void Write(Value? value)
    {
        if (Owner is Activation frame)
        {
            frame[(Symbol)Key] = value ?? UnknownValue.Plain;
        }
        else
        {
            ((TableValue)Owner).Set(Key, value ?? ConstantValue.Nil);
        }
    }
}

/// <summary>A cell that was written on a way, and what was in it before and at the way's end.</summary>
internal readonly record struct Change(Cell Cell, Value? Before, Value? After);

/// <summary>
/// What was written since the ways that are being taken began, so that each way starts from the same state: one list for all of
/// them, of which the innermost way owns the end. While no way is open nothing is noted.
/// </summary>
internal sealed class Journal
{
    private const int FirstTidying = 1_024;

    private readonly List<Change> changes = [];
    private readonly List<int> marks = [];
    private int tidyAt = FirstTidying;

    /// <summary>Whether a way is open.</summary>
    public bool IsOpen => marks.Count > 0;

    /// <summary>Notes a cell that is about to be written.</summary>
    public void Note(Cell cell)
    {
        if (marks.Count == 0)
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
    public void Begin() => marks.Add(changes.Count);

    /// <summary>The way ends: takes back what was written on it. What that was; null when nothing was.</summary>
    public Change[]? Undo()
    {
        var mark = marks[^1];
        marks.RemoveAt(marks.Count - 1);
        if (changes.Count == mark)
        {
            return null;
        }

        var outcome = Distinct(mark);
        for (var i = outcome.Length - 1; i >= 0; i--)
        {
            outcome[i].Cell.Write(outcome[i].Before);
        }

        changes.RemoveRange(mark, changes.Count - mark);
        return outcome;
    }

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
    public Change[] Written()
    {
        var distinct = Distinct(marks[^1]);
        changes.RemoveRange(marks[^1], changes.Count - marks[^1]);
        changes.AddRange(distinct);
        return distinct;
    }

    private Change[] Distinct(int mark)
    {
        const int Few = 12;
        var written = CollectionsMarshal.AsSpan(changes)[mark..];
        var seen = written.Length > Few ? new HashSet<Cell>(written.Length) : null;
        var distinct = new List<Change>(Math.Min(written.Length, Few));
        foreach (var change in written)
        {
            if (seen?.Add(change.Cell) ?? !distinct.Exists(known => known.Cell == change.Cell))
            {
                distinct.Add(change with { After = change.Cell.Read() });
            }
        }

        return [.. distinct];
    }
}
