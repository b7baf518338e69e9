using System.Text.Json;
using ToolboxAI.Shared.Http;

namespace ToolboxAI.Functions.Http;

/// <summary>Finds texts that can't be stored or that are too long, wherever they stand in a body or a URL.</summary>
public static class JsonText
{
    /// <summary>The first unusable text of a JSON body; null when there is none, or when it is not JSON at all, which its reader says better.</summary>
    public static Refusal? FindUnusable(ReadOnlySpan<byte> json, int maxLength)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 32 });
        var field = "The body";
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName))
                {
                    continue;
                }

                var text = Text(ref reader);
                if (text is null || Unusable(text, maxLength) is not null)
                {
                    return new UnusableText(field, text is null ? "has broken Unicode" : Unusable(text, maxLength)!);
                }

                field = reader.TokenType == JsonTokenType.PropertyName ? $"Field {text}" : field;
            }
        }
        catch (JsonException)
        {
            return null;
        }

        return null;
    }

    /// <summary>Why a text can't be used; null when it can.</summary>
    public static string? Unusable(string text, int maxLength) =>
        text.Length > maxLength ? $"has more than {maxLength} characters"
        : text.Contains('\0') ? "has a NUL character"
        : null;

    private static string? Text(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)           // what the reader throws for invalid UTF-8 and lone surrogates
        {
            return null;
        }
    }
}
