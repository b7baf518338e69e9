using System.Text;
using System.Text.RegularExpressions;
using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Shared.Luau.Scan;

/// <summary>What the script's text shows and hides: blanks, look-alike characters, links, requests for contact.</summary>
public static class TextDetector
{
    private const int HidingBlanks = 120;
    private const int HidingLines = 60;
    private const RegexOptions Safe = RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    private static readonly Regex Word = new(@"\w+", RegexOptions.NonBacktracking);

    private static readonly Regex OutsideLink = new(
        @"discord\.gg|discord(app)?\.com/invite|\bdsc\.gg\b|t\.me/|youtu\.be/|youtube\.com/|twitch\.tv/|tiktok\.com|instagram\.com|patreon\.com|bit\.ly|tinyurl\.com|linktr\.ee|guilded\.gg"
        + @"|(join|visit|go to|follow|check out|open)\b.{0,40}\b[a-z0-9-]+\.(com|net|org|gg|io|xyz|me|co|link|tv)\b",
        Safe);

    private static readonly Regex Contact = new(
        @"\b(add|dm|message|text|call|snap|find|reach|contact)\s+(me|us)\b.{0,40}\b(discord|snap(chat)?|insta(gram)?|whats\s?app|telegram|kik|skype|phone|mail|facebook|signal)\b"
        + @"|\b(your|ur|you)\b.{0,20}\b(phone|phone number|e-?mail|address|real name|age|school|snap(chat)?|discord( tag| name)?|instagram)\b.{0,20}(\?|please|\bhere\b|$)"
        + @"|\b(send|give|tell|type|enter|share)\b.{0,15}\b(your|ur)\b.{0,15}\b(phone|number|e-?mail|address|real name|photo|picture|pic|snap(chat)?|discord|instagram|school)\b",
        Safe);

    /// <summary>The findings in a script.</summary>
    public static IEnumerable<Finding> Find(SyntaxTree tree)
    {
        foreach (var finding in Blanks(tree))
        {
            yield return finding;
        }

        for (var i = 0; i < tree.Tokens.Count; i++)
        {
            var token = tree.Tokens[i];
            if (token.Kind is TokenKind.String or TokenKind.InterpolatedWhole or TokenKind.InterpolatedBegin or TokenKind.InterpolatedMiddle or TokenKind.InterpolatedEnd)
            {
                foreach (var finding in InText(token.Span, tree.Source.Decode(token.Span)))
                {
                    yield return finding;
                }
            }

            var trivia = tree.LeadingTrivia(i);
            if (Invisible(tree.Source.Decode(trivia)))
            {
                yield return Found(Rules.Homoglyph, trivia, "A comment or blank has characters that can't be seen or that turn the text around.");
            }
        }
    }

    /// <summary>The findings in one text that a script shows or uses.</summary>
    public static IEnumerable<Finding> InText(LuauSpan span, string text)
    {
        if (Invisible(text) || MixesAlphabets(text))
        {
            yield return Found(Rules.Homoglyph, span, "A text has characters that can't be seen or that look like others.");
        }

        if (OutsideLink.IsMatch(text))
        {
            yield return Found(Rules.OutsideLink, span, "A text leads outside of Roblox.");
        }

        if (Contact.IsMatch(text))
        {
            yield return Found(Rules.ContactSolicitation, span, "A text asks for a way to reach a player.");
        }
    }

    // Code to the right of a screenful of blanks, or below screens of empty lines.
    private static IEnumerable<Finding> Blanks(SyntaxTree tree)
    {
        for (var i = 1; i < tree.Tokens.Count; i++)
        {
            if (tree.Tokens[i].Kind == TokenKind.End)
            {
                break;
            }

            var trivia = tree.LeadingTrivia(i);
            var text = tree.Source.Text.AsSpan(trivia.Start, trivia.Length);
            var run = text[(text.LastIndexOf('\n') + 1)..];
            var isAside = run.Length >= HidingBlanks && run.IndexOfAnyExcept(' ', '\t') < 0;
            if (isAside || (text.Count('\n') > HidingLines && text.IndexOfAnyExcept(" \t\r\n") < 0))
            {
                yield return Found(Rules.HiddenByBlanks, tree.Tokens[i].Span, "Code follows after many blanks, where a reader doesn't look.");
            }
        }
    }

    private static bool Invisible(string text) => text.AsSpan().IndexOfAnyExceptInRange('\0', '\x7F') >= 0 && text.EnumerateRunes().Any(rune =>
        rune.Value is (>= 0x200B and <= 0x200F) or (>= 0x202A and <= 0x202E) or (>= 0x2060 and <= 0x2069) or 0x00AD or 0x115F or 0x1160 or 0x3164 or 0xFFA0
        || (rune.Value == 0xFEFF));

    // A word of Latin letters with a Cyrillic or Greek one in it is meant to deceive.
    private static bool MixesAlphabets(string text)
    {
        if (Ascii.IsValid(text))
        {
            return false;
        }

        return Word.Matches(text).Any(word =>
            word.Value.Any(char.IsAsciiLetter) && word.Value.Any(c => c is >= '\u0370' and <= '\u04FF' or >= '\uFF21' and <= '\uFF5A'));
    }

    private static Finding Found(Rule rule, LuauSpan span, string message) => new(rule, span, message, [new(span, message)]);
}
