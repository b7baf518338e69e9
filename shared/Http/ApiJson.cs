using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ToolboxAI.Shared.Http;

/// <summary>The one form of our JSON, in answers, requests and messages: camelCase, enums by name, times RFC 3339 in UTC.</summary>
public static class ApiJson
{
    /// <summary>For answers and messages. A reader ignores fields that it doesn't know: releases overlap.</summary>
    public static JsonSerializerOptions Options { get; } = Create(JsonUnmappedMemberHandling.Skip);

    /// <summary>For requests: a field that we don't know is a caller's mistake, and is refused.</summary>
    public static JsonSerializerOptions Requests { get; } = Create(JsonUnmappedMemberHandling.Disallow);

    /// <summary>Gives options of another owner (ASP.NET Core's, for its results) the same form.</summary>
    public static void Apply(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.PropertyNameCaseInsensitive = false;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.AllowDuplicateProperties = false;
        options.RespectNullableAnnotations = true;
        options.RespectRequiredConstructorParameters = true;
        options.MaxDepth = 32;
        options.Converters.Add(new UtcTimes());
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
    }

    private static JsonSerializerOptions Create(JsonUnmappedMemberHandling unknownFields)
    {
        var options = new JsonSerializerOptions { UnmappedMemberHandling = unknownFields };
        Apply(options);
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }

    private sealed class UtcTimes : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var text = reader.GetString();
            var hasOffset = text is { Length: >= 20 } && (text[^1] is 'Z' or 'z' || text[^6] is '+' or '-');
            return hasOffset && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var time)
                ? time
                : throw new JsonException("A time is written as RFC 3339 with an offset, e.g. 2026-01-31T08:00:00Z.");
        }

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture));
    }
}
