using System.Globalization;
using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Shared.Luau.Analysis;

/// <summary>Luau's operators on values that are partly known.</summary>
internal static class Operators
{
    private const int MaxText = 1 << 20;

    // How deep tables are looked into for where their entries come from.
    private const int TableDepth = 3;

    public static (Taint Taint, TraceStep? Trace) TaintOf(IEnumerable<Value> values) => TaintOf(values, TableDepth);

    private static (Taint Taint, TraceStep? Trace) TaintOf(IEnumerable<Value> values, int depth)
    {
        var taint = Taint.None;
        TraceStep? trace = null;
        foreach (var value in values)
        {
            var inner = value is TableValue table && depth > 0
                ? TaintOf(table.Rest is null ? table.Entries.Values : table.Entries.Values.Append(table.Rest), depth - 1)
                : (value.Taint, value.Trace);
            taint |= inner.Taint;
            trace ??= inner.Trace;
        }

        return (taint, trace);
    }

    public static Value Unary(UnaryOperator op, Value operand) => (op, operand) switch
    {
        (UnaryOperator.Negate, ConstantValue constant) when Number(constant) is { } number => Constant(-number, operand),
        (UnaryOperator.Length, ConstantValue { Text: { } text }) => Constant((double)text.Length, operand),
        (UnaryOperator.Length, TableValue { Rest: null } table) => new ConstantValue((double)table.Length),
        (UnaryOperator.Not, ConstantValue constant) => Constant(constant.Content is null or false, operand),
        (UnaryOperator.Not, FunctionValue or TableValue) => ConstantValue.False,
        _ => UnknownValue.Plain.With(operand.Taint, operand.Trace),
    };

    public static Value Binary(BinaryOperator op, Value left, Value right)
    {
        if (op == BinaryOperator.Concat)
        {
            return Concat(left, right);
        }

        if (left is ChoiceValue || right is ChoiceValue || left is not ConstantValue a || right is not ConstantValue b)
        {
            return UnknownValue.Plain.With(left.Taint | right.Taint, left.Trace ?? right.Trace);
        }

        object? result = op switch
        {
            BinaryOperator.Equal => Equals(a.Content, b.Content),
            BinaryOperator.NotEqual => !Equals(a.Content, b.Content),
            _ when Number(a) is { } x && Number(b) is { } y => Arithmetic(op, x, y),
            _ when a.Text is { } s && b.Text is { } t => Compare(op, string.CompareOrdinal(s, t)),
            _ => null,
        };
        return result is null
            ? UnknownValue.Plain.With(left.Taint | right.Taint, left.Trace ?? right.Trace)
            : Constant(result, left, right);
    }

    public static Value Concat(Value left, Value right)
    {
        if (left is ChoiceValue or UnknownValue or EngineValue || right is ChoiceValue or UnknownValue or EngineValue)
        {
            return ConcatOptions(left, right);
        }

        return TextOf(left) is { } a && TextOf(right) is { } b && a.Length + b.Length <= MaxText
            ? Constant(a + b, left, right)
            : UnknownValue.Plain.With(left.Taint | right.Taint, left.Trace ?? right.Trace);
    }

    /// <summary>What tostring gives for a constant; unknown else.</summary>
    public static Value ToText(Value value) => TextOf(value) is { } text
        ? Constant(text, value)
        : UnknownValue.Plain.With(value.Taint, value.Trace);

    public static string? TextOf(Value value) => value is not ConstantValue constant ? null : constant.Content switch
    {
        string text => text,
        double number => FormatNumber(number),
        bool boolean => boolean ? "true" : "false",
        _ => null,
    };

    /// <summary>The number that a value is or, being a text, stands for.</summary>
    public static double? Number(Value value) => value is not ConstantValue constant ? null : constant.Content switch
    {
        double number => number,
        string text => LuauNumber.Parse(text.AsSpan().Trim()),
        _ => null,
    };

    public static ConstantValue Constant(object? content, params ReadOnlySpan<Value> from)
    {
        var taint = Taint.None;
        TraceStep? trace = null;
        foreach (var value in from)
        {
            taint |= value.Taint;
            trace ??= value.Trace;
        }

        return taint == Taint.None && trace is null ? new(content) : new(content) { Taint = taint, Trace = trace };
    }

    /// <summary>As Luau prints a number: 14 digits, no fraction where there is none.</summary>
    public static string FormatNumber(double number) =>
        number == Math.Floor(number) && Math.Abs(number) < 1e15
            ? ((long)number).ToString(CultureInfo.InvariantCulture)
            : number.ToString("G14", CultureInfo.InvariantCulture);

    // A prefix that is known and a rest that is not: enough to see the host of an address.
    private static Value ConcatOptions(Value left, Value right)
    {
        if (left is ChoiceValue choice && right is ConstantValue)
        {
            Value? joined = null;
            foreach (var option in choice.Options)
            {
                joined = Join.Of(joined, Concat(option, right));
            }

            return joined ?? UnknownValue.Plain;
        }

        var known = TextOf(left) ?? (left as PrefixValue)?.Prefix;
        return known is not null
            ? new PrefixValue(known) { Taint = left.Taint | right.Taint, Trace = left.Trace ?? right.Trace }
            : UnknownValue.Plain.With(left.Taint | right.Taint, left.Trace ?? right.Trace);
    }

    private static object? Arithmetic(BinaryOperator op, double x, double y) => op switch
    {
        BinaryOperator.Add => x + y,
        BinaryOperator.Subtract => x - y,
        BinaryOperator.Multiply => x * y,
        BinaryOperator.Divide => x / y,
        BinaryOperator.FloorDivide => Math.Floor(x / y),
        BinaryOperator.Modulo => x - (Math.Floor(x / y) * y),
        BinaryOperator.Power => Math.Pow(x, y),
        _ => Compare(op, x.CompareTo(y)),
    };

    private static object? Compare(BinaryOperator op, int order) => op switch
    {
        BinaryOperator.Less => order < 0,
        BinaryOperator.LessEqual => order <= 0,
        BinaryOperator.Greater => order > 0,
        BinaryOperator.GreaterEqual => order >= 0,
        _ => null,
    };
}

/// <summary>A text whose beginning is known.</summary>
public sealed class PrefixValue(string prefix) : Value
{
    /// <summary>How it begins.</summary>
    public string Prefix { get; } = prefix;

    /// <inheritdoc/>
    public override Value With(Taint taint, TraceStep? trace) =>
        (taint | Taint) == Taint ? this : new PrefixValue(Prefix) { Taint = Taint | taint, Trace = Trace ?? trace };
}
