using System.Text;
using System.Text.Json;

namespace ToolboxAI.Shared.Luau.Analysis;

/// <summary>JSON in a script's own text, as <c>HttpService:JSONDecode</c> reads it.</summary>
internal static class Json
{
    private const int MaxText = 1 << 16;

    /// <summary>The value; nothing when it is no JSON.</summary>
    public static Value? Decode(string text)
    {
        if (text.Length > MaxText)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(Encoding.Latin1.GetBytes(text));
            return Convert(document.RootElement);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static Value Convert(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                return new ConstantValue(Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(element.GetString()!)));
            case JsonValueKind.Number:
                return new ConstantValue(element.GetDouble());
            case JsonValueKind.True or JsonValueKind.False:
                return ConstantValue.Of(element.GetBoolean());
            case JsonValueKind.Array:
                var list = new TableValue();
                foreach (var item in element.EnumerateArray())
                {
                    list.Set((double)(list.Length + 1), Convert(item));
                }

                return list;
            case JsonValueKind.Object:
                var table = new TableValue();
                foreach (var property in element.EnumerateObject())
                {
                    table.Set(property.Name, Convert(property.Value));
                }

                return table;
            default:
                return ConstantValue.Nil;
        }
    }
}
