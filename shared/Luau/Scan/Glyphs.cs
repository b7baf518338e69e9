using System.Buffers;
using System.Collections.Frozen;
using System.Text;
using System.Text.RegularExpressions;

namespace ToolboxAI.Shared.Luau.Scan;

/// <summary>Characters that can't be seen, or that look like others.</summary>
internal static class Glyphs
{
    // Cyrillic, Greek, Armenian and other letters that look like a Latin one, and which (Unicode's confusables, as far as fonts show no difference).
    private const string Foreign =
        "\u0251\u0261\u0269\u0391\u0392\u0395\u0396\u0397\u0399\u039A\u039C\u039D\u039F\u03A1\u03A4\u03A5\u03A7\u03B1\u03B9\u03BA\u03BD\u03BF\u03C1\u03C5" +
        "\u03F2\u03F3\u0405\u0406\u0408\u0410\u0412\u0415\u041A\u041C\u041D\u041E\u0420\u0421\u0422\u0423\u0425\u0430\u0435\u043E\u0440\u0441\u0443\u0445" +
        "\u0455\u0456\u0458\u0474\u04BB\u04CF\u0501\u050C\u051B\u051C\u051D\u0570\u0578\u057D\u0581\u0585\u1D04\u1D0F\u1D20\u1D21\u1D22\u2113\u2170\u217C" +
        "\u217D\u217E\u217F";

    private const string Alike = "agiABEZHIKMNOPTYXaikvopucjSIJABEKMHOPCTYXaeopcyxsijVhldGqWwhnugocovwzlilcdm";

    private static readonly Dictionary<char, char> Latin = Foreign.Zip(Alike).ToDictionary(pair => pair.First, pair => pair.Second);
    private const int ShortestWord = 3;

    private static readonly HashSet<string> Known = new(StringComparer.Ordinal)
    {
        "loadstring", "require", "getfenv", "setfenv", "game", "workspace", "Workspace", "Players", "HttpService", "InsertService", "ReplicatedStorage", "ServerScriptService", "ServerStorage", "Lighting",
        "LocalPlayer", "MarketplaceService", "DataStoreService", "TeleportService", "RemoteEvent", "RemoteFunction", "PostAsync", "GetAsync", "RequestAsync", "LoadAsset", "Humanoid", "Backpack", "PlayerGui",
        "admin", "Admin", "owner", "Owner", "moderator", "Moderator", "password", "Roblox", "ROBLOX", "player", "Player", "tool", "Tool", "Clone", "Parent", "script", "string", "table", "print", "pcall", "Kick",
    };

    private const int LongestKnown = 32;

    private static readonly FrozenDictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> ByShape =
        Known.DistinctBy(Shape).ToFrozenDictionary(Shape).GetAlternateLookup<ReadOnlySpan<char>>();

    // What a hasty reader takes for another letter; r and v with the letter after them.
    private static readonly SearchValues<char> Mistakable = SearchValues.Create("I10rv");

    private static readonly ulong[] Lengths = LengthsByFirst();

    private static readonly Regex Word = new(@"[\w\u200B-\u200D\u2060\u00AD]+", RegexOptions.NonBacktracking);

    /// <summary>Whether a character leaves no mark: zero width, direction marks, fillers.</summary>
    public static bool IsInvisible(Rune rune) =>
        rune.Value is (>= 0x200B and <= 0x200F) or (>= 0x202A and <= 0x202E) or (>= 0x2060 and <= 0x206F) or 0x00AD or 0x034F or 0x061C or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or 0x180E or 0x2800
            or 0x3164 or 0xFEFF or 0xFFA0 or (>= 0xE0000 and <= 0xE007F);

    /// <summary>Whether a text has something that can't be seen beside what can, or that turns it around.</summary>
    public static bool HidesSomething(string text)
    {
        var runes = text.EnumerateRunes().ToList();
        for (var i = 0; i < runes.Count; i++)
        {
            // Joiners between emoji, and in scripts that need them, are spelling.
            var isOddBlank = runes[i].Value is (>= 0x2000 and <= 0x200A) or 0x205F or 0x3000 or 0x00A0 && IsLatin(runes, i - 1) && (i + 1 == runes.Count || IsLatin(runes, i + 1));
            var isSpelling = runes[i].Value is 0x200C or 0x200D && !IsLatin(runes, i - 1);
            if (isOddBlank || IsInvisible(runes[i]) && !isSpelling && (i > 0 || runes[i].Value != 0xFEFF))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a word is written with letters of another alphabet so that it reads as a Latin one.</summary>
    /// <param name="text">The text.</param>
    /// <param name="isLatinOnly">Whether the script has no letters that show that another alphabet is meant.</param>
    public static bool IsDisguised(string text, bool isLatinOnly) => Word.Matches(text).Any(match =>
    {
        var foreign = match.Value.Where(c => c > '\x7F' && char.IsLetter(c)).ToList();
        var isAlike = foreign.Count > 0 && foreign.TrueForAll(Latin.ContainsKey);
        var isStyled = match.Value.Any(c => c is (>= '\uFF21' and <= '\uFF3A') or (>= '\uFF41' and <= '\uFF5A')) || match.Value.EnumerateRunes().Any(rune => rune.Value is >= 0x1D400 and <= 0x1D7FF);
        return isStyled || (isAlike && (match.Value.Any(char.IsAsciiLetter) || (isLatinOnly && foreign.Count >= ShortestWord)));
    });

    /// <summary>Whether all letters of a script are Latin or look like it.</summary>
    public static bool IsLatinOnly(string text) => Ascii.IsValid(text) || !text.Any(c => c is >= '\u0370' and <= '\u058F' && char.IsLetter(c) && !Latin.ContainsKey(c));

    /// <summary>Whether a name reads as one of the engine's without being it: a capital I for an l, a zero for an O.</summary>
    public static bool IsLookAlike(string name)
    {
        if (name.Length is < 4 or > LongestKnown || !MayBeKnown(name))
        {
            return false;
        }

        Span<char> shape = stackalloc char[LongestKnown];
        return ByShape.TryGetValue(shape[..ShapeOf(name, shape)], out _) && !Known.Contains(name);
    }

    /// <summary>A text as a reader takes it: letters that look Latin are, what can't be seen is gone.</summary>
    public static string Plain(string text)
    {
        if (Ascii.IsValid(text))
        {
            return text;
        }

        var plain = new StringBuilder(text.Length);
        foreach (var rune in text.Normalize(NormalizationForm.FormKC).EnumerateRunes().Where(rune => !IsInvisible(rune)))
        {
            plain.Append(rune.IsBmp && Latin.TryGetValue((char)rune.Value, out var latin) ? latin.ToString() : Compatible(rune));
        }

        return plain.ToString();
    }

    // The letter or sign that a styled one stands for: full width, in a circle or square, of a flag, mathematical, other full stops.
    private static string Compatible(Rune rune) => rune.Value switch
    {
        >= 0xFF01 and <= 0xFF5E => ((char)(rune.Value - 0xFEE0)).ToString(),
        >= 0x24B6 and <= 0x24CF => ((char)('A' + rune.Value - 0x24B6)).ToString(),
        >= 0x24D0 and <= 0x24E9 => ((char)('a' + rune.Value - 0x24D0)).ToString(),
        >= 0x1F130 and <= 0x1F149 => ((char)('A' + rune.Value - 0x1F130)).ToString(),
        >= 0x1F150 and <= 0x1F169 => ((char)('A' + rune.Value - 0x1F150)).ToString(),
        >= 0x1F170 and <= 0x1F189 => ((char)('A' + rune.Value - 0x1F170)).ToString(),
        >= 0x1F1E6 and <= 0x1F1FF => ((char)('A' + rune.Value - 0x1F1E6)).ToString(),
        >= 0x1D400 and <= 0x1D6A3 => ((char)((rune.Value - 0x1D400) % 52 is var at && at < 26 ? 'A' + at : 'a' + at - 26)).ToString(),
        >= 0x1D7CE and <= 0x1D7FF => ((char)('0' + ((rune.Value - 0x1D7CE) % 10))).ToString(),
        0x2024 or 0x3002 or 0xFF61 => ".",
        _ => rune.ToString(),
    };

    // Whether a known name begins like this one and is as long, and something in it can be taken for another letter; two letters that look like one change the length.
    private static bool MayBeKnown(string name)
    {
        var first = Seen(name[0]);
        var isKnown = first < Lengths.Length && (Lengths[first] >> name.Length & 1) != 0;
        return isKnown ? name.AsSpan().ContainsAny(Mistakable) : name.Contains("rn", StringComparison.Ordinal) || name.Contains("vv", StringComparison.Ordinal);
    }

    private static ulong[] LengthsByFirst()
    {
        var lengths = new ulong[128];
        foreach (var name in Known)
        {
            lengths[Seen(name[0])] |= 1UL << name.Length;
        }

        return lengths;
    }

    private static char Seen(char c) => c switch { 'I' or '1' => 'l', '0' => 'O', _ => c };

    // As a hasty reader sees it: rn is m, vv is w, I and 1 are l, 0 is O.
    private static int ShapeOf(ReadOnlySpan<char> name, Span<char> shape)
    {
        var length = 0;
        for (var i = 0; i < name.Length; i++)
        {
            var isPair = i + 1 < name.Length && ((name[i] == 'r' && name[i + 1] == 'n') || (name[i] == 'v' && name[i + 1] == 'v'));
            shape[length++] = isPair ? name[i++] == 'r' ? 'm' : 'w' : Seen(name[i]);
        }

        return length;
    }

    private static string Shape(string name)
    {
        Span<char> shape = stackalloc char[LongestKnown];
        return shape[..ShapeOf(name, shape)].ToString();
    }

    private static bool IsLatin(List<Rune> runes, int at) => at >= 0 && at < runes.Count && runes[at].IsAscii && Rune.IsLetterOrDigit(runes[at]);
}
