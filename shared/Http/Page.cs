using System.Buffers.Text;
using System.Text;

namespace ToolboxAI.Shared.Http;

/// <summary>One page of a list; <c>{"items":[],"nextCursor":null}</c>.</summary>
/// <param name="Items">In the list's order.</param>
/// <param name="NextCursor">Opaque; gives the next page. Null on the last one.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor);

/// <summary>Makes pages.</summary>
public static class Page
{
    /// <summary>A page out of one row more than fits, if there are that many.</summary>
    /// <param name="rows">At most <paramref name="limit"/> + 1 rows.</param>
    /// <param name="limit">The page's size.</param>
    /// <param name="position">What the next page starts after.</param>
    public static Page<T> Of<T>(IReadOnlyList<T> rows, int limit, Func<T, string> position) => rows.Count <= limit
        ? new(rows, null)
        : new([.. rows.Take(limit)], Cursor.Encode(position(rows[limit - 1])));
}

/// <summary>Cursors are positions, made opaque so that nobody builds on their form.</summary>
public static class Cursor
{
    /// <summary>A cursor for what comes after a position.</summary>
    public static string Encode(string position) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(position));

    /// <summary>The position; null when it is not a cursor of ours.</summary>
    public static string? Decode(string cursor)
    {
        var bytes = new byte[Base64Url.GetMaxDecodedLength(cursor.Length)];
        return Base64Url.IsValid(cursor) && Base64Url.TryDecodeFromChars(cursor, bytes, out var length)
            && Encoding.UTF8.GetString(bytes, 0, length) is { Length: > 0 } text && !text.Contains('\0') && !text.Contains('\uFFFD')
            ? text
            : null;
    }
}
