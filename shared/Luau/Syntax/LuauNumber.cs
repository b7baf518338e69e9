using System.Globalization;

namespace ToolboxAI.Shared.Luau.Syntax;

/// <summary>Numeric literals: decimal with fraction and exponent, hexadecimal, binary; underscores anywhere after the first digit.</summary>
public static class LuauNumber
{
    // So many digits are exact as a number.
    private const int LongestShort = 15;

    /// <summary>The value of a literal, or nothing when it is malformed.</summary>
    public static double? Parse(ReadOnlySpan<char> literal)
    {
        Span<char> digits = literal.Length <= 128 ? stackalloc char[literal.Length] : new char[literal.Length];
        var length = 0;
        foreach (var c in literal)
        {
            if (c != '_')
            {
                digits[length++] = c;
            }
        }

        ReadOnlySpan<char> clean = digits[..length];
        if (clean.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            return ParseInteger(clean[2..], 16);
        }

        if (clean.StartsWith("0b", StringComparison.OrdinalIgnoreCase))
        {
            return ParseInteger(clean[2..], 2);
        }

        if (ParseShort(clean) is { } value)
        {
            return value;
        }

        const NumberStyles Style = NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return double.TryParse(clean, Style, CultureInfo.InvariantCulture, out var other) ? other : null;
    }

    // A few digits with a point among them, as most fractions are written: both numbers are exact, so that their quotient is what is nearest to the literal.
    private static double? ParseShort(ReadOnlySpan<char> digits)
    {
        if (digits.Length > LongestShort)
        {
            return null;
        }

        var (whole, scale, isFraction) = (0L, 1L, false);
        foreach (var c in digits)
        {
            if (char.IsAsciiDigit(c))
            {
                whole = (whole * 10) + (c - '0');
                scale *= isFraction ? 10 : 1;
            }
            else if (c == '.' && !isFraction)
            {
                isFraction = true;
            }
            else
            {
                return null;
            }
        }

        return digits.Length > 1 ? (double)whole / scale : null;
    }

    // As in the original, digits beyond 64 bits saturate the value rather than making it malformed.
    private static double? ParseInteger(ReadOnlySpan<char> digits, int radix)
    {
        if (digits.IsEmpty)
        {
            return null;
        }

        ulong value = 0;
        var saturated = false;
        foreach (var c in digits)
        {
            var digit = char.IsAsciiHexDigit(c) ? Convert.ToInt32(c.ToString(), 16) : radix;
            if (digit >= radix)
            {
                return null;
            }

            saturated |= value > (ulong.MaxValue - (ulong)digit) / (ulong)radix;
            value = saturated ? ulong.MaxValue : (value * (ulong)radix) + (ulong)digit;
        }

        return value;
    }
}
