namespace ToolboxAI.Shared.Luau.Analysis;

/// <summary>What a call gives: most calls give one value, and need no list for it.</summary>
internal readonly struct Results
{
    private readonly Value? only;
    private readonly Value[]? several;

    private Results(Value? only, Value[]? several) => (this.only, this.several) = (only, several);

    /// <summary>No value at all.</summary>
    public static Results None => new(null, []);

    /// <summary>Whether there is an answer; <c>default</c> stands for none.</summary>
    public bool IsGiven => only is not null || several is not null;

    /// <summary>How many values there are.</summary>
    public int Count => only is not null ? 1 : several?.Length ?? 0;

    /// <summary>The first value; nil when there is none.</summary>
    public Value First => only ?? (several is [var first, ..] ? first : ConstantValue.Nil);

    /// <summary>The value at a place, nil when there are fewer.</summary>
    public Value At(int index) => index == 0 ? First : index < Count ? several![index] : ConstantValue.Nil;

    /// <summary>The values.</summary>
    public Value[] ToArray() => several ?? (only is not null ? [only] : []);

    /// <summary>One value.</summary>
    public static implicit operator Results(Value value) => new(value, null);

    /// <summary>A list of values; nothing at all is no answer.</summary>
    public static implicit operator Results(Value[]? values) => new(null, values);
}
