namespace ToolboxAI.Shared.Luau.Scan;

/// <summary>The words of a sentence but for the clauses that say "not".</summary>
internal readonly ref struct ShownSentence
{
    private const int Near = 4;
    private const int Beside = 2;
    private const int ShortQuestion = 6;
    private const int LongestAsked = 24, LongestNamed = 12;
    private const int FewestSpoken = 7;
    private const char FirstForeign = '\u0400';

    private readonly FoldedText text;
    private readonly List<ShownWord> words;
    private readonly Sense all;

    /// <summary>Reads the sentence that begins with a word.</summary>
    /// <param name="text">The text.</param>
    /// <param name="first">The word.</param>
    /// <param name="kept">Where the stretches of the text that deny nothing are put.</param>
    /// <param name="words">An empty list, for its words.</param>
    public ShownSentence(FoldedText text, int first, List<Range> kept, List<ShownWord> words)
    {
        (this.text, this.words) = (text, words);
        End = first;
        var wasDenied = false;
        while (End < text.Words.Length && text.Words[End].Sentence == text.Words[first].Sentence)
        {
            var clause = End;
            var (isDenied, meant) = (false, Sense.None);
            for (; End < text.Words.Length && text.Words[End].Clause == text.Words[clause].Clause; End++)
            {
                isDenied |= ContactSentences.Denies(text.Words, End);
                meant |= text.Words[End].Sense;
            }

            // Tell nobody where you live, or what you are called: what depends on a denied clause asks for nothing.
            wasDenied |= isDenied;
            isDenied |= wasDenied && (meant & (Sense.Ask | Sense.Write | Sense.Join)) == Sense.None;
            if (!isDenied)
            {
                kept.Add(text.Words[clause].Start..(End < text.Words.Length ? text.Words[End].Start : text.Letters.Length));
            }

            for (var i = clause; i < End && !isDenied; i++)
            {
                words.Add(text.Words[i]);
                all |= text.Words[i].Sense;
            }
        }
    }

    /// <summary>The word after it.</summary>
    public int End { get; }

    private bool HasNumber => words.Count > 0 && ContactShapes.HasNumber(text.Letters[words[0].Start..words[^1].End]);

    private bool IsQuestion => words.Count > 0 && words[^1].End < text.Letters.Length && text.Letters[words[^1].End..].TrimStart(" \"')") is ['?', ..];

    /// <summary>Whether it asks for contact.</summary>
    public bool Asks() => Has(Sense.Nouns) && (AsksForApp() || AsksForNumber() || AsksForMail() || AsksForFacts());

    /// <summary>Whether it leads outside.</summary>
    public bool Leads()
    {
        if (!Has(Sense.App | Sense.Channel))
        {
            return false;
        }

        return (Has(Sense.Join) && !(Has(Sense.Write) && Has(Sense.Me) && !Has(Sense.Channel | Sense.Place)))
            || (AreNear(Sense.App | Sense.Channel, Sense.Place, Beside) && !Asks()) || HasHandle(Sense.Channel);
    }

    /// <summary>Whether it is nothing but what is to be filled in: your e-mail, home address, Discord name. In the field itself, one word asks.</summary>
    public bool IsField(bool isPlaceholder)
    {
        var (meant, count, isAddress) = (Sense.None, 0, false);
        while (count < words.Count && words[count].Clause == words[0].Clause)
        {
            var word = words[count++];
            if ((word.Sense & (Sense.Nouns | Sense.Your | Sense.Handle | Sense.Filler)) == Sense.None)
            {
                return false;
            }

            meant |= word.Sense;
            var before = count > 1 ? Letters(words[count - 2]) : [];
            isAddress |= (Letters(word) is "address" && before is "home" or "mail" or "your") || (Letters(word) is "name" && before is "real" or "full" or "first" or "last");
        }

        var isNamed = (meant & (Sense.Your | Sense.Handle | Sense.Number)) != Sense.None || (count > 0 && text.Letters[words[count - 1].End..].TrimStart() is ['(', ..]);
        return count is > 0 and <= ShortQuestion && (isAddress || ((meant & (Sense.App | Sense.Mail | Sense.Phone)) != Sense.None && (isNamed || isPlaceholder)));
    }

    private bool Has(Sense sense) => (all & sense) != Sense.None;

    private bool AsksForApp()
    {
        if (Has(Sense.App))
        {
            var isAsked = Has(Sense.Write | Sense.Ask) || (Has(Sense.What) && Has(Sense.Your | Sense.Handle) && !Has(Sense.Join)) || (IsQuestion && words[^1].End - words[0].Start <= (Has(Sense.What) || text.Letters[words[0].Start] >= FirstForeign ? LongestAsked : LongestNamed) && !Has(Sense.Join | Sense.Place));
            var isOfSomebody = Has(Sense.Me | Sense.Your | Sense.Handle) || IsQuestion || (HasHandle(Sense.Write) && !Has(Sense.Join));
            if ((isAsked && isOfSomebody && (!(Has(Sense.Join) && Has(Sense.Place)) || AreNear(Sense.App, Sense.Your, Beside))) || HasHandle(Sense.App) || IsVerb() || HasNumber)
            {
                return true;
            }
        }

        return Has(Sense.Nick) && AsksForNick();
    }

    private bool AsksForNick()
    {
        for (var i = 0; i < words.Count; i++)
        {
            if ((words[i].Sense & Sense.Nick) == Sense.None)
            {
                continue;
            }

            var isAfterPreposition = i > 0 && (words[i - 1].Sense & Sense.Preposition) != Sense.None;
            var isFull = AreNearAt(i, Sense.Me, Near) && (AreNearAt(i, Sense.Write, Near) || (Has(Sense.Ask) && Has(Sense.Handle | Sense.Your)));
            var isShort = words.Count <= ShortQuestion && Has(Sense.What) && AreNearAt(i, Sense.Your, Beside) && !Has(Sense.Taste);
            var isGiven = words.Count <= ShortQuestion && IsForeignAsk(i);
            if (isGiven || (isAfterPreposition && isFull) || isShort || (ContactShapes.IsMarked(text.Letters[words[i].End..]) && (isFull || Has(Sense.Me) || ContactShapes.IsHandle(text.Letters[words[i].End..]))))
            {
                return true;
            }
        }

        return false;
    }

    // Dame snap, daj snapa: who gives it to whom is in the verb.
    private bool IsForeignAsk(int at) => (at > 0 && (words[at - 1].Sense & (Sense.Ask | Sense.Me)) == (Sense.Ask | Sense.Me))
        || (at > 1 && (words[at - 2].Sense & (Sense.Ask | Sense.Me)) == (Sense.Ask | Sense.Me) && words[at - 1].End - words[at - 1].Start <= Beside);

    private bool AsksForNumber()
    {
        if (Has(Sense.Write) && HasSpokenNumber())
        {
            return true;
        }

        if (!Has(Sense.Phone | Sense.Number))
        {
            return HasNumber && Has(Sense.Write) && Has(Sense.Me);
        }

        if (Has(Sense.Taste))
        {
            return false;
        }

        var isYours = AreNear(Sense.Phone | Sense.Number, Sense.Your, Beside);
        if ((IsForeign() && words.Count <= Near * Beside) || (AreNear(Sense.Number, Sense.Your, 1) && words.Count <= Near && (Has(Sense.Please) || IsQuestion)))
        {
            return true;
        }

        var isTelephone = Has(Sense.Phone) && Has(Sense.Number);
        return (isYours && isTelephone && Has(Sense.Ask | Sense.Write | Sense.What))
            || (isYours && Has(Sense.Me) && Has(Sense.Ask | Sense.Write))
            || (isTelephone && Has(Sense.Ask) && Has(Sense.Me))
            || (Has(Sense.What) && words.Count <= ShortQuestion && AreNear(Sense.Number, Sense.Your, 1))
            || (AreNear(Sense.Phone, Sense.Your, 1) && AreNear(Sense.Ask, Sense.Phone, Near) && Follows(Sense.Your, Sense.Phone) && Follows(Sense.Ask, Sense.Phone))
            || (HasNumber && Has(Sense.Write) && Has(Sense.Me));
    }

    private bool AsksForMail() => Has(Sense.Mail) && AreNear(Sense.Mail, Sense.Your, Beside)
        && ((Follows(Sense.Ask, Sense.Mail) && Follows(Sense.Your, Sense.Mail)) || (Has(Sense.Ask) && Has(Sense.Me)) || (Has(Sense.What) && IsQuestion));

    private bool AsksForFacts()
    {
        var isOfPerson = Has(Sense.Photo) && Has(Sense.Ask) && Has(Sense.Me) && (Has(Sense.Your) || IsForeign());
        var isOfFact = Has(Sense.Fact) && Has(Sense.Ask) && Has(Sense.Me) && AreNear(Sense.Fact, Sense.Your, 1);
        return isOfPerson || isOfFact || (Has(Sense.Ask | Sense.Please | Sense.App) && Has(Sense.Nouns) && HasList());
    }

    // Snap me, insta me: the name is what is done.
    private bool IsVerb()
    {
        for (var i = 0; i + 1 < words.Count; i++)
        {
            if ((words[i].Sense & Sense.App) != Sense.None && (Letters(words[i + 1]) is "me" || (words[i + 1].IsSpelled && (words[i + 1].Sense & Sense.Me) != Sense.None)))
            {
                return true;
            }
        }

        return false;
    }

    // In languages that seldom say whose.
    private bool IsForeign()
    {
        foreach (var word in words)
        {
            if ((word.Sense & Sense.Ask) != Sense.None && text.Letters[word.Start] >= FirstForeign)
            {
                return true;
            }
        }

        return false;
    }

    // Two things about a person one after the other, as a form asks for them.
    private bool HasList()
    {
        const Sense Things = Sense.Fact | Sense.Phone | Sense.Mail | Sense.App | Sense.Handle;
        for (var i = 0; i + 1 < words.Count; i++)
        {
            for (var j = i + 1; j <= i + Beside && j < words.Count; j++)
            {
                if ((words[i].Sense & Things) != Sense.None && (words[j].Sense & Things) != Sense.None && !Letters(words[i]).SequenceEqual(Letters(words[j])) && ContactShapes.IsConjunction(text.Letters[words[i].End..words[j].Start]))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private ReadOnlySpan<char> Letters(ShownWord word) => text.Letters[word.Start..word.End];

    private bool AreNear(Sense some, Sense others, int distance)
    {
        for (var i = 0; i < words.Count; i++)
        {
            if ((words[i].Sense & some) != Sense.None && AreNearAt(i, others, distance))
            {
                return true;
            }
        }

        return false;
    }

    private bool AreNearAt(int at, Sense others, int distance)
    {
        for (var i = Math.Max(0, at - distance); i <= at + distance && i < words.Count; i++)
        {
            if ((words[i].Sense & others) != Sense.None)
            {
                return true;
            }
        }

        return false;
    }

    private bool Follows(Sense first, Sense second)
    {
        for (var i = 0; i < words.Count; i++)
        {
            for (var j = i + 1; j <= i + Near && j < words.Count; j++)
            {
                if ((words[i].Sense & first) != Sense.None && (words[j].Sense & second) != Sense.None)
                {
                    return true;
                }
            }
        }

        return false;
    }

    // The name of a place, a mark, and a name.
    private bool HasHandle(Sense places)
    {
        for (var i = 0; i < words.Count; i++)
        {
            if ((words[i].Sense & places) != Sense.None && (ContactShapes.IsMarked(text.Letters[words[i].End..]) || (i + 1 < words.Count && (words[i + 1].Sense & Sense.Handle) != Sense.None && ContactShapes.IsMarked(text.Letters[words[i + 1].End..]))))
            {
                return true;
            }
        }

        return false;
    }

    // Five five five zero one nine.
    private bool HasSpokenNumber()
    {
        var run = 0;
        foreach (var word in words)
        {
            run = (word.Sense & Sense.Digits) != Sense.None && text.Letters[word.Start] > '9' ? run + 1 : 0;
            if (run >= FewestSpoken)
            {
                return true;
            }
        }

        return false;
    }
}
