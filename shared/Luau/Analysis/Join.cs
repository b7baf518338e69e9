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

        var (some, others) = (Options(first), Options(second));
        var options = new List<Value>(some.Length + others.Length);
        Add(some, options);
        Add(others, options);
        var taint = first.Taint | second.Taint;
        var trace = first.Trace ?? second.Trace;
        return options.Count > MaxOptions
            ? new UnknownValue { Taint = taint, Trace = trace }
            : new ChoiceValue([.. options]) { Taint = taint, Trace = trace };
    }

    /// <summary>The values that a value may be.</summary>
    public static Value[] Options(Value value) => value is ChoiceValue choice ? choice.Options : [value];

    private static void Add(Value[] more, List<Value> options)
    {
        foreach (var option in more)
        {
            var isKnown = false;
            foreach (var known in options)
            {
                isKnown |= ReferenceEquals(known, option) || Same(known, option);
            }

            if (!isKnown)
            {
                options.Add(option);
            }
        }
    }

    private static bool Same(Value a, Value b) => (a, b) switch
    {
        (ConstantValue x, ConstantValue y) => Equals(x.Content, y.Content) && x.Taint == y.Taint,
        (EngineValue x, EngineValue y) => x.Path == y.Path && x.Taint == y.Taint,
        (UnknownValue x, UnknownValue y) => x.Taint == y.Taint,
        _ => false,
    };
}
