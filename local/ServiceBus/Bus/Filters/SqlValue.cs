using System.Globalization;

namespace ToolboxAI.Local.ServiceBus;

/// <summary>
/// Values of filters and how they compare: null (an absent property) makes every comparison unknown; numbers of all types
/// compare by value; other types only with their own.
/// </summary>
internal static class SqlValue
{
    /// <summary>True, false, or null for unknown.</summary>
    public static bool? Compare(object? left, object? right, string symbol)
    {
        if (left is null || right is null)
        {
            return null;
        }

        var order = Order(left, right);
        return symbol switch
        {
            "=" => order is { } equal ? equal == 0 : false,
            "<>" => order is { } other ? other != 0 : true,
            "<" => order is { } below ? below < 0 : null,
            "<=" => order is { } notAbove ? notAbove <= 0 : null,
            ">" => order is { } above ? above > 0 : null,
            _ => order is { } notBelow ? notBelow >= 0 : null,
        };
    }

    public static object? Calculate(object? left, object? right, string symbol)
    {
        if (left is null || right is null)
        {
            return null;
        }

        if (symbol == "+" && (left is string || right is string))
        {
            return $"{Text(left)}{Text(right)}";   // as in C#
        }

        if (!IsNumber(left) || !IsNumber(right))
        {
            return null;
        }

        return IsWhole(left) && IsWhole(right)
            ? Whole(Convert.ToInt64(left, CultureInfo.InvariantCulture), Convert.ToInt64(right, CultureInfo.InvariantCulture), symbol)
            : Floating(Convert.ToDouble(left, CultureInfo.InvariantCulture), Convert.ToDouble(right, CultureInfo.InvariantCulture), symbol);
    }

    public static object? Negate(object? value) => value switch
    {
        null => null,
        _ when IsWhole(value) => -Convert.ToInt64(value, CultureInfo.InvariantCulture),
        _ when IsNumber(value) => -Convert.ToDouble(value, CultureInfo.InvariantCulture),
        _ => null,
    };

    /// <summary>A value in the type of the one that it replaces, when it can be converted; else as it is.</summary>
    public static object Like(object value, object? replaced)
    {
        if (replaced is not IConvertible || replaced.GetType() == value.GetType() || value is not IConvertible)
        {
            return value;
        }

        try
        {
            return Convert.ChangeType(value, replaced.GetType(), CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is FormatException or InvalidCastException or OverflowException)
        {
            return value;   // there is no such conversion: the property changes its type
        }
    }

    private static string? Text(object value) => Convert.ToString(value, CultureInfo.InvariantCulture);

    private static int? Order(object left, object right)
    {
        if (IsNumber(left) && IsNumber(right))
        {
            return left is float or double || right is float or double
                ? Convert.ToDouble(left, CultureInfo.InvariantCulture).CompareTo(Convert.ToDouble(right, CultureInfo.InvariantCulture))
                : Convert.ToDecimal(left, CultureInfo.InvariantCulture).CompareTo(Convert.ToDecimal(right, CultureInfo.InvariantCulture));
        }

        return (left, right) switch
        {
            (string a, string b) => string.CompareOrdinal(a, b),
            (DateTime a, DateTimeOffset b) => new DateTimeOffset(a.ToUniversalTime()).CompareTo(b),
            (DateTimeOffset a, DateTime b) => a.CompareTo(new DateTimeOffset(b.ToUniversalTime())),
            (IComparable a, _) when left.GetType() == right.GetType() => a.CompareTo(right),
            _ => null,
        };
    }

    private static object? Whole(long left, long right, string symbol) => symbol switch
    {
        "+" => left + right,
        "-" => left - right,
        "*" => left * right,
        "/" => right == 0 ? null : right == -1 ? -left : left / right,
        _ => right == 0 ? null : right == -1 ? 0L : left % right,
    };

    private static object Floating(double left, double right, string symbol) => symbol switch
    {
        "+" => left + right,
        "-" => left - right,
        "*" => left * right,
        "/" => left / right,
        _ => left % right,
    };

    private static bool IsWhole(object value) => value is sbyte or byte or short or ushort or int or uint or long or ulong and <= long.MaxValue;

    private static bool IsNumber(object value) => IsWhole(value) || value is ulong or float or double or decimal;
}
