using System.Buffers;

namespace ToolboxAI.Shared.Luau.Scan;

/// <summary>What a text has at first sight that a rule of texts needs: most texts have nothing of it, and need not be read.</summary>
[Flags]
internal enum Cue
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>A full stop, colon or slash.</summary>
    Dot = 1 << 0,

    /// <summary>A word that stands for a full stop.</summary>
    DotWord = 1 << 1,

    /// <summary>What may be the ending of a domain after a full stop or comma, the beginning of an address, or numbers with a full stop between them.</summary>
    Domain = 1 << 2,

    /// <summary>A blank, or what stands for one.</summary>
    Blank = 1 << 3,

    /// <summary>A word that asks without a second one.</summary>
    Alone = 1 << 4,

    /// <summary>A sentence that begins right after the full stop of another.</summary>
    Run = 1 << 5,

    /// <summary>A letter or digit that stands alone.</summary>
    Single = 1 << 6,

    /// <summary>A digit or sign between letters.</summary>
    Disguise = 1 << 7,

    /// <summary>The sign of accounts and addresses.</summary>
    At = 1 << 8,

    /// <summary>The sign of numbers.</summary>
    Hash = 1 << 9,

    /// <summary>Digits enough for a telephone's number.</summary>
    Digits = 1 << 10,

    /// <summary>Letters one by one with signs between them.</summary>
    Spelled = 1 << 11,

    /// <summary>A way to reach somebody, as <see cref="ShownTexts"/> looks for it.</summary>
    App = 1 << 12,

    /// <summary>A fact about a person, as <see cref="ShownTexts"/> looks for it.</summary>
    Fact = 1 << 13,

    /// <summary>Whose it is.</summary>
    Your = 1 << 14,

    /// <summary>What who comes near somebody speaks of.</summary>
    Approach = 1 << 15,

    /// <summary>A place outside.</summary>
    Place = 1 << 16,

    /// <summary>A noun of contact of any language (<see cref="ContactWords"/>).</summary>
    Noun = 1 << 17,

    /// <summary>The rarest word of a phrase that asks (<see cref="ContactPhrases"/>).</summary>
    Question = 1 << 18,

    /// <summary>The rarest word of a phrase that leads outside (<see cref="ContactPhrases"/>).</summary>
    Lead = 1 << 19,

    /// <summary>A full stop that stands apart or in brackets, or "at" in brackets.</summary>
    Apart = 1 << 20,

    /// <summary>Who speaks or is to be written to, or the mark before a name.</summary>
    Me = 1 << 21,

    /// <summary>Whether a text may be about contact, read word by word.</summary>
    Contact = Noun | Question | Lead | At | Digits | Spelled | Disguise,

    /// <summary>Everything: what is not known of a text in another alphabet.</summary>
    All = (1 << 22) - 1,
}

/// <summary>Finds cues in one go over a text, by how its words begin and by its signs.</summary>
internal static class TextCues
{
    private const int Beginning = 4;
    private const int Buckets = 1 << 16;
    private const int LettersOfAlphabet = 32;
    private const int FewestDigits = 7;
    private const int BitsOfWord = 64;

    // By the first four letters: a word of a list stands for all that begin like it.
    private static readonly (Cue Cue, string Words)[] Lists =
    [
        (Cue.DotWord, "dot d punkt punto ponto point nokta kropka titik www"),
        (Cue.Alone, "hmu asl"),
        (Cue.Domain, "gg tinyurl twitch youtu"),
        (Cue.App, "discord snap insta whats app telegram tik tiktok kik skype facebook messenger chat wechat signal twitter phone mail email text sms facetime zoom guilded viber line reddit number dm pm hmu hit sc ig msg"),
        (Cue.Fact, "phone cell mobile number digits mail email gmail home address addy real full last surname birthday date age password photo picture pic selfie face snap discord disc insta whatsapp whats app telegram tik tiktok skype kik school city town street location how"),
        (Cue.Your, "your ur yr ya yo u you or of need parent guardian mum mom dad teacher"),
        (Cue.Approach, "old live school grade alone parents meet asl pic pics photo selfie nudes house place pick talk chat call text tell secret whatsapp sms ring gmail gee hotmail outlook yahoo proton icloud mail"),
        (Cue.Me, "me us my hmu hit you u on owner admin dev developer mod staff builder creator"),
        (Cue.Place, "youtube tube yt tik tiktok twitch twitter discord disc guilded telegram reddit insta facebook whats scan qr site web website link"),
    ];

    // What most sentences have.
    private static readonly HashSet<string> Common = new(StringComparer.Ordinal)
    {
        "a", "i", "u", "r", "s", "how", "are", "you", "your", "ur", "the", "is", "in", "at", "it", "to", "what", "where", "which", "do", "so", "we", "can", "on", "of", "my", "me", "our", "en", "de", "la", "tu", "se", "no", "le",
        "not", "come", "with", "meet", "out", "one", "two", "three",
    };

    private static readonly SearchValues<char> Signs = SearchValues.Create("@$!");

    private static readonly Cue[] ByBeginning = OfWords();

    // A bit for each beginning that has a cue: most have none, and the bits stay close to the processor.
    private static readonly ulong[] Known = OfKnown(ByBeginning);

    // The first two letters of what domains end with: after a full stop, and after one with a blank.
    private static readonly bool[] Endings = BeginningsOf(ShownTexts.Endings);
    private static readonly bool[] EndingsApart = BeginningsOf(["gg", "com", "me", "io"]);

    private static readonly Cue[] BySign = OfSigns();

    /// <summary>The cues in a text.</summary>
    public static Cue In(ReadOnlySpan<char> text)
    {
        var (cues, at, digits) = (Cue.None, 0, 0);
        while (at < text.Length)
        {
            var c = text[at];
            if (char.IsAsciiLetter(c))
            {
                at = AddWord(text, at, ref cues);
                continue;
            }

            if (c >= BySign.Length)
            {
                return Cue.All;
            }

            cues |= BySign[c];
            digits += char.IsAsciiDigit(c) ? 1 : 0;
            cues |= c is '.' or ',' or ':' ? OfStop(text, at) : Cue.None;
            at++;
        }

        return digits >= FewestDigits ? cues | Cue.Digits : cues;
    }

    // The cues of the word at a place; where it ends.
    private static int AddWord(ReadOnlySpan<char> text, int at, ref Cue cues)
    {
        var (end, key) = (at, 0);
        for (; end < text.Length && char.IsAsciiLetter(text[end]); end++)
        {
            key = end - at < Beginning ? (key * LettersOfAlphabet) + (text[end] & 31) : key;
        }

        key &= Buckets - 1;
        cues |= (Known[key / BitsOfWord] >> key & 1) != 0 ? ByBeginning[key] : Cue.None;
        cues |= at > 0 ? AfterSign(text, at, end) : Cue.None;
        if (end == at + 1)
        {
            cues |= IsSpelled(text, at) ? Cue.Single | Cue.Spelled : Cue.Single;
        }

        if (end + 1 < text.Length && char.IsAsciiLetter(text[end + 1]) && (char.IsAsciiDigit(text[end]) || Signs.Contains(text[end])))
        {
            cues |= Cue.Disguise;
        }

        return end;
    }

    // What a word is after the sign before it: the ending of a domain, perhaps behind a blank, a sentence, the rest of a word with a digit for a letter.
    private static Cue AfterSign(ReadOnlySpan<char> text, int at, int end)
    {
        var sign = text[at - 1];
        var isApart = sign == ' ' && at > 1 && text[at - 2] is '.' or ',';
        if (sign is '.' or ',' || isApart)
        {
            var mayEnd = end > at + 1 && (isApart ? EndingsApart : Endings)[((text[at] & 31) * LettersOfAlphabet) + (text[at + 1] & 31)];
            return (mayEnd ? Cue.Domain : Cue.None) | (sign == '.' && char.IsAsciiLetterUpper(text[at]) ? Cue.Run : Cue.None);
        }

        var isBracket = sign is '(' or '[' or '{' && (text[at] | 0x20) == 'a' && end > at + 1 && (text[at + 1] | 0x20) == 't';
        return isBracket ? Cue.Apart : end > at + 1 && (char.IsAsciiDigit(sign) || sign is '@' or '$') ? Cue.Disguise : Cue.None;
    }

    // The colon of a scheme, the stop after "www", a stop between numbers; a stop that nothing precedes closely.
    private static Cue OfStop(ReadOnlySpan<char> text, int at)
    {
        if (at == 0)
        {
            return Cue.None;
        }

        var (before, after) = (text[at - 1], at + 1 < text.Length ? text[at + 1] : ' ');
        var isOfAddress = text[at] == ':' ? after == '/' : before is 'w' or 'W' || (char.IsAsciiDigit(before) && char.IsAsciiDigit(after));
        return (isOfAddress ? Cue.Domain : Cue.None) | (text[at] == '.' && before is ' ' or '[' or '(' or '{' or '<' ? Cue.Apart : Cue.None);
    }

    // Three single letters with signs between them.
    private static bool IsSpelled(ReadOnlySpan<char> text, int at) => at + 4 < text.Length && char.IsAsciiLetter(text[at + 2]) && !char.IsAsciiLetter(text[at + 3]) && char.IsAsciiLetter(text[at + 4]);

    private static Cue[] OfWords()
    {
        var cues = new Cue[Buckets];
        foreach (var (cue, words) in Lists)
        {
            Add(cues, cue, words.Split(' '));
        }

        Add(cues, Cue.Noun, ContactWords.Having(Sense.Nouns).Where(word => !Common.Contains(word)));
        Add(cues, Cue.Question, ContactPhrases.OfQuestions.SelectMany(Rarest));
        Add(cues, Cue.Lead, ContactPhrases.OfLeads.SelectMany(Rarest));
        return cues;
    }

    private static ulong[] OfKnown(Cue[] cues)
    {
        var known = new ulong[Buckets / BitsOfWord];
        for (var key = 0; key < cues.Length; key++)
        {
            known[key / BitsOfWord] |= cues[key] == Cue.None ? 0 : 1UL << key;
        }

        return known;
    }

    private static bool[] BeginningsOf(string[] endings)
    {
        var beginnings = new bool[LettersOfAlphabet * LettersOfAlphabet];
        foreach (var ending in endings)
        {
            beginnings[((ending[0] & 31) * LettersOfAlphabet) + (ending[1] & 31)] = true;
        }

        return beginnings;
    }

    private static Cue[] OfSigns()
    {
        var cues = new Cue[128];
        foreach (var blank in ShownTexts.Blanks)
        {
            cues[blank] |= Cue.Blank;
        }

        for (var digit = '0'; digit <= '9'; digit++)
        {
            cues[digit] |= Cue.Single;
        }

        cues['='] |= Cue.Me;
        (cues['.'], cues[':'], cues['/'], cues['@'], cues['#']) = (cues['.'] | Cue.Dot, cues[':'] | Cue.Dot | Cue.Me, cues['/'] | Cue.Dot, cues['@'] | Cue.At | Cue.Me, cues['#'] | Cue.Hash);
        return cues;
    }

    private static void Add(Cue[] cues, Cue cue, IEnumerable<string> words)
    {
        foreach (var word in words.Where(word => char.IsAsciiLetter(word[0])))
        {
            var key = 0;
            foreach (var c in word.AsSpan(0, Math.Min(Beginning, word.Length)))
            {
                key = (key * LettersOfAlphabet) + (c & 31);
            }

            cues[key & (Buckets - 1)] |= cue;
        }
    }

    // The word of a phrase that few other texts have: its longest.
    private static IEnumerable<string> Rarest(string phrase) => phrase.Split(' ').Where(word => !Common.Contains(word)).OrderByDescending(word => word.Length).Take(1);
}
