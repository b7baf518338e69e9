using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Shared.Luau.Analysis;

/// <summary>What is known of where a value comes from and of what was done to it.</summary>
[Flags]
public enum Taint
{
    /// <summary>Nothing to say.</summary>
    None = 0,

    /// <summary>A client sent it over a remote; an exploiter chooses it.</summary>
    Client = 1,

    /// <summary>A client sent it and one thing about it was checked, which is not enough.</summary>
    HalfChecked = 2,

    /// <summary>Free text that a client sent, as far as can be told.</summary>
    ClientText = 4,

    /// <summary>Free text that a player wrote.</summary>
    PlayerText = 8,

    /// <summary>It was filtered by TextService.</summary>
    Filtered = 16,

    /// <summary>It came over HTTP.</summary>
    Network = 32,

    /// <summary>It tells something about a player.</summary>
    PlayerData = 64,

    /// <summary>It tells which player it is: a user id or a name.</summary>
    Identity = 128,

    /// <summary>It is true for players who are named in the script.</summary>
    Named = 256,

    /// <summary>It is true for all but players who are named in the script.</summary>
    NotNamed = 512,

    /// <summary>It is true for whoever knows a phrase that is written in the script.</summary>
    Phrase = 1024,

    /// <summary>A text that was put together so that it can't be read in the source: joined, decoded, reversed, made of numbers.</summary>
    Assembled = 2048,

    /// <summary>It is a number.</summary>
    Number = 4096,

    /// <summary>It was read from a data store.</summary>
    Stored = 8192,

    /// <summary>It is another each time: a clock or chance told it.</summary>
    Moving = 16384,
}

/// <summary>A step on a value's way from its source: where, and what happened there.</summary>
/// <param name="Span">Where.</param>
/// <param name="Message">What, in a few words.</param>
/// <param name="Earlier">The step before.</param>
/// <param name="Owner">The player whom a fact is about.</param>
public sealed record TraceStep(LuauSpan Span, string Message, TraceStep? Earlier, Value? Owner = null);

/// <summary>Where a value's way may begin; the step is made only when it does.</summary>
internal readonly record struct Place(SyntaxTree Tree, SyntaxNode Node)
{
    /// <summary>The first step of a way.</summary>
    public TraceStep Step(string message) => new(Tree.SpanOf(Node), message, null);
}

/// <summary>What is known of a value when a script is followed. Values are immutable but for tables.</summary>
public abstract class Value
{
    /// <summary>Where it comes from.</summary>
    public Taint Taint { get; init; }

    /// <summary>The way it took.</summary>
    public TraceStep? Trace { get; init; }

    /// <summary>The same value, known to come from elsewhere too.</summary>
    public Value With(Taint taint, TraceStep? trace) => (taint | Taint) == Taint ? this : Copy(Taint | taint, Trace ?? trace);

    /// <summary>The same value with another past.</summary>
    public Value Retaint(Taint taint, TraceStep? trace = null) => taint == Taint ? this : Copy(taint, Trace ?? trace);

    /// <summary>A copy with a past; the value itself when it has none to keep.</summary>
    protected abstract Value Copy(Taint taint, TraceStep? trace);
}

/// <summary>Nothing is known but where it comes from.</summary>
public sealed class UnknownValue : Value
{
    /// <summary>Nothing is known.</summary>
    public static UnknownValue Plain { get; } = new();

    /// <inheritdoc/>
    protected override Value Copy(Taint taint, TraceStep? trace) => new UnknownValue { Taint = taint, Trace = trace };
}

/// <summary>Nil, a boolean, a number or a string (one character per byte).</summary>
public sealed class ConstantValue(object? content) : Value
{
    private const int SmallNumbers = 257;

    private static readonly ConstantValue[] Small = [.. Enumerable.Range(0, SmallNumbers).Select(number => new ConstantValue((double)number))];

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

    /// <summary>A number; the small whole ones that loops count with and bytes are, are there already.</summary>
    public static ConstantValue Of(double value) =>
        value is >= 0 and < SmallNumbers && (int)value is var whole && whole == value && !double.IsNegative(value) ? Small[whole] : new(value);

    /// <inheritdoc/>
    protected override Value Copy(Taint taint, TraceStep? trace) => new ConstantValue(Content) { Taint = taint, Trace = trace };
}

/// <summary>A text of which the beginning is known, and perhaps more.</summary>
public sealed class PrefixValue(string prefix, string? pieces = null) : Value
{
    /// <summary>What stands in <see cref="Pieces"/> for what is not known.</summary>
    public static string Gap => "x";

    /// <summary>How it begins.</summary>
    public string Prefix { get; } = prefix;

    /// <summary>All that is known of it, in order, with <see cref="Gap"/> in between.</summary>
    public string Pieces { get; } = pieces ?? prefix;

    /// <inheritdoc/>
    protected override Value Copy(Taint taint, TraceStep? trace) => new PrefixValue(Prefix, Pieces) { Taint = taint, Trace = trace };
}

/// <summary>
/// Something of the engine or the language, by its path: <c>game</c>, <c>HttpService</c>, <c>workspace.Door</c>, <c>loadstring</c>,
/// <c>HttpService:GetAsync</c>. A new object is <c>new RemoteEvent</c>.
/// </summary>
public sealed class EngineValue(string path) : Value
{
    private const int MostMembers = 16;

    private string? name;
    private Member? members;

    /// <summary>A member of something, whose name stands in the script.</summary>
    internal EngineValue(string path, string name)
        : this(path) => this.name = name;

    /// <summary>The path.</summary>
    public string Path { get; } = path;

    /// <summary>The part after the last dot or colon.</summary>
    public string Name => name ??= Path[(Path.AsSpan().LastIndexOfAny('.', ':') + 1)..];

    /// <summary>A member or the path of a method, made once: scripts name the same members over and over.</summary>
    internal T Remembered<T>(string key, Func<EngineValue, string, T> make)
        where T : class
    {
        var count = 0;
        for (var at = members; at is not null; at = at.Next, count++)
        {
            if (at.Value is T known && at.Key == key)
            {
                return known;
            }
        }

        var made = make(this, key);
        members = count < MostMembers ? new(key, made, members) : members;
        return made;
    }

    /// <inheritdoc/>
    protected override Value Copy(Taint taint, TraceStep? trace) => new EngineValue(Path) { Taint = taint, Trace = trace, name = name };

    private sealed record Member(string Key, object Value, Member? Next);
}

/// <summary>A function of the script, with the variables around it.</summary>
public sealed class FunctionValue(FunctionBody body, Symbol? self, Activation outer, ScriptUnit unit) : Value
{
    /// <summary>The script that it stands in.</summary>
    public ScriptUnit Unit { get; } = unit;

    /// <summary>Its code.</summary>
    public FunctionBody Body { get; } = body;

    /// <summary>Its <c>self</c>, for a method.</summary>
    public Symbol? Self { get; } = self;

    /// <summary>The variables around it.</summary>
    public Activation Outer { get; } = outer;

    /// <summary>The table that it was put into first: what its <c>self</c> is like.</summary>
    internal TableValue? Owner { get; set; }

    /// <summary>The name under which it was put there, or declared.</summary>
    public string? Name { get; internal set; }

    /// <inheritdoc/>
    protected override Value Copy(Taint taint, TraceStep? trace) => this;
}

/// <summary>One of a few values, depending on a way that was taken.</summary>
public sealed class ChoiceValue(Value[] options) : Value
{
    /// <summary>The values.</summary>
    public Value[] Options { get; } = options;

    /// <inheritdoc/>
    protected override Value Copy(Taint taint, TraceStep? trace) =>
        new ChoiceValue([.. Options.Select(option => option.Retaint((option.Taint & taint) | (taint & ~Taint), trace))]) { Taint = taint, Trace = trace };
}
