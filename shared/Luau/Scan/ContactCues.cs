using System.Buffers;
using System.Collections;
using System.Text;

namespace ToolboxAI.Shared.Luau.Scan;

/// <summary>Whether a text can be about contact at all, by how its words begin: most texts are not, and need not be read word by word.</summary>
internal static class ContactCues
{
    private const int Beginning = 4;
    private const int Buckets = 1 << 16;
    private const int LettersOfAlphabet = 32;
    private const int FewestDigits = 7;

    private static readonly SearchValues<char> Signs = SearchValues.Create("@$!");

    // What most sentences have.
    private static readonly HashSet<string> Common = new(StringComparer.Ordinal)
    {
        "a", "i", "u", "r", "s", "how", "are", "you", "your", "ur", "the", "is", "in", "at", "it", "to", "what", "where", "which", "do", "so", "we", "can", "on", "of", "my", "me", "our", "en", "de", "la", "tu", "se", "no", "le",
        "not", "come", "with", "meet", "out", "one", "two", "three",
    };

    private static readonly BitArray Known = Learn();

    /// <summary>Whether a text must be read.</summary>
    public static bool In(string text)
    {
        if (!Ascii.IsValid(text))
        {
            return true;
        }

        var (at, digits) = (0, 0);
        while (at < text.Length)
        {
            if (!char.IsAsciiLetter(text[at]))
            {
                digits += char.IsAsciiDigit(text[at]) ? 1 : 0;
                if (text[at] == '@' || digits >= FewestDigits)
                {
                    return true;
                }

                at++;
                continue;
            }

            var (end, key) = (at, 0);
            for (; end < text.Length && char.IsAsciiLetter(text[end]); end++)
            {
                key = end - at < Beginning ? (key * LettersOfAlphabet) + (text[end] & 31) : key;
            }

            if (Known[key & (Buckets - 1)] || (end + 1 < text.Length && char.IsAsciiLetter(text[end + 1]) && (char.IsAsciiDigit(text[end]) || Signs.Contains(text[end]))) || (end == at + 1 && IsSpelled(text, at)))
            {
                return true;
            }

            at = end;
        }

        return false;
    }

    // Three single letters with signs between them.
    private static bool IsSpelled(string text, int at) => at + 4 < text.Length && char.IsAsciiLetter(text[at + 2]) && !char.IsAsciiLetter(text[at + 3]) && char.IsAsciiLetter(text[at + 4]);

    private static BitArray Learn()
    {
        var known = new BitArray(Buckets);
        foreach (var word in ContactWords.Having(Sense.Nouns).Concat(ContactPhrases.All.SelectMany(Rarest)))
        {
            if (Ascii.IsValid(word) && !Common.Contains(word))
            {
                var key = 0;
                foreach (var c in word.AsSpan(0, Math.Min(Beginning, word.Length)))
                {
                    key = (key * LettersOfAlphabet) + (c & 31);
                }

                known[key & (Buckets - 1)] = true;
            }
        }

        return known;
    }

    // The word of a phrase that few other texts have: its longest.
    private static IEnumerable<string> Rarest(string phrase) => phrase.Split(' ').Where(word => !Common.Contains(word)).OrderByDescending(word => word.Length).Take(1);
}
