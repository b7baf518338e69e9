namespace ToolboxAI.Shared.Luau.Syntax;

/// <summary>The declarations that are seen from a place of a script: of each name the innermost, and behind it what it hides.</summary>
internal sealed class VisibleSymbols
{
    private const int FirstChains = 16;

    // The declarations by their names: those that share a place stand in a chain, the innermost first.
    private Symbol?[] chains = new Symbol?[FirstChains];
    private Symbol[] declared = new Symbol[FirstChains];

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>The innermost declaration of a name; nothing when there is none.</summary>
    public Symbol? Find(string name)
    {
        var symbol = chains[PlaceOf(name)];
        while (symbol is not null && symbol.Name != name)
        {
            symbol = symbol.Behind;
        }

        return symbol;
    }

    /// <summary>Adds a declaration, which hides others of its name.</summary>
    public void Add(Symbol symbol)
    {
        if (Count == declared.Length)
        {
            Grow();
        }

        declared[Count++] = symbol;
        Link(symbol);
    }

    /// <summary>Leaves a scope: takes away what was declared since there were so many.</summary>
    public void Shrink(int count)
    {
        while (Count > count)
        {
            var symbol = declared[--Count];
            chains[PlaceOf(symbol.Name)] = symbol.Behind;
        }
    }

    private int PlaceOf(string name) => name.GetHashCode(StringComparison.Ordinal) & (chains.Length - 1);

    private void Link(Symbol symbol)
    {
        ref var chain = ref chains[PlaceOf(symbol.Name)];
        symbol.Behind = chain;
        chain = symbol;
    }

    private void Grow()
    {
        Array.Resize(ref declared, Count * 2);
        chains = new Symbol?[declared.Length];
        foreach (var symbol in declared.AsSpan(0, Count))
        {
            Link(symbol);
        }
    }
}
