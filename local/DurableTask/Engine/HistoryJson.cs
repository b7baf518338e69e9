using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace ToolboxAI.Local.DurableTask.Engine;

/// <summary>How history, messages and failures are written down.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(HistoryEvent))]
[JsonSerializable(typeof(List<HistoryEvent>))]
[JsonSerializable(typeof(Failure))]
[JsonSerializable(typeof(EntityState))]
[JsonSerializable(typeof(ParentLink))]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class HistoryJson : JsonSerializerContext
{
    public static string Write(HistoryEvent message) => JsonSerializer.Serialize(message, Default.HistoryEvent);

    public static string Write(List<HistoryEvent> events) => JsonSerializer.Serialize(events, Default.ListHistoryEvent);

    public static string? Write(Failure? failure) => failure is null ? null : JsonSerializer.Serialize(failure, Default.Failure);

    public static string? Write(Dictionary<string, string>? tags) =>
        tags is null or { Count: 0 } ? null : JsonSerializer.Serialize(tags, Default.DictionaryStringString);

    public static string? Write(EntityState? entity) => entity is null ? null : JsonSerializer.Serialize(entity, Default.EntityState);

    /// <exception cref="InvalidDataException">What is stored can't be read; so with the others.</exception>
    public static EntityState? ReadEntity(string? text) => text is null ? null : Read(text, Default.EntityState, "entity");

    public static HistoryEvent ReadEvent(string text) => Read(text, Default.HistoryEvent, "message");

    public static List<HistoryEvent> ReadEvents(string text) => Read(text, Default.ListHistoryEvent, "history");

    public static Failure? ReadFailure(string? text) => text is null ? null : Read(text, Default.Failure, "failure");

    public static ParentLink? ReadParent(string? text) => text is null ? null : Read(text, Default.ParentLink, "parent");

    public static Dictionary<string, string>? ReadTags(string? text) => text is null ? null : Read(text, Default.DictionaryStringString, "tags");

    private static T Read<T>(string text, JsonTypeInfo<T> type, string what)
    {
        try
        {
            return JsonSerializer.Deserialize(text, type) ?? throw new InvalidDataException($"The stored {what} can't be read: it is null.");
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)   // the second: it does not say which event it is
        {
            throw new InvalidDataException($"The stored {what} can't be read: {e.Message}", e);
        }
    }
}
