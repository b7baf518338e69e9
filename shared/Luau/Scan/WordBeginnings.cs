namespace ToolboxAI.Shared.Luau.Scan;

/// <summary>How the words of a list begin, a bit for each beginning: most words begin like none of them, and the bits stay close to the processor.</summary>
internal sealed class WordBeginnings
{
    /// <summary>So many letters of a word count.</summary>
    public const int Length = 4;

    private const int Beginnings = 1 << 16;
    private const int LettersOfAlphabet = 32;
    private const int BitsOfWord = 64;

    private readonly ulong[] known = new ulong[Beginnings / BitsOfWord];

    /// <summary>The beginnings of words.</summary>
    /// <param name="words">Words that stand for themselves.</param>
    /// <param name="stems">Stems, which any ending may follow.</param>
    public WordBeginnings(IEnumerable<string> words, IEnumerable<string> stems)
    {
        foreach (var word in words)
        {
            Add(KeyOf(word));
        }

        foreach (var stem in stems)
        {
            AddAll(KeyOf(stem), Length - stem.Length);
        }
    }

    /// <summary>Whether a word of the list begins like this one.</summary>
    public bool MayHave(ReadOnlySpan<char> word)
    {
        var key = KeyOf(word);
        return (known[key / BitsOfWord] >> key & 1) != 0;
    }

    // Some words share a key: then one too many is looked for, never one too few.
    private static int KeyOf(ReadOnlySpan<char> word)
    {
        var key = 0;
        for (var i = 0; i < word.Length && i < Length; i++)
        {
            key = Longer(key, word[i]);
        }

        return key & (Beginnings - 1);
    }

    private static int Longer(int key, int letter) => (key * LettersOfAlphabet) + (letter & (LettersOfAlphabet - 1));

    private void Add(int key) => known[key / BitsOfWord] |= 1UL << key;

    // A stem that is shorter than what counts, with all that may follow.
    private void AddAll(int key, int left)
    {
        Add(key & (Beginnings - 1));
        for (var letter = 0; left > 0 && letter < LettersOfAlphabet; letter++)
        {
            AddAll(Longer(key, letter), left - 1);
        }
    }
}
