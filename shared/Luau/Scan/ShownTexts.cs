using System.Buffers;
using System.Collections.Frozen;
using System.Text;
using System.Text.RegularExpressions;

namespace ToolboxAI.Shared.Luau.Scan;

/// <summary>What texts tell children who read them: links that lead outside, requests for a way to reach them.</summary>
internal static class ShownTexts
{
    // What parts of a text stand for is asked of two expressions only: to find that out, a text is gone over once more.
    private const RegexOptions WithParts = RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;
    private const RegexOptions Safe = WithParts | RegexOptions.ExplicitCapture;

    private const string Apps =
        @"(discord|disc|snap(chat)?|insta(gram)?|whats\s?app|telegram|tik\s?tok|kik|skype|facebook|messenger|we\s?chat|signal|twitter|phone|e-?mail|text|sms|facetime|zoom|guilded|viber|line|reddit)";

    // What a child must not be asked for, and what it is only when it is said to be the child's own.
    private const string Private =
        @"(phone( number)?|cell( number)?|mobile( number)?|number|digits|e-?mail( address)?|gmail|home address|address|addy|real name|full name|last name|surname|birthday|date of birth|age|password|photo|picture|pic|selfie|face|snap(chat)?|discord( tag| name| id| user(name)?)?|insta(gram)?|whats\s?app|telegram|tik\s?tok|skype|kik|school|city|town|street|location)";

    private const string Your = @"\b(your|ur|yr|ya|yo|u r|you're)('s)?(\s+(own|real|full|home|exact|current|private|personal|parents'?|mom'?s?|mum'?s?|dad'?s?|first|actual))*\s+";

    private const string Services =
        @"d[il1!]sc[o0]rd(app)?\s?[.,]\s?(gg|com/invite|me|io)|\bgg/[a-z0-9]{3,}|\bdsc\.gg\b|\bt\.me/|\btelegram\.me|youtu\.be/|youtube\.com|twitch\.tv|tiktok\.com|instagram\.com|snapchat\.com|facebook\.com|\bfb\.(com|me)|twitter\.com|\bx\.com/|reddit\.com|patreon\.com|paypal\.(com|me)|ko-fi\.com|bit\.ly|tinyurl\.com|linktr\.ee|guilded\.gg|wa\.me/|\bwhatsapp\.com|\bgoo\.gl|cash\.app|gofund\.me|forms\.gle|docs\.google\.com|\bd[il1!]sc[o0]rd\s+gg\b|\btinyurl\s+com\b|\btwitch\s+tv\b|\byoutu\s+be\s*/";

    // What domains end with.
    private const string Common =
        "com|net|org|gg|io|xyz|me|co|link|tv|app|site|online|club|shop|store|website|live|fun|win|click|top|info|biz|ru|uk|de|example|test|invalid|dev|page|space|world|zone|cafe|host|quest|ninja|pro|vip|gift|gifts|codes|party|network|social|fans|gratis|blog|wiki|icu|cf|tk|ml|ga|gq|fr|nl|eu|ca|br|pl|cn|jp|se|dk|fi|cz|hu|ch|gr|pt|es|mx|au|nz|kr|tr|ua|kz|za|ie";

    // Mean something else too, and count before a path only.
    private const string Rare = "to|cc|ly|gl|us|id|in|it|is|sh|be|st|gd|ws";

    private const string Domain =
        @"(h(tt|xx)ps?://|www[.,])[a-z0-9]|\b[a-z0-9][a-z0-9-]+\.(" + Common + @")(\b|/)|\b[a-z0-9][a-z0-9-]+\.(" + Rare + @")/[a-z0-9]|\b\d{1,3}(\.\d{1,3}){3}(:\d+|/)";

    private const string AssetScheme = "rbxassetid://";

    private const int ShortestText = 4;
    private const int LongestAlone = 11;

    private static readonly SearchValues<string> WrittenDots = SearchValues.Create(["dot", "d0t", "punkt", "punto", "ponto", "point", "nokta", "kropka", "titik", "(at", "[at", "{at", ",com", ",net", ",org", ",gg", ",xyz", " .", "[.", "(.", "{.", "<."], StringComparison.OrdinalIgnoreCase);

    // Apart, because a search for other letters than Latin ones takes several times as long.
    private static readonly SearchValues<string> ForeignDots = SearchValues.Create(["tочка", "точка", "ドット"], StringComparison.OrdinalIgnoreCase);

    /// <summary>What stands between the words of a request.</summary>
    internal const string Blanks = " \t\n\r\v\f@-+#:=|/*~_";

    /// <summary>What domains end with, those of services that shorten addresses too.</summary>
    internal static readonly string[] Endings = [.. Common.Split('|'), .. Rare.Split('|'), "ee", "gle"];

    // Letters one by one, so that a filter doesn't read the word.
    private static readonly Regex Spaced = new(@"\b\w( (\w\b|[.,/])){4,}", Safe);

    // A sentence that begins right after another.
    private static readonly Regex Run = new(@"([a-z])\.([A-Z][a-z]+)\s", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    private static readonly Regex Dot = new(@"\s*[\[({<]\s*(dot|\.)\s*[\])}>]\s*|\s+(dot|d0t)\s+|\s+\.\s+", Safe);

    // The dot in other languages, and a comma in its place, before what a domain ends with.
    private static readonly Regex ForeignDot = new(@"(\s*[\s\[({<](punkt|punto|ponto|point|точка|nokta|kropka|titik)[\s\])}>]\s*|\s*ドット\s*|,)(com|net|org|gg|xyz|io|de|es|fr|br|ru|ру|рф|pl|tr|id|it|nl|jp|kr|cn)\b", WithParts);

    // The slash in words, after what a short address ends with.
    private static readonly Regex Slash = new(@"(?:\.|\s(?:dot|punkt|punto|ponto|point|точка|nokta|kropka|titik)\s)(com|net|org|gg|me|ly|be|gl|io|tv|xyz|to|cc)\s(?:slash|barra|barre|schrägstrich|ukośnik|слэш|слеш|kesme|garis miring|schuine streep)\s", WithParts);

    private static readonly Regex At = new(@"\s*[\[({<]\s*at\s*[\])}>]\s*", Safe);

    // Strong enough to be told wherever it stands; any other link, after a word that invites.
    private static readonly Regex Service = new(Services, Safe);

    private static readonly Regex Invitation = new(
        @"\b(join|visit|go to|goto|follow|check( us)? out|open|come to|see|claim|get|subscribe|find us|watch|type|enter|paste|search|google|redeem|head to|browse|look up|free|codes?|buy|download|link|website|site|more at)\b", Safe);

    // A place outside that is named without its address.
    private static readonly Regex Outside = new(
        @"\b(watch|follow|sub|subscribe|like|find us|join|come|meet|see|look us up)\b[^.!?]{0,40}\b(on|to|at|our)\b.{0,20}\b(you\s?tube|yt|tik\s?tok|twitch|disc\s?ord|guilded|telegram|reddit|instagram|insta|facebook|twitter)\b|\b(you\s?tube|yt|tik\s?tok|twitch|disc\s?ord|telegram|guilded)\b.{0,20}\b(channel|kanal|server|invite|group|page|famous)\b|\b(scan|qr)\b.{0,50}\b(you\s?tube|tik\s?tok|disc\s?ord|phone|site)\b|\b(abonnier\w*|inscreva\w*|inscris\w*|suscr[ií]b\w*|abonne\w*|rejoi\w*|folg\w*|sigue\w*|siga\w*|tritt|entra\w*|iscriv\w*)\b.{0,50}\b(you\s?tube|tik\s?tok|disc\s?ord|twitch|telegram|instagram|insta)\b|\b(on|visit|from|at) (our|my) (web\s?)?site\b|\b(join|visit|check out|find|enter)\b\s+(us\s+(on|in|at)\s+)?(our|my|the official|the|this|us on|me on)\s+(\w+\s+){0,2}(disc\s?ord|telegram|guilded|whats\s?app|facebook|tik\s?tok)\b|\b(disc\s?ord|telegram|guilded)\s+(server\s+)?(invite|link|code)\b\s*[:=-]|\b(you\s?tube|yt|twitch)\s*[:=]?\s*@\w{3,}|\blink in (my |our |the )?(bio|description)\b|\b(subscribe|sub)\s+(to|on)\b.{0,30}\byou\s?tube\b", Safe);

    private static readonly Regex Link = new(Domain, Safe);

    private static readonly SearchValues<char> Digits = SearchValues.Create("013457$@!");

    private static readonly Regex Leet = new(@"[a-z]+[013457@$!][a-z]+", Safe);

    // What a label with rich text doesn't show.
    private static readonly Regex Markup = new(@"</?(b|i|u|s|font|stroke|mark|sc|uc|smallcaps|uppercase|gradient)(\s[^<>]*)?>|<!--[^<>]*-->", Safe);

    private static readonly Regex Mail = new(@"[a-z0-9._-]+@[a-z0-9.-]+|\bmail\W{0,3}\s*[a-z0-9._-]+ at [a-z0-9.-]+(@[a-z0-9.-]+)?", Safe);

    private static readonly Regex Address = new(@"https?://[^\s]*", Safe);

    private static readonly Regex OwnLink = new(
        @"((https?://)?([a-z0-9-]+\.)*(roblox\.com|robloxlabs\.com|rbxcdn\.com|roblox\.qq\.com|rbx\.com))(/[^\s]*|[\s,;!?)""']|\.?$)", Safe);

    private static readonly SearchValues<string> Own = SearchValues.Create(["roblox", "rbx"], StringComparison.OrdinalIgnoreCase);

    // In three, because each goes over the text again, and one for all has too many states.
    private static readonly Regex Invited = new(
        @"\b(add|dm|pm|message|text|call|snap|find|reach|contact|hit|write|follow|hmu|friend|talk to|chat with|email|e-mail|ring|phone)\s+(me|us|my|with me)\b.{0,45}\b" + Apps + @"\b"
            + "|" + @"\b(dm|pm|text|whats\s?app|hmu|e-?mail)\s+(me|us)\b|\bwrite\s+(to\s+)?(me|us|my)\b.{0,20}\be?-?mail\b|\bhit (me|us) up(\s*$|\s*[.,!?:@]|\s+(on|at|if|via|in|and)\b)|\bhmu\b|\bmy\s+(sc|ig)\b|\b(dm|pm|msg)\s+(the\s+|our\s+|an?\s+)?(owner|admin|dev(eloper)?|mod|staff|builder|creator)\b|\bdo (you|u) have (an? |any )?(e-?mail|phone|number|snap\w*|insta\w*|discord|whats\s?app|tik\s?tok)\b|\bmy\s+" + Apps + @"(\s+(is|name|tag|id|number|handle|user(name)?))?\s*(is|:|=|@)"
            + "|" + @"\b(discord|snap(chat)?|insta(gram)?|telegram|kik|skype|whats\s?app|tik\s?tok)\s*(tag|name|id|user(name)?)?\s*[:=@]\s*(@?[\w.]{3}|%s)|\b[a-z][\w.]+#\d\d\d\d\b|\b(add|friend|message)\b.{0,20}\bon\s+" + Apps + @"\b", Safe);

    private static readonly Regex Asked = new(
        @"\b(what'?s|what is|whats|what are|wats|wts)\s+" + Your + Private + @"\b"
            + "|" + @"\b(add|sign|tell|give|send|show|share|type|enter|post|drop|leave|put|write|comment|reply with|submit|need|want|dm|pm|message|text|say|fill in|have|get|know|verify|confirm|provide)\b(\s+(me|us|in|here|down|out|up|with|him|her|(the|a|an|our|this) \w+))*\s+" + Your + @"(\w+\s+(and|or)\s+)?" + Private + @"\b|\b(enter|type|give|give us|send|send us|fill in|add)\s+(a\s+|the\s+)?(your\s+)?(parent|guardian|mum|mom|dad|teacher)s?('s?)?\s+(phone|e-?mail|number|address)\b"
            + "|" + Your + @"(phone number|e-?mail( address)?|home address|real name|full name|snap(chat)?|discord( tag| name)?|insta(gram)?|whats\s?app)\b.{0,12}(\?|please|pls|\bhere\b|\bso\b|\bto (win|get|enter|claim|receive|join)\b)|^\s*(real (first |full |last )?name|home address|phone( number)?|e-?mail( address)?) or (phone|e-?mail|discord|snap\w*)|\b(phone|cell|mobile|address|e-?mail)( number| address)? of (yours|(your|ur) (mum|mom|dad|parents?|family|teacher))\b|\bhow to (text|call|reach|contact|message|find) (you|u)\b|\b(we|i) need\b[\s\S]{0,30}\b(full name|real name|phone|home address|street|e-?mail)\b|\b(e-?mail|phone)\s+or\s+(e-?mail|phone|discord|snap\w*)\b", Safe);

    private static readonly Regex Approached = new(
        @"\b(how old (are|r) (you|u|ya)|where (do|d'?you|d'?ya) ?(you |u )?live|(what|which) school(\s+(do|are|r|did|you|u|ya)\b|\?|$)|what grade are (you|u)|(are|r) (you|u) (home )?alone|(are|r) (your|ur) parents (home|asleep|there)|meet (me|up) (in real life|irl|after school|outside (of )?(roblox|the game|here))|asl\b|(send|show) (me )?(a |some )?(pic|pics|photo|photos|selfie|nudes)\b|come to my (house|place)|i('| wi)ll pick (you|u) up)"
            + "|" + @"\b(let'?s|lets|we can|can we|wanna|want to)\s+(\w+\s+)?(talk|chat|call|text|meet)\b.{0,20}\b(on|over|via|outside)\s+(of\s+)?(" + Apps + @"|roblox|here|the game)\b"
            + "|" + @"\b(don'?t|do not|never)\s+tell\s+(your|ur|yr)\s+(parents?|mom|mum|dad|teachers?|family)\b|\b(our|a) (little )?secret from (your|ur)\b|\b(call|text|whatsapp|sms|ring)\b.{0,25}\d[\d ().-]+\d[\d ().-]+\d|[a-z0-9._-]+@[a-z0-9-]+\.(com|net|org|example|io|co|test|dev|me)\b|\b[a-z0-9._-]+ (at|arroba) (g\s?mail|gee\s?mail|hotmail|outlook|yahoo|proton\w*|icloud|mail)\b", Safe);

    // A warning says the same words.
    private static readonly Regex Warning = new(
        @"\b(never|don'?t|do not|not to|no one|nobody|stop|avoid|without|wrong to|shouldn'?t|should not|won'?t|will not|will never|will ever|anyone who)\b(\s+\w+){0,4}\s+(share|sharing|give|giving|tell|show|showing|send|sending|type|enter|post|posting|add|text|call|message|dm|contact|meet|write|ask|asks|asked)\b|\b(keep|stays?|are|is)\b.{0,40}\b(private|secret to yourself|safe|to yourself)\b|\b(ask|tell|talk to) (a|an|your|the) (parent|teacher|adult|grown-?up|guardian|mum|mom|dad|moderator)|\b(if|when|whoever|someone|somebody|anyone|anybody|people|strangers?|players?)\b.{0,30}\bask(s|ing)?\b|\b(niemals|niemandem|niemand|nie|nunca|jamais|n[ãa]o|ne|non|nadie|ningu[ée]m|personne|nessuno|no compartas|keinem|keine[rn]?)\b|\b(scam\w*|fake|phish\w*|trick\w*|promis\w*)\b|\breport\b.{0,30}\b(anyone|players?|people|users?)\b", Safe);

    private static readonly Regex Secrecy = new(@"\b(don'?t|do not|never)\s+tell\s+((your|ur|yr)\s+(parents?|mom|mum|dad|teachers?|family)|(the\s+|any\s+)?(mods?|moderators?|staff|admins?|roblox))\b|secret from (your|ur)\b", Safe);

    private static readonly FrozenSet<string> Files = new[]
    {
        "Image", "Texture", "TextureID", "TextureId", "SoundId", "MeshId", "AnimationId", "LinkedSource", "Source", "Url", "url", "Endpoint", "endpoint", "Name", "Host", "host", "BaseUrl",
    }.ToFrozenSet();

    private static readonly FrozenSet<string> Members = new[]
    {
        "Text", "PlaceholderText", "Title", "ObjectText", "ActionText", "DisplayName", "HeaderText", "Caption", "ToolTip", "RichText", "OverrideText", "PrefixText", "Message", "Subtitle", "Body",
    }.ToFrozenSet();

    /// <summary>Whether a property is one that people read; all that hold a text do but those that name a file.</summary>
    public static bool IsShown(string member) => Members.Contains(member);

    /// <summary>Whether a link that is written into a property may be read by people.</summary>
    public static bool MayShow(string member) => !Files.Contains(member);

    // A link has a dot or a scheme, however the dot is written; a request has several words, or an address.

    /// <summary>Whether a text can be one of which <see cref="Find"/> finds anything, or has letters that aren't Latin.</summary>
    /// <param name="text">The text, decoded or one character per byte.</param>
    /// <param name="cues">What it has at first sight.</param>
    public static bool MayTell(string text, Cue cues) => cues == Cue.All || (text.Length >= ShortestText && (MayLead(cues) || MayAsk(text, cues)));

    private static bool MayLead(Cue cues) => (cues & (Cue.Dot | Cue.DotWord | Cue.Domain)) != Cue.None;

    private static bool MayAsk(string text, Cue cues) => (cues & Cue.Blank) != Cue.None || (text.Length <= LongestAlone && (cues & Cue.Alone) != Cue.None);

    /// <summary>What is wrong with a text. A link counts when it invites, or when it is known to be shown.</summary>
    /// <param name="text">The text.</param>
    /// <param name="cues">What it has at first sight.</param>
    /// <param name="isShown">Whether it is known to be shown.</param>
    /// <param name="isField">Whether it stands in a field to tell what is to be filled in there.</param>
    public static (bool LeadsOutside, bool AsksForContact) Find(string text, Cue cues, bool isShown, bool isField = false)
    {
        if (text.Length < ShortestText || !(isField || MayTell(text, cues)) || IsAsset(text))
        {
            return default;
        }

        var isAscii = cues != Cue.All || Ascii.IsValid(text);
        var (mayLead, mayAsk) = (MayLead(cues), MayAsk(text, cues));
        var shown = text.Contains('<') ? Markup.Replace(text, "") : text;
        var seen = isAscii ? shown : Glyphs.Plain(shown);
        var plain = mayLead && (cues & Cue.Run) != Cue.None && BeginsAnother(seen) ? Run.Replace(seen, match => IsDomain(match.Groups[2].ValueSpan) ? match.Value : $"{match.Groups[1].Value}. {match.Groups[2].Value} ") : seen;
        plain = (cues & Cue.Single) != Cue.None && HasSpacedLetters(plain) ? Spaced.Replace(plain, match => match.Value.Replace(" ", "", StringComparison.Ordinal)) : plain;
        plain = mayLead && (cues & (Cue.Apart | Cue.DotWord | Cue.Domain)) != Cue.None && (plain.AsSpan().ContainsAny(WrittenDots) || (!isAscii && plain.AsSpan().ContainsAny(ForeignDots))) ? At.Replace(Slash.Replace(ForeignDot.Replace(Dot.Replace(plain, "."), ".$3"), ".$1/"), "@") : plain;
        var found = FindPlain(plain, ReferenceEquals(plain, text) ? cues : TextCues.In(plain), isShown, mayLead);
        if (found == default && (cues & Cue.Disguise) != Cue.None && HasLettersInDisguise(plain))
        {
            var readable = Leet.Replace(plain, match => Unleet(match.Value));
            var readableCues = TextCues.In(readable);
            found = FindPlain(readable, readableCues, isShown: false, mayLead);
            found = mayAsk ? WithSentences(found, readable, readableCues, null, isShown: false) : found;
        }

        // Letters of other alphabets are read as they are, and as the Latin ones that they look like.
        return mayAsk || isField ? WithSentences(found, seen, ReferenceEquals(seen, text) ? cues : TextCues.In(seen), isAscii ? null : text, isShown, isField) : found;
    }

    // Whether a sentence may begin right after the full stop of another.
    private static bool BeginsAnother(ReadOnlySpan<char> text)
    {
        for (var at = text.IndexOf('.'); at >= 0 && at + 1 < text.Length; at = text.IndexOf('.'))
        {
            text = text[(at + 1)..];
            if (char.IsAsciiLetterUpper(text[0]))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsDomain(ReadOnlySpan<char> word) => word is "Com" or "Gg" or "Org" or "Xyz" or "Io" or "Tv";

    private static (bool LeadsOutside, bool AsksForContact) WithSentences((bool LeadsOutside, bool AsksForContact) found, string seen, Cue cues, string? foreign, bool isShown, bool isField = false)
    {
        // An address isn't what is to be filled in.
        isShown &= !found.LeadsOutside;
        var one = ContactSentences.Find(seen, cues, isShown, isField, found.AsksForContact);
        var other = foreign is null ? default : ContactSentences.Find(foreign.Normalize(NormalizationForm.FormC), Cue.All, isShown, isField, found.AsksForContact);
        var warns = one.Warns || other.Warns;
        return (found.LeadsOutside || one.Leads || other.Leads, (found.AsksForContact && !warns) || one.Asks || other.Asks);
    }

    private static (bool LeadsOutside, bool AsksForContact) FindPlain(string plain, Cue cues, bool isShown, bool mayLead)
    {
        var leads = false;
        if (mayLead && (cues & Cue.Domain) != Cue.None && HasDotWithin(plain) && !IsAsset(plain))
        {
            var foreign = plain.AsSpan().ContainsAny(Own) ? OwnLink.Replace(plain, " ") : plain;
            foreign = foreign.Contains('@') || foreign.Contains("mail", StringComparison.OrdinalIgnoreCase) ? Mail.Replace(foreign, " ") : foreign;
            leads = Service.IsMatch(foreign) || (isShown ? Link.IsMatch(foreign) : Link.Match(foreign) is { Success: true, Index: > 0 and var link } && Invitation.IsMatch(foreign.AsSpan(0, link)));
        }

        var isApproach = (cues & (Cue.Approach | Cue.At)) != Cue.None;
        var isInvitation = ((cues & Cue.App) != Cue.None && (cues & Cue.Me) != Cue.None) || (cues & Cue.Hash) != Cue.None;
        var isQuestion = (cues & Cue.Fact) != Cue.None && (cues & Cue.Your) != Cue.None;
        var asked = (isInvitation || isQuestion || isApproach) && mayLead && plain.Contains("://", StringComparison.Ordinal) ? Address.Replace(plain, " ") : plain;
        var asks = (isInvitation && Invited.IsMatch(asked)) || (isQuestion && Asked.IsMatch(asked)) || (isApproach && Approached.IsMatch(asked));
        var sends = !leads && (cues & Cue.Place) != Cue.None && Outside.IsMatch(plain);
        var isWarning = (asks || sends) && Warning.IsMatch(plain);
        return (leads || (sends && !isWarning), asks && (!isWarning || Secrecy.IsMatch(plain)));
    }

    // The most usual of all texts with a slash: the number of a picture, sound or model on Roblox.
    private static bool IsAsset(ReadOnlySpan<char> text) =>
        text.StartsWith(AssetScheme, StringComparison.Ordinal) && !text[AssetScheme.Length..].ContainsAnyExceptInRange('0', '9');

    // A dot that something follows closely, or a slash: the end of a sentence leads nowhere.
    private static bool HasDotWithin(ReadOnlySpan<char> text)
    {
        if (text.Contains('/'))
        {
            return true;
        }

        for (var at = text.IndexOfAny('.', ','); at >= 0; at = text.IndexOfAny('.', ','))
        {
            text = text[(at + 1)..];
            if (text is [not ' ', ..] or [' ', not ' ', ..])
            {
                return true;
            }
        }

        return false;
    }

    private static bool HasSpacedLetters(string text)
    {
        for (var i = 0; i + 4 < text.Length; i++)
        {
            if (text[i + 1] == ' ' && text[i + 3] == ' ' && (i == 0 || text[i - 1] == ' ') && char.IsLetterOrDigit(text[i]) && char.IsLetterOrDigit(text[i + 2]))
            {
                return true;
            }
        }

        return false;
    }

    // Digits and signs that stand for letters within a word.
    private static bool HasLettersInDisguise(string text)
    {
        for (var i = 1; i + 1 < text.Length; i++)
        {
            if (Digits.Contains(text[i]) && char.IsAsciiLetter(text[i - 1]) && char.IsAsciiLetter(text[i + 1]))
            {
                return true;
            }
        }

        return false;
    }

    private static string Unleet(string word) =>
        string.Create(word.Length, word, static (letters, from) =>
        {
            for (var i = 0; i < letters.Length; i++)
            {
                letters[i] = from[i] switch { '0' => 'o', '1' or '!' => 'i', '3' => 'e', '4' or '@' => 'a', '5' or '$' => 's', '7' => 't', var c => c };
            }
        });
}
