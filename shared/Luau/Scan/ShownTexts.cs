using System.Buffers;
using System.Collections.Frozen;
using System.Text;
using System.Text.RegularExpressions;

namespace ToolboxAI.Shared.Luau.Scan;

/// <summary>What texts tell children who read them: links that lead outside, requests for a way to reach them.</summary>
internal static class ShownTexts
{
    private const RegexOptions Safe = RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    private const string Apps =
        @"(discord|disc|snap(chat)?|insta(gram)?|whats\s?app|telegram|tiktok|kik|skype|facebook|messenger|wechat|signal|twitter|phone|e-?mail|text|sms|facetime|zoom|guilded)";

    private const string Private =
        @"(phone( number)?|number|e-?mail( address)?|home address|address|real name|full name|last name|surname|birthday|age|password|photo|picture|pic|selfie|snap(chat)?|discord( tag| name| id)?|insta(gram)?|whatsapp|telegram|tiktok|skype|kik|school|city|town|street)";

    private const string Services =
        @"discord(app)?\s?\.\s?(gg|com/invite|me|io)|\bdsc\.gg\b|\bt\.me/|\btelegram\.me|youtu\.be/|youtube\.com|twitch\.tv|tiktok\.com|instagram\.com|snapchat\.com|facebook\.com|\bfb\.(com|me)|twitter\.com|\bx\.com/|reddit\.com|patreon\.com|paypal\.(com|me)|ko-fi\.com|bit\.ly|tinyurl\.com|linktr\.ee|guilded\.gg|wa\.me/|\bwhatsapp\.com|\bgoo\.gl|cash\.app|gofund\.me";

    private const string Domain =
        @"(https?://|www\.)[a-z0-9]|\b[a-z0-9][a-z0-9-]+\.(com|net|org|gg|io|xyz|me|co|link|tv|app|site|online|club|shop|store|website|live|fun|win|click|top|info|biz|ru|uk|de|example|test)(\b|/)";

    private static readonly SearchValues<string> Dots = SearchValues.Create(["dot"], StringComparison.OrdinalIgnoreCase);

    private static readonly SearchValues<char> Blanks = SearchValues.Create(" \t\n\r\v\f\u00a0@_-+");

    // Strong enough to be told wherever it stands.
    private static readonly Regex Invitation = new(
        Services + @"|\b(join|visit|go to|goto|follow|check out|open|come to|see|claim|get|subscribe|find us|watch)\b.{0,40}(" + Domain + ")", Safe);

    private static readonly Regex Link = new(Domain, Safe);

    private static readonly Regex Address = new(@"https?://[^\s]*", Safe);

    private static readonly Regex OwnLink = new(
        @"((https?://)?([a-z0-9-]+\.)*(roblox\.com|robloxlabs\.com|rbxcdn\.com|roblox\.qq\.com|rbx\.com))\b", Safe);

    private static readonly Regex Contact = new(
        @"\b(add|dm|pm|message|text|call|snap|find|reach|contact|hit|write|follow|hmu|friend|meet|talk to|chat with|email|e-mail|ring|phone)\s+(me|us|my|with me)\b.{0,40}\b" + Apps + @"\b"
        + @"|\b(add|dm|message|text|call|reach|contact|follow)\s+(me|us|my)\s+(on|at|via|through|by|over|@)\b"
        + @"|\b(dm|pm|text|call|email|e-mail|whats\s?app|hmu)\s+(me|us)\b"
        + @"|\bmy\s+" + Apps + @"(\s+(is|name|tag|id|number|handle|user(name)?))?\s*(is|:|=|@)"
        + @"|\b(what'?s|what is|whats|what are|wats|tell me|give me|send me|send us|give us|tell us|share|need|want|drop|leave)\b.{0,12}\b(your|ur|yr|yo|u r|the)\b.{0,12}\b" + Private + @"\b"
        + @"|\b(send|give|tell|type|enter|share|post|drop|leave|put|write)\b.{0,12}\b(your|ur|yr)\b.{0,15}\b" + Private + @"\b"
        + @"|\b(your|ur)\b.{0,12}\b(phone|phone number|e-?mail|home address|real name|snap(chat)?|discord( tag| name)?|insta(gram)?|whatsapp)\b.{0,12}(\?|please|pls|\bhere\b|$)"
        + @"|\b(how old (are|r) (you|u)|where (do|d'?you) (you|u )?live|where (are|r) (you|u) from|what school|which school|are you (home )?alone|(are|r) (you|u) (home )?alone|meet (me|up) (in real life|irl|after school|at)|asl\b|send (me )?(a )?(pic|photo|selfie))"
        + @"|\b(add|join|follow)\b.{0,20}\bon\s+" + Apps + @"\b"
        + @"|[a-z0-9._-]{3,}@[a-z0-9-]+\.(com|net|org|example|io|co)\b", Safe);

    // A warning says the same words.
    private static readonly Regex Warning = new(
        @"\b(never|don'?t|do not|not|no one|nobody|stop|avoid|without|wrong to|shouldn'?t|should not|keep)\b.{0,40}\b(share|give|tell|send|type|enter|post|add|text|call|message|private|secret|dm|contact|meet|write)\b|\b(keep|stays?|are|is)\b.{0,40}\b(private|secret|safe)\b|\b(ask|tell|talk to) (a|an|your|the) (parent|teacher|adult|grown-?up|guardian|mum|mom|dad|moderator)", Safe);

    private static readonly FrozenSet<string> Members = new[]
    {
        "Text", "PlaceholderText", "Title", "ObjectText", "ActionText", "DisplayName", "HeaderText", "Caption", "ToolTip", "RichText", "OverrideText", "PrefixText", "Message", "Subtitle", "Body",
    }.ToFrozenSet();

    /// <summary>Whether a property is one that people read.</summary>
    public static bool IsShown(string member) => Members.Contains(member);

    /// <summary>What is wrong with a text. A link counts when it invites, or when it is known to be shown.</summary>
    public static (bool LeadsOutside, bool AsksForContact) Find(string text, bool isShown)
    {
        // A link has a dot or a scheme, however the dot is written; a request has several words, or an address.
        var mayLead = text.AsSpan().ContainsAny('.', ':') || text.AsSpan().ContainsAny(Dots) || !Ascii.IsValid(text);
        var mayAsk = text.AsSpan().ContainsAny(Blanks) || text.Length < 12;
        if (text.Length < 4 || (!mayLead && !mayAsk))
        {
            return default;
        }

        var plain = Glyphs.Plain(text);
        if (mayLead)
        {
            plain = plain.Replace("(dot)", ".", StringComparison.OrdinalIgnoreCase).Replace("[dot]", ".", StringComparison.OrdinalIgnoreCase).Replace(" dot ", ".", StringComparison.OrdinalIgnoreCase).Replace(" . ", ".", StringComparison.Ordinal);
        }

        var leads = false;
        if (mayLead && plain.AsSpan().ContainsAny('.', ':'))
        {
            var foreign = OwnLink.Replace(plain, "");
            leads = Invitation.IsMatch(foreign) || (isShown && Link.IsMatch(foreign));
        }

        var asks = mayAsk && Contact.IsMatch(mayLead ? Address.Replace(plain, " ") : plain) && !Warning.IsMatch(plain);
        return (leads, asks);
    }
}
