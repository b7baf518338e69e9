using System.Collections.Frozen;

namespace ToolboxAI.Shared.Luau.Scan;

/// <summary>The words that a name is put together from: <c>giveAdminRights</c> is give, Admin, Rights; <c>VIPRoom</c> is VIP, Room.</summary>
internal static class Words
{
    /// <summary>Whether a word of a name is in a set, in any case.</summary>
    public static bool Any(string name, FrozenSet<string> words)
    {
        var lookup = words.GetAlternateLookup<ReadOnlySpan<char>>();
        ReadOnlySpan<char> rest = name;
        while (!rest.IsEmpty)
        {
            var length = FirstLength(rest);
            if (length > 1 && lookup.Contains(rest[..length]))
            {
                return true;
            }

            rest = rest[Math.Max(1, length)..];
        }

        return false;
    }

    /// <summary>Whether the first word of a name is in a set, in any case.</summary>
    public static bool Begins(string name, FrozenSet<string> words) =>
        words.GetAlternateLookup<ReadOnlySpan<char>>().Contains(name.AsSpan(0, FirstLength(name)));

    private static int FirstLength(ReadOnlySpan<char> name)
    {
        var upper = 0;
        while (upper < name.Length && char.IsAsciiLetterUpper(name[upper]))
        {
            upper++;
        }

        var end = upper;
        while (end < name.Length && char.IsAsciiLetterLower(name[end]))
        {
            end++;
        }

        // In "VIPRoom" the R belongs to what follows.
        return end > upper && upper > 1 ? upper - 1 : end;
    }
}
