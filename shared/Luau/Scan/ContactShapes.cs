using System.Buffers;

namespace ToolboxAI.Shared.Luau.Scan;

/// <summary>What names of accounts and telephone numbers look like.</summary>
internal static class ContactShapes
{
    private const int FewestDigits = 7;

    private static readonly SearchValues<char> OfAccounts = SearchValues.Create("0123456789_.#");

    /// <summary>Whether a mark and a name follow: <c>: fox_run</c>, <c>@fox</c>.</summary>
    public static bool IsMarked(ReadOnlySpan<char> rest)
    {
        rest = rest.TrimStart(" )");
        return rest is [':' or '=' or '@' or '>', ..] or ['-', '>', ..] && rest[1..].TrimStart(" :=@>") is [var first, var second, var third, ..] && IsOfName(first) && IsOfName(second) && IsOfName(third);
    }

    /// <summary>Whether what follows is no word of a language: it has digits, points or lines in it.</summary>
    public static bool IsHandle(ReadOnlySpan<char> rest)
    {
        rest = rest.TrimStart(" )-:=@>");
        var end = rest.IndexOf(' ');
        var name = end < 0 ? rest : rest[..end];
        return name.Length > 0 && name[..^1].ContainsAny(OfAccounts);
    }

    /// <summary>Whether there are digits enough for a telephone's number, in groups.</summary>
    public static bool HasNumber(ReadOnlySpan<char> text)
    {
        var digits = 0;
        foreach (var c in text)
        {
            digits = char.IsAsciiDigit(c) ? digits + 1 : c is ' ' or '-' or '.' or '(' or ')' or '/' or '+' ? digits : 0;
            if (digits >= FewestDigits)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether what stands between two words makes a list of them.</summary>
    public static bool IsConjunction(ReadOnlySpan<char> between) => between.Trim() is "," or "and" or "&" or "/" or "+" or "or" or ", and" or "y" or "e" or "und" or "et" or "en" or "i" or "и" or "ve" or "dan" or "at" or "と" or "和";

    private static bool IsOfName(char c) => char.IsLetterOrDigit(c) || c is '_' or '.' or '%';
}
