using System.Globalization;
using System.Text;

namespace ToolboxAI.Shared.Luau.Syntax;

/// <summary>The bytes that a string literal stands for, one character per byte.</summary>
public static class LuauString
{
    /// <summary>The value of a quoted, long or interpolated-string token, or nothing when an escape is malformed.</summary>
    public static string? ValueOf(ReadOnlySpan<char> token)
    {
        if (token.Length >= 2 && token[0] == '[')
        {
            return LongValue(token);
        }

        return token.Length < 2 ? null : Unescape(token[1..^1]);
    }

    /// <summary>Resolves the escapes of a literal's body.</summary>
    public static string? Unescape(ReadOnlySpan<char> body)
    {
        if (!body.Contains('\\'))
        {
            return body.ToString();
        }

        var value = new StringBuilder(body.Length);
        for (var i = 0; i < body.Length;)
        {
            if (body[i] != '\\')
            {
                value.Append(body[i++]);
                continue;
            }

            if (!Escape(body, ref i, value))
            {
                return null;
            }
        }

        return value.ToString();
    }

    private static bool Escape(ReadOnlySpan<char> body, ref int i, StringBuilder value)
    {
        if (++i >= body.Length)
        {
            return false;
        }

        var c = body[i++];
        switch (c)
        {
            case '\n':
                value.Append('\n');
                return true;
            case '\r':
                i += i < body.Length && body[i] == '\n' ? 1 : 0;
                value.Append('\n');
                return true;
            case 'z':
                while (i < body.Length && body[i] is ' ' or '\t' or '\r' or '\n' or '\v' or '\f')
                {
                    i++;
                }

                return true;
            case 'x':
                return Hex(body, ref i, value);
            case 'u':
                return Unicode(body, ref i, value);
            case >= '0' and <= '9':
                return Decimal(body, ref i, value);
            default:
                value.Append(c switch { 'a' => '\a', 'b' => '\b', 'f' => '\f', 'n' => '\n', 'r' => '\r', 't' => '\t', 'v' => '\v', _ => c });
                return true;
        }
    }

    private static bool Hex(ReadOnlySpan<char> body, ref int i, StringBuilder value)
    {
        if (i + 2 > body.Length || !byte.TryParse(body.Slice(i, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
        {
            return false;
        }

        value.Append((char)code);
        i += 2;
        return true;
    }

    private static bool Decimal(ReadOnlySpan<char> body, ref int i, StringBuilder value)
    {
        var code = body[i - 1] - '0';
        for (var digits = 1; digits < 3 && i < body.Length && char.IsAsciiDigit(body[i]); digits++)
        {
            code = (code * 10) + (body[i++] - '0');
        }

        value.Append((char)(code & 0xFF));
        return code <= 255;
    }

    private static bool Unicode(ReadOnlySpan<char> body, ref int i, StringBuilder value)
    {
        var close = i < body.Length && body[i] == '{' ? body[i..].IndexOf('}') : -1;
        if (close < 2 || !uint.TryParse(body.Slice(i + 1, close - 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) || code > 0x10FFFF)
        {
            return false;
        }

        i += close + 1;
        AppendUtf8(value, code);
        return true;
    }

    // Surrogates too: Luau encodes any code point, where .NET's encoder would refuse.
    private static void AppendUtf8(StringBuilder value, uint code)
    {
        switch (code)
        {
            case < 0x80:
                value.Append((char)code);
                break;
            case < 0x800:
                value.Append((char)(0xC0 | (code >> 6))).Append((char)(0x80 | (code & 0x3F)));
                break;
            case < 0x10000:
                value.Append((char)(0xE0 | (code >> 12))).Append((char)(0x80 | ((code >> 6) & 0x3F))).Append((char)(0x80 | (code & 0x3F)));
                break;
            default:
                value.Append((char)(0xF0 | (code >> 18))).Append((char)(0x80 | ((code >> 12) & 0x3F)))
                    .Append((char)(0x80 | ((code >> 6) & 0x3F))).Append((char)(0x80 | (code & 0x3F)));
                break;
        }
    }

    private static string? LongValue(ReadOnlySpan<char> token)
    {
        var open = token[1..].IndexOf('[') + 2;
        if (token.Length < open * 2)
        {
            return null;
        }

        var body = token[open..^open];

        // A line end right after the opening bracket is not part of the string; others are one line feed each.
        if (body.StartsWith("\r\n"))
        {
            body = body[2..];
        }
        else if (body.StartsWith("\n"))
        {
            body = body[1..];
        }

        return body.ToString().Replace("\r\n", "\n", StringComparison.Ordinal);
    }
}
