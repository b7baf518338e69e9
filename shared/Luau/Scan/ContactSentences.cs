using System.Runtime.InteropServices;

namespace ToolboxAI.Shared.Luau.Scan;

/// <summary>
/// What the sentences of a text ask of who reads them: a noun of contact together with a verb that asks for it, or a place outside
/// together with one that invites. What is said not to be done, and what rules and warnings say, is no such thing.
/// </summary>
internal static class ContactSentences
{
    private const int Beside = 2;

    /// <summary>Whether a text leads outside, whether it asks for contact, and whether it warns of those who do.</summary>
    /// <param name="text">The text.</param>
    /// <param name="cues">What it has at first sight.</param>
    /// <param name="isShown">Whether it is known to be shown, alone: then the name of a field asks, too.</param>
    /// <param name="isField">Whether it stands in a field, and names what is to be filled in.</param>
    /// <param name="isFound">Whether something was found in it already, that a warning takes back.</param>
    public static (bool Leads, bool Asks, bool Warns) Find(string text, Cue cues, bool isShown, bool isField, bool isFound)
    {
        if (!isFound && (cues & Cue.Contact) == Cue.None)
        {
            return default;
        }

        var folded = FoldedText.Of(text);
        var all = Sense.None;
        foreach (var word in folded.Words)
        {
            all |= word.Sense;
        }

        if ((all & (Sense.Nouns | Sense.Join | Sense.What | Sense.Your | Sense.Me | Sense.Place)) == Sense.None && !folded.Letters.Contains('?'))
        {
            return default;
        }

        var kept = new List<Range>();
        var words = new List<ShownWord>(folded.Words.Length);
        var (leads, asks) = (false, false);
        for (var first = 0; first < folded.Words.Length;)
        {
            words.Clear();
            var sentence = new ShownSentence(folded, first, kept, words);
            leads |= sentence.Leads();
            asks |= sentence.Asks() || (isShown && first == 0 && sentence.IsField(isField));
            first = sentence.End;
        }

        var (mayLead, mayAsk) = (!leads && (cues & (Cue.Lead | Cue.At)) != Cue.None, !asks && (cues & (Cue.Question | Cue.At)) != Cue.None);
        if (mayLead || mayAsk)
        {
            var joined = folded.Joined(CollectionsMarshal.AsSpan(kept));
            (leads, asks) = (leads || (mayLead && ContactPhrases.Lead(joined)), asks || (mayAsk && ContactPhrases.Asks(joined)));
        }

        if (!leads && !asks && !isFound)
        {
            return default;
        }

        var warns = ContactPhrases.Warns(folded.Joined([Range.All]));
        return warns || (all & Sense.Warning) != Sense.None ? (false, false, warns) : (leads, asks, false);
    }

    /// <summary>Whether a word says that something is not to be done. Don't be shy, why don't you: that denies nothing.</summary>
    internal static bool Denies(ReadOnlySpan<ShownWord> words, int at)
    {
        for (var i = Math.Max(0, at - 1); i <= at + Beside && i < words.Length; i++)
        {
            if (words[i].Clause == words[at].Clause && (words[i].Sense & Sense.Calm) != Sense.None)
            {
                return false;
            }
        }

        // In Portuguese "no" is a preposition.
        var isPreposition = at > 0 && at + 1 < words.Length && words[at].End - words[at].Start == 2 && words[at - 1].Clause == words[at].Clause
            && (words[at + 1].Sense & (Sense.App | Sense.Nick | Sense.Channel | Sense.Place | Sense.Me)) != Sense.None && (words[at - 1].Sense & Sense.What) == Sense.None;
        return (words[at].Sense & Sense.Not) != Sense.None && !isPreposition;
    }
}
