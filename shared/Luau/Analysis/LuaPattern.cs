namespace ToolboxAI.Shared.Luau.Analysis;

/// <summary>Lua patterns: character classes, sets, captures, *, +, -, ?, %b, %f, anchors. Work is bounded by a number of steps.</summary>
internal sealed class LuaPattern(string pattern, string text, int maxSteps)
{
    private readonly List<(int Start, int Length)> captures = [];
    private int steps = maxSteps;

    /// <summary>The first match at or after a position: its end and captures; nothing when there is none or the pattern is malformed.</summary>
    public (int Start, int End, IReadOnlyList<string> Captures)? Find(int from)
    {
        var anchored = pattern.StartsWith('^');
        for (var start = from; start <= text.Length; start++)
        {
            captures.Clear();
            var end = Match(start, anchored ? 1 : 0);
            if (end >= 0)
            {
                return (start, end, [.. captures.Select(capture => text.Substring(capture.Start, Math.Max(0, capture.Length)))]);
            }

            if (anchored || steps <= 0)
            {
                break;
            }
        }

        return null;
    }

    private int Match(int s, int p)
    {
        while (true)
        {
            if (--steps <= 0)
            {
                return -1;
            }

            if (p >= pattern.Length)
            {
                return s;
            }

            switch (pattern[p])
            {
                case '(':
                    return Open(s, p);
                case ')':
                    return Close(s, p);
                case '$' when p + 1 == pattern.Length:
                    return s == text.Length ? s : -1;
                case '%' when p + 1 < pattern.Length && pattern[p + 1] == 'b':
                    s = Balanced(s, p + 2);
                    if (s < 0)
                    {
                        return -1;
                    }

                    p += 4;
                    continue;
            }

            var end = ClassEnd(p);
            if (end < 0)
            {
                return -1;
            }

            if (end < pattern.Length && "?+*-".Contains(pattern[end]))
            {
                return Repeated(s, p, end);
            }

            if (!Single(s, p, end))
            {
                return -1;
            }

            s++;
            p = end;
        }
    }

    private int Repeated(int s, int p, int end)
    {
        switch (pattern[end])
        {
            case '?':
                return Single(s, p, end) && Match(s + 1, end + 1) is >= 0 and var once ? once : Match(s, end + 1);
            case '+':
                return Single(s, p, end) ? Most(s + 1, p, end) : -1;
            case '*':
                return Most(s, p, end);
            default:
                return Least(s, p, end);
        }
    }

    private int Open(int s, int p)
    {
        captures.Add((s, -1));
        var end = Match(s, p + 1);
        if (end < 0)
        {
            captures.RemoveAt(captures.Count - 1);
        }

        return end;
    }

    private int Close(int s, int p)
    {
        var open = captures.FindLastIndex(capture => capture.Length == -1);
        if (open < 0)
        {
            return -1;
        }

        captures[open] = (captures[open].Start, s - captures[open].Start);
        var end = Match(s, p + 1);
        if (end < 0)
        {
            captures[open] = (captures[open].Start, -1);
        }

        return end;
    }

    private int Most(int s, int p, int end)
    {
        var count = 0;
        while (Single(s + count, p, end))
        {
            count++;
        }

        for (; count >= 0; count--)
        {
            if (Match(s + count, end + 1) is >= 0 and var found)
            {
                return found;
            }
        }

        return -1;
    }

    private int Least(int s, int p, int end)
    {
        while (true)
        {
            if (Match(s, end + 1) is >= 0 and var found)
            {
                return found;
            }

            if (!Single(s, p, end))
            {
                return -1;
            }

            s++;
        }
    }

    private int Balanced(int s, int p)
    {
        if (p + 1 >= pattern.Length || s >= text.Length || text[s] != pattern[p])
        {
            return -1;
        }

        var depth = 0;
        for (var i = s; i < text.Length; i++)
        {
            if (text[i] == pattern[p + 1] && --depth == 0)
            {
                return i + 1;
            }

            if (text[i] == pattern[p])
            {
                depth++;
            }
        }

        return -1;
    }

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
