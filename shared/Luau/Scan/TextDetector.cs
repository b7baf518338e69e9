using System.Text;
using ToolboxAI.Shared.Luau.Analysis;
using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Shared.Luau.Scan;

/// <summary>What the script's texts show and hide: blanks, look-alike characters, links, requests for contact.</summary>
public sealed class TextDetector(SyntaxTree tree, List<Finding> findings) : FindingDetector(tree, findings)
{
    private const int HidingBlanks = 80;
    private const int HidingIndent = 120;
    private const int HidingLines = 40;

    // What gives a text to people.
    private static readonly HashSet<string> Shows = new(StringComparer.Ordinal)
    {
        "FireAllClients", "FireClient", "SetCore", "Chat", "DisplaySystemMessage", "DisplayBubble", "SendAsync", "Kick", "BroadcastSystemMessage", "SendSystemMessage", "SendMessage", "OpenBrowserWindow", "NotifyAll",
    };

    // A script that writes in another alphabet has letters of it that don't look Latin.
    private readonly bool isLatin = Glyphs.IsLatinOnly(Encoding.UTF8.GetString(tree.Source.ToBytes()));

    /// <summary>The findings in the script's tokens, comments and blanks.</summary>
    public void FindInTokens()
    {
        for (var i = 0; i < Tree.Tokens.Count; i++)
        {
            var token = Tree.Tokens[i];
            var trivia = Tree.LeadingTrivia(i);
            if (i > 0 && token.Kind != TokenKind.End && IsHiding(Tree.Source.Text.AsSpan(trivia.Start, trivia.Length)))
            {
                Report(Rules.HiddenByBlanks, token.Span, "Code follows after many blanks, where a reader doesn't look.");
            }

            if (Tree.Source.Text.AsSpan(trivia.Start, trivia.Length).ContainsAnyExceptInRange('\0', '\x7F') && Tree.Source.Decode(trivia) is var comment && (Glyphs.HidesSomething(comment) || Glyphs.IsDisguised(comment, isLatin)))
            {
                Report(Rules.Homoglyph, trivia, "A comment or blank has characters that can't be seen or that look like others.");
            }

            if (token.Kind is TokenKind.InterpolatedWhole or TokenKind.InterpolatedBegin or TokenKind.InterpolatedMiddle or TokenKind.InterpolatedEnd)
            {
                Look(token.Span, Tree.Source.Decode(token.Span), isShown: false);
            }
        }

        foreach (var node in SyntaxWalk.Descendants(Tree.Root))
        {
            var name = node switch { NameExpression { Symbol: null } global => global.Name, MemberExpression member => member.Name, MethodCallExpression call => call.Name, StringExpression { Value.Length: < 24 } text => text.Value, _ => null };
            if (name is not null && Glyphs.IsLookAlike(name))
            {
                Report(Rules.Homoglyph, Tree.SpanOf(node), $"{name} looks like another name.");
            }

            if (node is StringExpression literal)
            {
                Look(Tree.SpanOf(literal), Decode(literal.Value), isShown: false);
            }
        }
    }

    /// <inheritdoc/>
    public override void Called(EngineCall call)
    {
        var isShown = call.Receiver is not null && Shows.Contains(call.Name);
        foreach (var text in call.Arguments.SelectMany(Operators.Parts))
        {
            LookAt(text, call.Node, isShown);
        }
    }

    /// <inheritdoc/>
    public override void Written(EngineWrite write)
    {
        foreach (var text in Join.Options(write.Value))
        {
            LookAt(text, write.Node, ShownTexts.IsShown(write.Member));
        }
    }

    // A text that stands in the script was looked at already, unless it matters that it is shown.
    private void LookAt(Value value, SyntaxNode node, bool isShown)
    {
        var text = Operators.TextOf(value) ?? (value as PrefixValue)?.Prefix;
        if (text is { Length: > 3 and < 4096 } && (isShown || (value.Taint & Taint.Assembled) != Taint.None))
        {
            Look(Tree.SpanOf(node), Decode(text), isShown);
        }
    }

    private void Look(LuauSpan span, string text, bool isShown)
    {
        if (!Ascii.IsValid(text) && ((Glyphs.HidesSomething(text) && text.EnumerateRunes().Any(Rune.IsLetterOrDigit)) || Glyphs.IsDisguised(text, isLatin)))
        {
            Report(Rules.Homoglyph, span, "A text has characters that can't be seen or that look like others.");
        }

        foreach (var (rule, message) in ShownTexts.Find(text, isShown))
        {
            Report(rule, span, message);
        }
    }

    private static string Decode(string bytes) => Ascii.IsValid(bytes) ? bytes : Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(bytes));

    // Code to the right of a screenful of blanks, or below screens of empty lines.
    private static bool IsHiding(ReadOnlySpan<char> trivia)
    {
        if (trivia.Length < HidingLines)
        {
            return false;
        }

        int run = 0, longest = 0, lines = 0, mostLines = 0;
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
                longest = Math.Max(longest, ++run - (isIndent ? HidingIndent - HidingBlanks : 0));
            }
            else
            {
                (run, lines, isIndent) = (0, 0, false);
            }
        }

        return longest >= HidingBlanks || mostLines > HidingLines;
    }
}
