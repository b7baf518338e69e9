namespace ToolboxAI.Shared.Luau.Analysis;

/// <summary>Joins what is known on several ways.</summary>
public static class Join
{
    private const int MaxOptions = 12;

    /// <summary>A value that is either of two.</summary>
    public static Value Of(Value? first, Value second)
    {
        if (first is null || ReferenceEquals(first, second) || Same(first, second))
        {
            return second;
        }

        if (first is not ChoiceValue && second is not ChoiceValue)
        {
            return new ChoiceValue([first, second]) { Taint = first.Taint | second.Taint, Trace = first.Trace ?? second.Trace };
        }

        var taint = first.Taint | second.Taint;
        var trace = first.Trace ?? second.Trace;
        if (first is ChoiceValue choice && taint == first.Taint && ReferenceEquals(trace, first.Trace) && HasAll(choice.Options, second))
        {
            return first;
        }

        var (some, others) = (Options(first), Options(second));
        var options = new Value[some.Length + others.Length];
        var count = Add(others, options, Add(some, options, 0));
        if (count > MaxOptions)
        {
            return new UnknownValue { Taint = taint, Trace = trace };
        }

        Array.Resize(ref options, count);
        return new ChoiceValue(options) { Taint = taint, Trace = trace };
    }

    /// <summary>The values that a value may be.</summary>
    public static Value[] Options(Value value) => value is ChoiceValue choice ? choice.Options : [value];

    // Whether a choice has a value, or all that it may be.
    private static bool HasAll(ReadOnlySpan<Value> options, Value value)
    {
        if (value is not ChoiceValue choice)
        {
            return Has(options, value);
        }

        foreach (var option in choice.Options)
        {
            if (!Has(options, option))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Has(ReadOnlySpan<Value> options, Value value)
    {
        foreach (var known in options)
        {
            if (ReferenceEquals(known, value) || Same(known, value))
            {
                return true;
            }
        }

        return false;
    }

    // Adds what isn't there yet behind so many options; how many there are then.
    private static int Add(Value[] more, Span<Value> options, int count)
    {
        foreach (var option in more)
        {
            if (!Has(options[..count], option))
            {
                options[count++] = option;
            }
        }

        return count;
    }

    private static bool Same(Value a, Value b) => (a, b) switch
    {
        (ConstantValue x, ConstantValue y) => Equals(x.Content, y.Content) && x.Taint == y.Taint,
        (EngineValue x, EngineValue y) => x.Path == y.Path && x.Taint == y.Taint,
        (UnknownValue x, UnknownValue y) => x.Taint == y.Taint,
        _ => false,
    };
}
