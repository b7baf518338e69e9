using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace ToolboxAI.Shared.Luau.Scan;

/// <summary>A word of a text, and what it may mean.</summary>
/// <param name="Sense">What it may mean.</param>
/// <param name="Start">Where it begins.</param>
/// <param name="End">Where it ends.</param>
/// <param name="Sentence">The number of its sentence.</param>
/// <param name="Clause">The number of its clause.</param>
/// <param name="IsSpelled">Whether it is written letter by letter.</param>
internal readonly record struct ShownWord(Sense Sense, int Start, int End, int Sentence, int Clause, bool IsSpelled = false);

/// <summary>A text in small letters and without accents, and its words: also those that are written with digits, or letter by letter.</summary>
internal sealed class FoldedText
{
    private const int MostWords = 400;
    private const int LettersOfWord = 5;
    private const int FewestSpelled = 3;
    private const int LongestInSpelled = 12;

    // After these letters words follow each other without blanks.
    private const char FirstUnspaced = '\u0E00';

    private readonly char[] letters;
    private readonly List<ShownWord> words;
    private int sentence;
    private int clause;

    private FoldedText(string text)
    {
        letters = new char[text.Length];
        words = new(Math.Min(MostWords, (text.Length / LettersOfWord) + 1));
        if (Ascii.ToLower(text, letters, out _) == OperationStatus.Done)
        {
            return;
        }

        for (var i = 0; i < letters.Length; i++)
        {
            letters[i] = Fold(text[i]);
        }
    }

    /// <summary>The letters, one for each of the text.</summary>
    public ReadOnlySpan<char> Letters => letters;

    /// <summary>The words that mean something, and the others.</summary>
    public ReadOnlySpan<ShownWord> Words => CollectionsMarshal.AsSpan(words);

    /// <summary>Folds a text.</summary>
    public static FoldedText Of(string text)
    {
        var folded = new FoldedText(text);
        folded.Read();
        return folded;
    }

    /// <summary>Parts of the text, which don't overlap, with one blank between words and at both ends.</summary>
    public ReadOnlySpan<char> Joined(ReadOnlySpan<Range> parts)
    {
        var joined = new char[letters.Length + parts.Length + 1];
        joined[0] = ' ';
        var count = 1;
        foreach (var part in parts)
        {
            foreach (var c in letters.AsSpan(part))
            {
                if (IsOfAlphabet(c) || c is '@')
                {
                    joined[count++] = c;
                }
                else if (joined[count - 1] != ' ')
                {
                    joined[count++] = ' ';
                }
            }

            if (joined[count - 1] != ' ')
            {
                joined[count++] = ' ';
            }
        }

        return joined.AsSpan(0, count);
    }

    // Letters, digits, and the signs above and below letters.
    private static bool IsOfAlphabet(char c) => char.IsLetterOrDigit(c) || (c >= '\u0300' && char.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark);

    private static char Fold(char c) => c switch
    {
        < '\u0080' => char.ToLowerInvariant(c),
        (>= 'À' and <= 'Å') or (>= 'à' and <= 'å') or (>= 'Ā' and <= 'ą') or 'ǎ' or (>= 'Ạ' and <= 'ặ') => 'a',
        'Ç' or 'ç' or (>= 'Ć' and <= 'č') => 'c',
        (>= 'Ď' and <= 'đ') or 'ð' or 'Ð' => 'd',
        (>= 'È' and <= 'Ë') or (>= 'è' and <= 'ë') or (>= 'Ē' and <= 'ě') or (>= 'Ẹ' and <= 'ệ') => 'e',
        >= 'Ĝ' and <= 'ģ' => 'g',
        (>= 'Ì' and <= 'Ï') or (>= 'ì' and <= 'ï') or (>= 'Ĩ' and <= 'ı') or (>= 'Ỉ' and <= 'ị') => 'i',
        >= 'Ĺ' and <= 'ł' => 'l',
        'Ñ' or 'ñ' or (>= 'Ń' and <= 'ň') => 'n',
        (>= 'Ò' and <= 'Ö') or 'Ø' or (>= 'ò' and <= 'ö') or 'ø' or (>= 'Ō' and <= 'ő') or 'Ơ' or 'ơ' or (>= 'Ọ' and <= 'ợ') => 'o',
        >= 'Ŕ' and <= 'ř' => 'r',
        'ß' or (>= 'Ś' and <= 'š') or 'Ș' or 'ș' => 's',
        (>= 'Ţ' and <= 'ŧ') or 'Ț' or 'ț' => 't',
        (>= 'Ù' and <= 'Ü') or (>= 'ù' and <= 'ü') or (>= 'Ũ' and <= 'ų') or 'Ư' or 'ư' or (>= 'Ụ' and <= 'ự') => 'u',
        'Ý' or 'ý' or 'ÿ' or (>= 'Ŷ' and <= 'Ÿ') or (>= 'Ỳ' and <= 'ỹ') => 'y',
        >= 'Ź' and <= 'ž' => 'z',
        'ё' or 'Ё' => 'е',
        'ά' or 'Ά' => 'α',
        'έ' or 'Έ' => 'ε',
        'ή' or 'Ή' => 'η',
        'ί' or 'Ί' => 'ι',
        'ό' or 'Ό' => 'ο',
        'ύ' or 'Ύ' => 'υ',
        'ώ' or 'Ώ' => 'ω',
        'أ' or 'إ' or 'آ' => 'ا',
        'ة' => 'ه',
        '？' or '؟' => '?',
        '！' => '!',
        '。' => '.',
        '，' or '、' or '،' => ',',
        '：' => ':',
        '’' or '‘' or '`' or '´' => '\'',
        _ => char.ToLowerInvariant(c),
    };

    private void Read()
    {
        for (var at = 0; at < letters.Length && words.Count < MostWords;)
        {
            if (!IsOfWord(at))
            {
                Separate(at++);
            }
            else if (letters[at] >= FirstUnspaced)
            {
                at = ReadUnspaced(at);
            }
            else
            {
                at = ReadSpelled(at) is var end && end > at ? end : ReadWord(at);
            }
        }
    }

    private void Separate(int at)
    {
        var isEnd = letters[at] is '\n' or '!' or '?' or ';' || (letters[at] == '.' && (at + 1 == letters.Length || !char.IsLetterOrDigit(letters[at + 1])));
        sentence += isEnd ? 1 : 0;
        clause += isEnd || letters[at] is '(' or ')' || (letters[at] is ',' or ':' or '-' && IsBlank(at + 1)) ? 1 : 0;
    }

    private bool IsBlank(int at) => at >= letters.Length || letters[at] == ' ';

    private bool IsLetter(int at) => at >= 0 && at < letters.Length && char.IsLetter(letters[at]);

    // A sign within a word stands for a letter, and an apostrophe for one that is left out.
    private bool IsOfWord(int at) => IsOfAlphabet(letters[at]) || (letters[at] is '@' or '$' or '!' && IsLetter(at - 1) && IsLetter(at + 1)) || (letters[at] == '\'' && IsLetter(at - 1) && IsLetter(at + 1));

    private int ReadWord(int start)
    {
        var end = start + 1;
        while (end < letters.Length && IsOfWord(end) && letters[end] < FirstUnspaced)
        {
            end++;
        }

        Add(ShownWords.Meaning(letters.AsSpan(start, end - start)), start, end);
        return end;
    }

    private int ReadUnspaced(int at)
    {
        var (length, sense) = ContactWords.At(letters.AsSpan(at));
        Add(sense, at, at + Math.Max(1, length));
        return at + Math.Max(1, length);
    }

    // Letters one by one, with the same sign between them: the words that are found in them.
    private int ReadSpelled(int start)
    {
        if (start + 4 >= letters.Length || IsOfWord(start + 1) || (start > 0 && IsOfWord(start - 1)))
        {
            return start;
        }

        var sign = letters[start + 1];
        var end = start + 1;
        while (end + 1 < letters.Length && letters[end] == sign && char.IsLetterOrDigit(letters[end + 1]) && (end + 2 == letters.Length || !IsOfWord(end + 2)))
        {
            end += 2;
        }

        Span<char> spelled = stackalloc char[Math.Min(64, ((end - start) / 2) + 1)];
        for (var i = 0; i < spelled.Length; i++)
        {
            spelled[i] = letters[start + (2 * i)];
        }

        // A short word may follow another that is spelled.
        if (spelled.Length < FewestSpelled && !(words is [.., var before] && before.IsSpelled))
        {
            return start;
        }

        for (var i = 0; i < spelled.Length;)
        {
            var (length, sense) = LongestIn(spelled[i..]);
            words.Add(new((sense & Sense.Nick) != Sense.None ? sense | Sense.App : sense, start, end, sentence, clause, IsSpelled: true));
            i += Math.Max(1, length);
        }

        return end;
    }

    private static (int Length, Sense Sense) LongestIn(ReadOnlySpan<char> spelled)
    {
        for (var length = Math.Min(LongestInSpelled, spelled.Length); length > 1; length--)
        {
            if (ShownWords.Meaning(spelled[..length]) is var sense and not Sense.None)
            {
                return (length, sense);
            }
        }

        return default;
    }

    private void Add(Sense sense, int start, int end) => words.Add(new(sense, start, end, sentence, clause));
}
