using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Shared.Luau.Analysis;

/// <summary>The variables of one run of a function.</summary>
public sealed class Activation(int locals, Activation? outer, int depth)
{
    private readonly Variable[] cells = locals == 0 ? [] : new Variable[locals];

    /// <summary>The variables of the function around it.</summary>
    public Activation? Outer { get; } = outer;

    /// <summary>How many functions enclose it.</summary>
    public int Depth { get; } = depth;

    /// <summary>Which thread it belongs to: the script itself is 0, each callback has a number of its own.</summary>
    public int Activity { get; init; }

    /// <summary>When it began, by <see cref="Journal.Now"/>.</summary>
    public int Birth { get; init; }

    /// <summary>The variadic arguments.</summary>
    public Value[] Varargs { get; init; } = [];

    /// <summary>Reads or writes a variable of this function or of one around it.</summary>
    public Value this[Symbol symbol]
    {
        get => Owner(symbol)?.cells[symbol.Index].Value ?? UnknownValue.Plain;
        set
        {
            if (Owner(symbol) is { } owner)
            {
                owner.cells[symbol.Index].Value = value;
            }
        }
    }

    /// <summary>The run that holds a variable: this one or one around it.</summary>
    public Activation? Owner(Symbol symbol)
    {
        var at = this;
        while (at is not null && at.Depth > symbol.FunctionDepth)
        {
            at = at.Outer;
        }

        return at is not null && symbol.Index < at.cells.Length ? at : null;
    }

    // Not the value itself: of an array of these, no store has to ask what kind of value the array may hold.
    private struct Variable
    {
        public Value? Value;
    }
}
