using System.Collections.Frozen;
using System.Text;
using ToolboxAI.Shared.Luau.Analysis;
using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Shared.Luau.Scan;

/// <summary>What the script's texts show and hide: blanks, look-alike characters, links, requests for contact.</summary>
public sealed class TextDetector(SyntaxTree tree, List<Finding> findings) : FindingDetector(tree, findings)
{
    private const int HidingBlanks = 120;
    private const int HidingIndent = 150;
    private const int ColumnsOfTab = 4;
    private const int HidingLines = 40;
    private const int WordsOfSentence = 2;
    private const int LongestName = 24;

    // What gives a text to people.
    private static readonly FrozenSet<string> Shows = new[]
    {
        "FireAllClients", "FireClient", "SetCore", "Chat", "DisplaySystemMessage", "DisplayBubble", "SendAsync", "Kick", "BroadcastSystemMessage", "SendSystemMessage", "SendMessage", "OpenBrowserWindow", "NotifyAll",
    }.ToFrozenSet();

    private static readonly WordSet Telling = new("show", "notify", "announce", "alert", "toast", "popup", "display", "say", "broadcast", "notification", "message", "speak");

    private readonly bool isAscii = Ascii.IsValid(tree.Source.Text);

    private bool? isLatin;

    // Scripts show the same texts over and over: those in which nothing was found, as they are known.
    private HashSet<string>? harmless;

    // What stands in the table that is looked at.
    private List<Value>? parts;

    // What only the log shows.
    private HashSet<SyntaxNode>? logged;

    // A script that writes in another alphabet has letters of it that don't look Latin.
    private bool IsLatin => isLatin ??= isAscii || Glyphs.IsLatinOnly(Encoding.UTF8.GetString(Tree.Source.ToBytes()));

    /// <summary>The findings in a token that is a text with holes, or a part of one.</summary>
    public void Look(in Token token)
    {
        var text = Tree.Source.Text[token.Start..token.End];
        Look(token.Span, text, TextCues.In(text), isShown: false);
    }

    /// <summary>The findings in the blanks and comments before a token.</summary>
    /// <param name="trivia">The blanks and comments.</param>
    /// <param name="start">Where they begin.</param>
    /// <param name="next">The token.</param>
    public void LookAtTrivia(ReadOnlySpan<char> trivia, int start, in Token next)
    {
        if (start > 0 && next.Kind != TokenKind.End && IsHiding(trivia))
        {
            Report(Rules.HiddenByBlanks, next.Span, "Code follows after many blanks, where a reader doesn't look.");
        }

        if (!isAscii && !Ascii.IsValid(trivia) && Tree.Source.Decode(new(start, next.Start)) is var comment && (Glyphs.HidesSomething(comment) || Glyphs.IsDisguised(comment, IsLatin)))
        {
            Report(Rules.Homoglyph, new LuauSpan(start, next.Start), "A comment or blank has characters that can't be seen or that look like others.");
        }
    }

    /// <summary>The findings in a text of the script.</summary>
    public void Look(StringExpression node)
    {
        var text = node.Value;
        if (text.Length < LongestName && Glyphs.IsLookAlike(text))
        {
            ReportLookAlike(text, node);
        }

        if (TextCues.In(text) is var cues && ShownTexts.MayTell(text, cues) && logged?.Contains(node) != true)
        {
            // A sentence is written for people.
            Look(Tree.SpanOf(node), text, cues, isShown: text.AsSpan().Count(' ') >= WordsOfSentence);
        }
    }

    /// <summary>Reports a name that reads as another.</summary>
    public void ReportLookAlike(string name, SyntaxNode node) => Report(Rules.Homoglyph, Tree.SpanOf(node), $"{name} looks like another name.");

    /// <summary>Notes the texts that only the log shows.</summary>
    public void NoteLogged(CallExpression call)
    {
        if (call.Function is not NameExpression { Symbol: null, Name: "print" or "warn" })
        {
            return;
        }

        foreach (var text in call.Arguments)
        {
            if (text is StringExpression)
            {
                (logged ??= []).Add(text);
            }
        }
    }

    /// <inheritdoc/>
    public override Events Hears => Events.Calls | Events.Writes;

    /// <inheritdoc/>
    public override void Called(EngineCall call)
    {
        if (call.Path is "print" or "warn")
        {
            return;
        }

        bool? isShown = null;
        foreach (var argument in call.Arguments)
        {
            if (MayTell(argument))
            {
                isShown ??= !IsUsual(call.Name) && (Telling.HasAny(call.Name) || (call.Receiver is not null && Shows.Contains(call.Name)));
                LookAt(argument, call.Node, isShown.Value);
            }
        }
    }

    /// <inheritdoc/>
    public override void Written(EngineWrite write)
    {
        if (MayTell(write.Value))
        {
            LookAt(write.Value, write.Node, write.Target.Path != "?" ? ShownTexts.MayShow(write.Member) : ShownTexts.IsShown(write.Member), isField: write.Member == "PlaceholderText");
        }
    }

    /// <inheritdoc/>
    public override void Kept(Value text, SyntaxNode node) => LookAt(text, node, isShown: false);

    // What scripts call most, and shows nothing to anybody.
    private static bool IsUsual(string name) => name is "GetService" or "FindFirstChild" or "WaitForChild" or "new" or "Connect" or "IsA" or "GetAttribute" or "SetAttribute" or "require";

    private static bool MayTell(Value value) => value is ConstantValue { Text: not null } or PrefixValue or TableValue or ChoiceValue;

    // A text that stands in the script was looked at already, unless it matters that it is shown.
    private void LookAt(Value value, SyntaxNode node, bool isShown, bool isField = false)
    {
        if (value is not (TableValue or ChoiceValue))
        {
            LookAtPart(value, node, isShown, isField);
            return;
        }

        var list = parts ?? [];
        parts = null;
        Operators.AddParts(value, list);
        foreach (var part in list)
        {
            LookAtPart(part, node, isShown, isField);
        }

        list.Clear();
        parts = list;
    }

    private void LookAtPart(Value part, SyntaxNode node, bool isShown, bool isField)
    {
        if ((!isShown && (part.Taint & Taint.Assembled) == Taint.None) || ((part as ConstantValue)?.Text ?? (part as PrefixValue)?.Pieces) is not { Length: > 3 and < 4096 } text)
        {
            return;
        }

        var cues = TextCues.In(text);
        if (isField || ShownTexts.MayTell(text, cues))
        {
            // Put together or not, a sentence is written for people.
            var isRead = isShown || text.AsSpan().Count(' ') >= WordsOfSentence;
            if (Look(Tree.SpanOf(node), text, cues, isRead, isField) && isRead)
            {
                (harmless ??= new(ReferenceEqualityComparer.Instance)).Add(text);
            }
        }
    }

    // Whether nothing was found in a text.
    private bool Look(LuauSpan span, string bytes, Cue cues, bool isShown, bool isField = false)
    {
        if (!isField && harmless is not null && harmless.Contains(bytes))
        {
            return true;
        }

        var text = cues == Cue.All ? Decode(bytes) : bytes;
        var isOdd = cues == Cue.All && !Ascii.IsValid(text) && ((Glyphs.HidesSomething(text) && (text.EnumerateRunes().Any(Rune.IsLetterOrDigit) || IsRaw(span))) || Glyphs.IsDisguised(text, IsLatin));
        if (isOdd)
        {
            Report(Rules.Homoglyph, span, "A text has characters that can't be seen or that look like others.");
        }

        var (leadsOutside, asksForContact) = ShownTexts.Find(text, cues, isShown, isField);
        if (leadsOutside)
        {
            Report(Rules.OutsideLink, span, "A text leads outside of Roblox.");
        }

        if (asksForContact)
        {
            Report(Rules.ContactSolicitation, span, "A text asks for a way to reach a player.");
        }

        return !isOdd && !leadsOutside && !asksForContact;
    }

    // Whether the bytes stand in the script as they are, and not as escapes that a reader sees.
    private bool IsRaw(LuauSpan span) => Tree.Source.Text.AsSpan(span.Start, span.Length).ContainsAnyExceptInRange('\0', '\x7F');

    private static string Decode(string bytes) => Ascii.IsValid(bytes) ? bytes : Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(bytes));

    // Code to the right of a screenful of blanks, or below screens of empty lines. What stands before a comment hides no code.
    private static bool IsHiding(ReadOnlySpan<char> trivia)
    {
        if (trivia.Length < HidingLines)
        {
            return false;
        }

        int run = 0, lines = 0, mostLines = 0;
        var isIndent = false;
        foreach (var c in trivia)
        {
            if (c == '\n')
            {
                (run, isIndent) = (0, true);
                mostLines = Math.Max(mostLines, ++lines);
            }
            else if (c is ' ' or '\t' or '\v' or '\f' or '\r')
            {
                run += c == '\t' ? ColumnsOfTab : 1;
            }
            else
            {
                (run, lines, isIndent) = (0, 0, false);
            }
        }

        return run >= (isIndent ? HidingIndent : HidingBlanks) || mostLines > HidingLines;
    }
}
