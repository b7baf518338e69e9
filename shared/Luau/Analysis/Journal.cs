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

/// <summary>What was written since a fork, so that each way starts from the same state.</summary>
internal sealed class Journal
{
    private Dictionary<Cell, Value?>? before;

    public IEnumerable<Cell> Written => before?.Keys ?? Enumerable.Empty<Cell>();

    public void Note(Cell cell)
    {
        if (before is null || !before.ContainsKey(cell))
        {
            Note(cell, cell.Read());
        }
    }

    public void Note(Cell cell, Value? value)
    {
        before ??= [];
        before.TryAdd(cell, value);
    }

    public Value? Before(Cell cell) => before![cell];

    /// <summary>Takes back what was written; what it was. Nothing when nothing was written.</summary>
    public Dictionary<Cell, Value?>? Undo()
    {
        if (before is null)
        {
            return null;
        }

        var outcome = before.Keys.ToDictionary(cell => cell, cell => cell.Read());
        foreach (var (cell, value) in before.Reverse())
        {
            cell.Write(value);
        }

        return outcome;
    }
}
