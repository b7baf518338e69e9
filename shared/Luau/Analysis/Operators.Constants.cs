namespace ToolboxAI.Shared.Luau.Analysis;

// Constants that come from other values, and so from where those come from.
internal static partial class Operators
{
    public static ConstantValue Constant(object? content, params ReadOnlySpan<Value> from)
    {
        var (taint, trace) = Past(from);
        return new(content) { Taint = taint, Trace = trace };
    }

    public static ConstantValue Constant(double content, params ReadOnlySpan<Value> from) =>
        Past(from) is var (taint, trace) && taint == Taint.None && trace is null ? ConstantValue.Of(content) : new(content) { Taint = taint, Trace = trace };

    public static ConstantValue Constant(bool content, params ReadOnlySpan<Value> from) =>
        Past(from) is var (taint, trace) && taint == Taint.None && trace is null ? ConstantValue.Of(content) : new(ConstantValue.Of(content).Content) { Taint = taint, Trace = trace };

    private static (Taint Taint, TraceStep? Trace) Past(ReadOnlySpan<Value> values)
    {
        var taint = Taint.None;
        TraceStep? trace = null;
        foreach (var value in values)
        {
            taint |= value.Taint;
            trace ??= value.Trace;
        }

        return (taint, trace);
    }
}
