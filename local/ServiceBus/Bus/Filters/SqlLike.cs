namespace ToolboxAI.Local.ServiceBus;

/// <summary>Patterns: <c>%</c> stands for any text, <c>_</c> for one character; the escape makes the next character plain.</summary>
internal static class SqlLike
{
    public static bool Matches(string value, string pattern, char? escape)
    {
        // One row per pattern position: which prefixes of the value it matches.
        var reached = new bool[value.Length + 1];
        reached[0] = true;
        for (var p = 0; p < pattern.Length; p++)
        {
            var plain = pattern[p] == escape && p + 1 < pattern.Length;
            var symbol = plain ? pattern[++p] : pattern[p];
            reached = !plain && symbol == '%' ? Any(reached) : One(reached, value, !plain && symbol == '_' ? null : symbol);
        }

        return reached[value.Length];
    }

    private static bool[] Any(bool[] reached)
    {
        var next = new bool[reached.Length];
        for (var i = 0; i < reached.Length; i++)
        {
            next[i] = reached[i] || (i > 0 && next[i - 1]);
        }

        return next;
    }

    private static bool[] One(bool[] reached, string value, char? symbol)
    {
        var next = new bool[reached.Length];
        for (var i = 0; i < value.Length; i++)
        {
            next[i + 1] = reached[i] && (symbol is null || value[i] == symbol);
        }

        return next;
    }
}
