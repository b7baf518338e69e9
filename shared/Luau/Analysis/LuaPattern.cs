namespace ToolboxAI.Shared.Luau.Analysis;

/// <summary>Lua patterns: character classes, sets, captures, *, +, -, ?, %b, %f, anchors. Work is bounded by a number of steps.</summary>
internal sealed partial class LuaPattern(string pattern, string text, int maxSteps)
{
    private const int MaxDepth = 200;

    private readonly List<(int Start, int Length)> captures = [];
    private int steps = maxSteps;
    private int depth;

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

    // Each item that may match more or less goes one deeper, as in the original, which refuses such patterns too.
    private int Match(int s, int p)
    {
        if (depth >= MaxDepth)
        {
            return -1;
        }

        depth++;
        var end = MatchItems(s, p);
        depth--;
        return end;
    }

    private int MatchItems(int s, int p)
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

            // Where a set begins: the character before isn't in it, this one is.
            var isFrontier = pattern[p] == '%' && p + 2 < pattern.Length && pattern[p + 1] == 'f' && pattern[p + 2] == '[';
            var end = ClassEnd(isFrontier ? p + 2 : p);
            if (end < 0 || (isFrontier && (Set(s == 0 ? '\0' : text[s - 1], p + 3, end - 1) || !Set(s < text.Length ? text[s] : '\0', p + 3, end - 1))))
            {
                return -1;
            }

            if (isFrontier)
            {
                p = end;
                continue;
            }

            var isRepeated = end < pattern.Length && "?+*-".Contains(pattern[end]);
            if (isRepeated || !Single(s, p, end))
            {
                return isRepeated ? Repeated(s, p, end) : -1;
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

        var open = 0;
        for (var i = s; i < text.Length; i++)
        {
            if (text[i] == pattern[p + 1] && --open == 0)
            {
                return i + 1;
            }

            if (text[i] == pattern[p])
            {
                open++;
            }
        }

        return -1;
    }
}
