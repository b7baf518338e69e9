namespace ToolboxAI.Shared.Luau.Syntax;

/// <summary>What is being read of all the lists of a kind that are open, each behind the one around it: so that no list is made but the one that is kept.</summary>
internal sealed class OpenList<T>
{
    private const int Few = 16;

    // What few scripts need isn't kept for the next one.
    private const int Many = 1_024;

    private Slot[] slots = new Slot[Few];
    private int most;

    /// <summary>How many items the open lists have together: where the next one begins.</summary>
    public int Count { get; private set; }

    /// <summary>Adds an item to the innermost list.</summary>
    public void Add(T item)
    {
        if (Count == slots.Length)
        {
            Array.Resize(ref slots, Count * 2);
        }

        slots[Count++].Item = item;
    }

    /// <summary>The items from a place on, which leave the open lists.</summary>
    public SyntaxList<T> Taken(int from)
    {
        var taken = Count == from ? [] : new T[Count - from];
        Span<T> places = taken;
        for (var i = 0; i < places.Length; i++)
        {
            places[i] = slots[from + i].Item;
        }

        most = Math.Max(most, Count);
        Count = from;
        return new(taken);
    }

    /// <summary>Forgets the items from a place on.</summary>
    public void Shrink(int from)
    {
        most = Math.Max(most, Count);
        Count = from;
    }

    /// <summary>Forgets everything, so that the next script can be read and nothing of this one is kept.</summary>
    public void Clear()
    {
        Shrink(0);
        if (slots.Length > Many)
        {
            slots = new Slot[Few];
        }
        else
        {
            Array.Clear(slots, 0, most);
        }

        most = 0;
    }

    // Not the item itself: of an array of these, no store has to ask what kind of item the array may hold.
    private struct Slot
    {
        public T Item;
    }
}

/// <summary>The open lists of a parser.</summary>
internal sealed class OpenLists
{
    public OpenList<Statement> Statements { get; } = new();

    public OpenList<Expression> Expressions { get; } = new();

    public OpenList<Binding> Bindings { get; } = new();

    public OpenList<TableField> Fields { get; } = new();

    public OpenList<IfBranch> Branches { get; } = new();

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        Statements.Clear();
        Expressions.Clear();
        Bindings.Clear();
        Fields.Clear();
        Branches.Clear();
    }
}
