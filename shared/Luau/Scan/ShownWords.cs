using System.Buffers;

namespace ToolboxAI.Shared.Luau.Scan;

/// <summary>The words of shown texts, however they are written.</summary>
internal static class ShownWords
{
    private const int FewestLetters = 3;
    private const int ShortestDoubled = 5;
    private const int LongestRead = 24;

    // Arabic joins its article to the word.
    private const string Article = "ال";

    private static readonly SearchValues<char> Disguises = SearchValues.Create("013457$@!");

    /// <summary>What a word may mean: as it is, with letters for digits, with doubled letters single.</summary>
    /// <param name="word">In small letters, without accents.</param>
    public static Sense Meaning(ReadOnlySpan<char> word)
    {
        var isNumber = char.IsAsciiDigit(word[0]) && word.Length >= FewestLetters && !word.ContainsAnyExceptInRange('0', '9');
        var sense = isNumber ? Sense.Digits : ContactWords.Of(word.StartsWith(Article) ? word[Article.Length..] : word);
        if (sense != Sense.None || word.Length is < FewestLetters or > LongestRead)
        {
            return sense;
        }

        var (isDisguised, isPlain, isShortened, isDoubled, before) = (false, false, false, false, '\0');
        foreach (var c in word)
        {
            isDisguised |= c < 'a' && Disguises.Contains(c);
            isPlain |= char.IsAsciiLetterLower(c);
            isShortened |= c == '\'';
            isDoubled |= c == before;
            before = c;
        }

        return isDisguised && isPlain ? Undisguised(word) : isShortened ? Parts(word) : isDoubled ? Single(word) : sense;
    }

    private static Sense Undisguised(ReadOnlySpan<char> word)
    {
        Span<char> plain = stackalloc char[word.Length];
        var sense = Sense.None;
        foreach (var one in "il")
        {
            for (var i = 0; i < word.Length; i++)
            {
                plain[i] = word[i] switch { '0' => 'o', '1' or '!' => one, '3' => 'e', '4' or '@' => 'a', '5' or '$' => 's', '7' => 't', var c => c };
            }

            sense |= ContactWords.Of(plain);
        }

        return (sense & Sense.Nick) != Sense.None ? sense | Sense.App : sense;
    }

    private static Sense Single(ReadOnlySpan<char> word)
    {
        Span<char> plain = stackalloc char[word.Length];
        var length = 0;
        foreach (var c in word)
        {
            if (length == 0 || plain[length - 1] != c)
            {
                plain[length++] = c;
            }
        }

        return length >= ShortestDoubled ? ContactWords.Of(plain[..length]) & Sense.App : Sense.None;
    }

    // don't is dont, d'insta is insta, insta'nı is insta.
    private static Sense Parts(ReadOnlySpan<char> word)
    {
        Span<char> plain = stackalloc char[word.Length];
        var mark = word.IndexOf('\'');
        word[..mark].CopyTo(plain);
        word[(mark + 1)..].CopyTo(plain[mark..]);
        var sense = ContactWords.Of(plain[..^1]);
        return sense != Sense.None ? sense : ContactWords.Of(word[..mark]) | ContactWords.Of(word[(mark + 1)..]);
    }
}
