using System.Buffers;

namespace ToolboxAI.Shared.Luau.Scan;

/// <summary>Names that nobody gives who wants to be read.</summary>
internal static class OddNames
{
    private static readonly SearchValues<char> Bars = SearchValues.Create("lIi1_|");
    private static readonly SearchValues<char> Rings = SearchValues.Create("Oo0Q_");

    /// <summary>Whether it is made of letters that are hard to tell apart, hexadecimal, or nothing but underscores.</summary>
    public static bool IsDisguised(ReadOnlySpan<char> name) => name.Length >= 2 && name[0] switch
    {
        'l' or 'I' or 'i' or '1' or '|' => name.Length >= 3 && !name.ContainsAnyExcept(Bars) && name.ContainsAny('l', 'I'),
        'O' or 'o' or '0' or 'Q' => name.Length >= 3 && (!name.ContainsAnyExcept(Rings) || name.StartsWith("0x")),
        '_' => !name.ContainsAnyExcept('_') || (name.Length >= 3 && (name.StartsWith("_0x", StringComparison.OrdinalIgnoreCase)
            || (!name.ContainsAnyExcept(Bars) && name.ContainsAny('l', 'I')) || !name.ContainsAnyExcept(Rings))),
        _ => false,
    };

    /// <summary>Whether letters and digits take turns, or many consonants stand in a row.</summary>
    public static bool IsRandom(ReadOnlySpan<char> name)
    {
        var (turns, consonants, longest, vowels) = (0, 0, 0, 0);
        for (var i = 0; i < name.Length; i++)
        {
            var isDigit = char.IsAsciiDigit(name[i]);
            turns += i > 0 && isDigit != char.IsAsciiDigit(name[i - 1]) ? 1 : 0;
            var isVowel = (name[i] | 0x20) is 'a' or 'e' or 'i' or 'o' or 'u' or 'y';
            vowels += isVowel ? 1 : 0;
            consonants = !isVowel && char.IsAsciiLetter(name[i]) ? consonants + 1 : 0;
            longest = Math.Max(longest, consonants);
        }

        return turns >= 2 || (name.Length <= 3 && turns == 1) || longest >= 6 || (name.Length >= 8 && vowels == 0);
    }
}
