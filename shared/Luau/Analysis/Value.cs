using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Shared.Luau.Analysis;

/// <summary>Where a value comes from, as far as that makes it dangerous or private.</summary>
[Flags]
public enum Taint
{
    /// <summary>Nothing to say.</summary>
    None = 0,

    /// <summary>A client sent it over a remote; an exploiter chooses it.</summary>
    Client = 1,

    /// <summary>It came over HTTP.</summary>
    Network = 2,

    /// <summary>Free text that a player wrote.</summary>
    PlayerText = 4,

    /// <summary>It tells who a player is.</summary>
    PlayerData = 8,

    /// <summary>It was put together so that it can't be read in the source: decoded, reversed, assembled from numbers.</summary>
    Decoded = 16,

    /// <summary>It was filtered by TextService.</summary>
    Filtered = 32,
}

/// <summary>A step on a value's way from its source: where, and what happened there.</summary>
/// <param name="Span">Where.</param>
/// <param name="Message">What, in a few words.</param>
/// <param name="Earlier">The step before.</param>
public sealed record TraceStep(LuauSpan Span, string Message, TraceStep? Earlier);

/// <summary>What is known of a value when a script is followed. Values are immutable but for tables.</summary>
public abstract class Value
{
    /// <summary>Where it comes from.</summary>
    public Taint Taint { get; init; }

    /// <summary>The way it took.</summary>
    public TraceStep? Trace { get; init; }

    /// <summary>The same value, known to come from elsewhere too.</summary>
    public abstract Value With(Taint taint, TraceStep? trace);
}

/// <summary>Nothing is known but where it comes from.</summary>
public sealed class UnknownValue : Value
{
    /// <summary>Nothing is known.</summary>
    public static UnknownValue Plain { get; } = new();

    /// <inheritdoc/>
    public override Value With(Taint taint, TraceStep? trace) =>
        (taint | Taint) == Taint ? this : new UnknownValue { Taint = Taint | taint, Trace = Trace ?? trace };
}

/// <summary>Nil, a boolean, a number or a string (one character per byte).</summary>
public sealed class ConstantValue(object? content) : Value
{
    /// <summary><c>nil</c>.</summary>
    public static ConstantValue Nil { get; } = new(null);

    /// <summary><c>true</c>.</summary>
    public static ConstantValue True { get; } = new(true);

    /// <summary><c>false</c>.</summary>
    public static ConstantValue False { get; } = new(false);

    /// <summary>The content: null, <see cref="bool"/>, <see cref="double"/> or <see cref="string"/>.</summary>
    public object? Content { get; } = content;

    /// <summary>The string, or nothing when it is something else.</summary>
    public string? Text => Content as string;

    /// <summary>A boolean.</summary>
    public static ConstantValue Of(bool value) => value ? True : False;

    /// <inheritdoc/>
    public override Value With(Taint taint, TraceStep? trace) =>
        (taint | Taint) == Taint ? this : new ConstantValue(Content) { Taint = Taint | taint, Trace = Trace ?? trace };
}

/// <summary>
/// Something of the engine or the language, by its path: <c>game</c>, <c>HttpService</c>, <c>workspace.Door</c>, <c>loadstring</c>,
/// <c>HttpService:GetAsync</c>. A new object is <c>new RemoteEvent</c>.
/// </summary>
public sealed class EngineValue(string path) : Value
{
    /// <summary>The path.</summary>
    public string Path { get; } = path;

    /// <summary>The part after the last dot or colon.</summary>
    public string Name => Path[(Path.AsSpan().LastIndexOfAny('.', ':') + 1)..];

    /// <inheritdoc/>
    public override Value With(Taint taint, TraceStep? trace) =>
        (taint | Taint) == Taint ? this : new EngineValue(Path) { Taint = Taint | taint, Trace = Trace ?? trace };
}

/// <summary>A function of the script, with the variables around it.</summary>
public sealed class FunctionValue(FunctionBody body, Symbol? self, Activation outer) : Value
{
    /// <summary>Its code.</summary>
    public FunctionBody Body { get; } = body;

    /// <summary>Its <c>self</c>, for a method.</summary>
    public Symbol? Self { get; } = self;

    /// <summary>The variables around it.</summary>
    public Activation Outer { get; } = outer;

    /// <inheritdoc/>
    public override Value With(Taint taint, TraceStep? trace) => this;
}

/// <summary>A table of the script. Its entries change as the script is followed.</summary>
public sealed class TableValue : Value
{
    /// <summary>The most entries that are remembered; what comes after is only merged into <see cref="Rest"/>.</summary>
    public const int MaxEntries = 65_536;

    /// <summary>Entries whose key is a constant.</summary>
    public Dictionary<object, Value> Entries { get; } = [];

    /// <summary>Everything that was stored under a key that is not known.</summary>
    public Value? Rest { get; set; }

    /// <summary>The metatable.</summary>
    public Value? Metatable { get; set; }

    /// <summary>The number of entries 1, 2, 3, …</summary>
    public int Length { get; private set; }

    /// <summary>Reads an entry whose key is known; nothing when it is not there.</summary>
    public Value? Get(object key) => Entries.GetValueOrDefault(key);

    /// <summary>Writes an entry whose key is known.</summary>
    public void Set(object key, Value value)
    {
        if (value is ConstantValue { Content: null })
        {
            Entries.Remove(key);
            if (key is double removed && removed == Length)
            {
                Length--;
            }

            return;
        }

        if (Entries.Count >= MaxEntries && !Entries.ContainsKey(key))
        {
            Rest = Join.Of(Rest, value);
            return;
        }

        Entries[key] = value;
        if (key is double number && number == Length + 1)
        {
            do
            {
                Length++;
            }
            while (Entries.ContainsKey((double)(Length + 1)));
        }
    }

    /// <inheritdoc/>
    public override Value With(Taint taint, TraceStep? trace) => this;
}

/// <summary>One of a few values, depending on a way that was taken.</summary>
public sealed class ChoiceValue(IReadOnlyList<Value> options) : Value
{
    /// <summary>The values.</summary>
    public IReadOnlyList<Value> Options { get; } = options;

    /// <inheritdoc/>
    public override Value With(Taint taint, TraceStep? trace) => new ChoiceValue([.. Options.Select(option => option.With(taint, trace))]) { Taint = Taint | taint, Trace = Trace ?? trace };
}

/// <summary>The variables of one run of a function.</summary>
public sealed class Activation(int locals, Activation? outer, int depth)
{
    private readonly Value?[] cells = new Value?[locals];

    /// <summary>The variables of the function around it.</summary>
    public Activation? Outer { get; } = outer;

    /// <summary>How many functions enclose it.</summary>
    public int Depth { get; } = depth;

    /// <summary>The variadic arguments.</summary>
    public IReadOnlyList<Value> Varargs { get; init; } = [];

    /// <summary>Reads or writes a variable of this function or of one around it.</summary>
    public Value this[Symbol symbol]
    {
        get => Owner(symbol)?.cells[symbol.Index] ?? UnknownValue.Plain;
        set
        {
            if (Owner(symbol) is { } owner)
            {
                owner.cells[symbol.Index] = value;
            }
        }
    }

    private Activation? Owner(Symbol symbol)
    {
        var at = this;
        while (at is not null && at.Depth > symbol.FunctionDepth)
        {
            at = at.Outer;
        }

        return at is not null && symbol.Index < at.cells.Length ? at : null;
    }
}

/// <summary>Joins what is known on several ways.</summary>
public static class Join
{
    private const int MaxOptions = 6;

    /// <summary>A value that is either of two.</summary>
    public static Value Of(Value? first, Value second)
    {
        if (first is null || ReferenceEquals(first, second) || Same(first, second))
        {
            return second;
        }

        var options = new List<Value>();
        foreach (var option in Options(first).Concat(Options(second)))
        {
            if (!options.Exists(known => ReferenceEquals(known, option) || Same(known, option)))
            {
                options.Add(option);
            }
        }

        var taint = first.Taint | second.Taint;
        var trace = first.Trace ?? second.Trace;
        return options.Count > MaxOptions
            ? new UnknownValue { Taint = taint, Trace = trace }
            : new ChoiceValue(options) { Taint = taint, Trace = trace };
    }

    /// <summary>The values that a value may be.</summary>
    public static IReadOnlyList<Value> Options(Value value) => value is ChoiceValue choice ? choice.Options : [value];

    private static bool Same(Value a, Value b) => (a, b) switch
    {
        (ConstantValue x, ConstantValue y) => Equals(x.Content, y.Content) && x.Taint == y.Taint,
        (EngineValue x, EngineValue y) => x.Path == y.Path && x.Taint == y.Taint,
        (UnknownValue x, UnknownValue y) => x.Taint == y.Taint,
        _ => false,
    };
}
