namespace ToolboxAI.Shared.Luau.Analysis;

// Items that match one character: itself, a class, a set.
internal sealed partial class LuaPattern
{
    // Where a single-character item of the pattern ends, or -1 when it is malformed.
    private int ClassEnd(int p)
    {
        if (pattern[p] == '%')
        {
            return p + 1 < pattern.Length ? p + 2 : -1;
        }

        if (pattern[p] != '[')
        {
            return p + 1;
        }

        var i = p + 1;
        i += i < pattern.Length && pattern[i] == '^' ? 1 : 0;
        do
        {
            if (i >= pattern.Length)
            {
                return -1;
            }

            i += pattern[i] == '%' ? 2 : 1;
        }
        while (i >= pattern.Length || pattern[i] != ']');
        return i + 1;
    }

    private bool Single(int s, int p, int end)
    {
        if (s >= text.Length || --steps <= 0)
        {
            return false;
        }

        var c = text[s];
        return pattern[p] switch
        {
            '.' => true,
            '%' => Class(c, pattern[p + 1]),
            '[' => Set(c, p + 1, end - 1),
            var literal => literal == c,
        };
    }

    private bool Set(char c, int p, int close)
    {
        var negated = pattern[p] == '^';
        for (var i = negated ? p + 1 : p; i < close; i++)
        {
            if (pattern[i] == '%' && i + 1 < close)
            {
                if (Class(c, pattern[++i]))
                {
                    return !negated;
                }
            }
            else if (i + 2 < close && pattern[i + 1] == '-')
            {
                if (c >= pattern[i] && c <= pattern[i + 2])
                {
                    return !negated;
                }

                i += 2;
            }
            else if (pattern[i] == c)
            {
                return !negated;
            }
        }

        return negated;
    }

    private static bool Class(char c, char name)
    {
        bool? member = char.ToLowerInvariant(name) switch
        {
            'a' => char.IsAsciiLetter(c),
            'd' => char.IsAsciiDigit(c),
            'l' => char.IsAsciiLetterLower(c),
            'u' => char.IsAsciiLetterUpper(c),
            's' => c is ' ' or (>= '\t' and <= '\r'),
            'w' => char.IsAsciiLetterOrDigit(c),
            'x' => char.IsAsciiHexDigit(c),
            'p' => c < 128 && (char.IsPunctuation(c) || char.IsSymbol(c)),
            'c' => c < 32 || c == 127,
            'g' => c is > ' ' and < (char)127,
            _ => null,
        };
        return member is null ? c == name : member.Value != char.IsAsciiLetterUpper(name);
    }
}
