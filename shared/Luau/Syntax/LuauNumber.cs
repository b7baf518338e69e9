using System.Globalization;

namespace ToolboxAI.Shared.Luau.Syntax;

/// <summary>Numeric literals: decimal with fraction and exponent, hexadecimal, binary; underscores anywhere after the first digit.</summary>
public static class LuauNumber
{
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

        const NumberStyles Style = NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return double.TryParse(clean, Style, CultureInfo.InvariantCulture, out var value) ? value : null;
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
