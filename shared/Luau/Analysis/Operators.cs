using System.Globalization;
using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Shared.Luau.Analysis;

/// <summary>Luau's operators on values that are partly known.</summary>
internal static partial class Operators
{
    private const int MaxText = 1 << 20;
    private const int MaxPairs = 24;

    // Of a text that isn't wholly known.
    private const int MostPieces = 2_048;

    public static Value Unary(UnaryOperator op, Value operand) => (op, operand) switch
    {
        (UnaryOperator.Negate, ConstantValue constant) when Number(constant) is { } number => Constant(-number, operand),
        (UnaryOperator.Length, ConstantValue { Text: { } text }) => Constant((double)text.Length, operand),
        (UnaryOperator.Length, TableValue { Rest: null } table) => ConstantValue.Of(table.Length),
        (UnaryOperator.Not, ConstantValue constant) => Constant(constant.Content is null or false, operand),
        (UnaryOperator.Not, FunctionValue or TableValue) => ConstantValue.False,
        (UnaryOperator.Not, _) => UnknownValue.Plain.With(Opposite(operand.Taint) & ~Taints.OfClients, operand.Trace),
        (UnaryOperator.Length, _) => UnknownValue.Plain.With((operand.Taint & Taint.Client) | Taint.Number, operand.Trace),
        _ => UnknownValue.Plain.With(operand.Taint, operand.Trace),
    };

    private static Taint Opposite(Taint taint) =>
        (taint & ~Taints.Guards) | ((taint & Taint.Named) != Taint.None ? Taint.NotNamed : Taint.None) | ((taint & Taint.NotNamed) != Taint.None ? Taint.Named : Taint.None);

    public static Value Binary(BinaryOperator op, Value left, Value right)
    {
        if (op == BinaryOperator.Concat)
        {
            return Concat(left, right);
        }

        if (left is not ConstantValue a || right is not ConstantValue b)
        {
            return Partly(op, left, right);
        }

        if (op is BinaryOperator.Equal or BinaryOperator.NotEqual)
        {
            return Constant(Equals(a.Content, b.Content) == (op == BinaryOperator.Equal), left, right);
        }

        if (Number(a) is { } x && Number(b) is { } y)
        {
            return Arithmetic(op, x, y) is { } result ? Constant(result, left, right) : Compare(op, x.CompareTo(y), left, right);
        }

        return a.Text is { } s && b.Text is { } t ? Compare(op, string.CompareOrdinal(s, t), left, right) : Partly(op, left, right);
    }

    // What is known of a result when the operands aren't: who may pass, and that it is a number.
    private static Value Partly(BinaryOperator op, Value left, Value right)
    {
        var taint = (left.Taint | right.Taint) & ~Taint.Assembled;
        var trace = left.Trace ?? right.Trace;
        if (op is BinaryOperator.Equal or BinaryOperator.NotEqual)
        {
            // A comparison's result is not what was compared.
            taint &= ~(Taints.OfClients | Taint.PlayerText | Taint.PlayerData | Taint.Identity | Taint.Number);
            var isEqual = op == BinaryOperator.Equal;
            var (asked, literal) = left is ConstantValue || (left.Taint & Taint.Identity) < (right.Taint & Taint.Identity) ? (right, left) : (left, right);
            if ((literal.Taint & Taint.Identity) == Taint.None && NamesPeople(literal))
            {
                taint |= (asked.Taint & Taint.Identity) != Taint.None ? isEqual ? Taint.Named : Taint.NotNamed : Taint.None;
                taint |= (asked.Taint & (Taint.PlayerText | Taint.Client)) != Taint.None && isEqual ? Taint.Phrase : Taint.None;
            }

            return UnknownValue.Plain.With(taint, asked.Trace ?? trace);
        }

        return op is BinaryOperator.Less or BinaryOperator.LessEqual or BinaryOperator.Greater or BinaryOperator.GreaterEqual
            ? UnknownValue.Plain.With((taint & ~(Taints.OfClients | Taint.PlayerText | Taint.PlayerData | Taint.Identity)) | ((taint & Taint.Named) != Taint.None ? Taint.NotNamed : Taint.None), trace)
            : UnknownValue.Plain.With((taint & ~(Taint.ClientText | Taint.PlayerText)) | Taint.Number, trace);
    }

    private static bool NamesPeople(Value value) => Array.Exists(Join.Options(value), option => option is ConstantValue constant && People.IsNamed(constant.Content));

    public static Value Concat(Value left, Value right)
    {
        if (left is ChoiceValue or UnknownValue or EngineValue or PrefixValue || right is ChoiceValue or UnknownValue or EngineValue or PrefixValue)
        {
            return ConcatOptions(left, right);
        }

        var made = TextOf(left) is { } a && TextOf(right) is { } b && a.Length + b.Length <= MaxText ? Constant(a + b, left, right) : (Value)UnknownValue.Plain.With(left.Taint | right.Taint, left.Trace ?? right.Trace);
        return AsText(made, Taint.Assembled);
    }

    // What is joined to a text is a text itself.
    private static Value AsText(Value made, Taint how) =>
        made.Retaint((made.Taint & ~Taint.Number) | how | ((made.Taint & (Taint.Client | Taint.Number)) == Taint.Client ? Taint.ClientText : Taint.None));

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

    /// <summary>As Luau prints a number: 14 digits, no fraction where there is none.</summary>
    public static string FormatNumber(double number) =>
        number == Math.Floor(number) && Math.Abs(number) < 1e15
            ? ((long)number).ToString(CultureInfo.InvariantCulture)
            : number.ToString("G14", CultureInfo.InvariantCulture);

    // Nil and booleans fail there, so what follows has none.
    private static bool CanBeJoined(Value value) => value is not ConstantValue { Content: null or bool };

    // A prefix that is known and a rest that is not: enough to see the host of an address.
    private static Value ConcatOptions(Value left, Value right)
    {
        if ((left is ChoiceValue || right is ChoiceValue) && Join.Options(left).Length * Join.Options(right).Length <= MaxPairs)
        {
            Value? joined = null;
            foreach (var option in Join.Options(left).Where(CanBeJoined))
            {
                foreach (var other in Join.Options(right).Where(CanBeJoined))
                {
                    joined = Join.Of(joined, Concat(option, other));
                }
            }

            return joined ?? UnknownValue.Plain;
        }

        // A text that stands in the script is read there; one that was put together is not to be lost behind what isn't known.
        var isEnding = right is ConstantValue or PrefixValue && (right.Taint & Taint.Assembled) != Taint.None;
        var known = TextOf(left) is { } begin ? begin + (right as PrefixValue)?.Prefix : (left as PrefixValue)?.Prefix ?? (isEnding ? "" : null);
        var (taint, trace) = (left.Taint | right.Taint, left.Trace ?? right.Trace);
        return AsText(known is not null ? new PrefixValue(known, PiecesOf(left, right)) { Taint = taint, Trace = trace } : UnknownValue.Plain.With(taint, trace), Taint.None);
    }

    private static string PiecesOf(Value left, Value right)
    {
        static string Of(Value value) => TextOf(value) ?? (value as PrefixValue)?.Pieces ?? PrefixValue.Gap;

        var (first, second) = (Of(left), Of(right));
        return first.Length + second.Length <= MostPieces ? first + second : first;
    }

    private static double? Arithmetic(BinaryOperator op, double x, double y) => op switch
    {
        BinaryOperator.Add => x + y,
        BinaryOperator.Subtract => x - y,
        BinaryOperator.Multiply => x * y,
        BinaryOperator.Divide => x / y,
        BinaryOperator.FloorDivide => Math.Floor(x / y),
        BinaryOperator.Modulo => x - (Math.Floor(x / y) * y),
        BinaryOperator.Power => Math.Pow(x, y),
        _ => null,
    };

    private static Value Compare(BinaryOperator op, int order, Value left, Value right) => op switch
    {
        BinaryOperator.Less => Constant(order < 0, left, right),
        BinaryOperator.LessEqual => Constant(order <= 0, left, right),
        BinaryOperator.Greater => Constant(order > 0, left, right),
        BinaryOperator.GreaterEqual => Constant(order >= 0, left, right),
        _ => Partly(op, left, right),
    };
}
