using System.Collections.Frozen;

namespace ToolboxAI.Shared.Luau.Scan;

/// <summary>A set of words, in any case, and names that are put together from words: <c>giveAdminRights</c> is give, Admin, Rights; <c>VIPRoom</c> is VIP, Room.</summary>
internal sealed class WordSet(params string[] words)
{
    private readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> words = words.ToFrozenSet(StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Whether a word of a name is in the set.</summary>
    public bool HasAny(string name)
    {
        ReadOnlySpan<char> rest = name;
        while (!rest.IsEmpty)
        {
            var length = FirstLength(rest);
            if (length > 1 && words.Contains(rest[..length]))
            {
                return true;
            }

            rest = rest[Math.Max(1, length)..];
        }

        return false;
    }

    /// <summary>Whether the first word of a name is in the set.</summary>
    public bool HasFirst(string name) => words.Contains(name.AsSpan(0, FirstLength(name)));

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
