using System.Globalization;
using Microsoft.AspNetCore.Http;
using ToolboxAI.Shared.Http;

namespace ToolboxAI.Functions.Http;

/// <summary>Reads the parameters of lists.</summary>
public static class Paging
{
    /// <summary>The size of a page when the caller doesn't say.</summary>
    public const int DefaultLimit = 50;

    /// <summary>The largest page.</summary>
    public const int MaxLimit = 200;

    /// <summary>The page that the query asks for (<c>cursor</c>, <c>limit</c>); a cursor that no answer gave or a limit out of 1 to 200: 400.</summary>
    public static (string? After, int Limit) ReadPage(this HttpRequest request)
    {
        string? cursor = request.Query["cursor"];
        var after = string.IsNullOrEmpty(cursor) ? null : Cursor.Decode(cursor) ?? throw new RequestRefusedException(new InvalidCursor());
        string? limit = request.Query["limit"];
        if (string.IsNullOrEmpty(limit))
        {
            return (after, DefaultLimit);
        }

        return int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size is >= 1 and <= MaxLimit
            ? (after, size)
            : throw new RequestRefusedException(new InvalidParameter("limit", $"a whole number from 1 to {MaxLimit}"));
    }

    /// <summary>A query parameter that is one of an enum's names, in camelCase; null when it is not there or empty; another word: 400.</summary>
    public static T? ReadChoice<T>(this HttpRequest request, string name) where T : struct, Enum
    {
        string? text = request.Query[name];
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        var choices = Enum.GetValues<T>().ToDictionary(value => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(value.ToString()));
        return choices.TryGetValue(text, out var choice)
            ? choice
            : throw new RequestRefusedException(new InvalidParameter(name, $"one of {string.Join(", ", choices.Keys)}"));
    }
}
