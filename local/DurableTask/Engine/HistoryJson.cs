using System.Text.Json;
using System.Text.Json.Serialization;

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

    public static EntityState? ReadEntity(string? text) => text is null ? null : JsonSerializer.Deserialize(text, Default.EntityState);

    public static HistoryEvent ReadEvent(string text) => JsonSerializer.Deserialize(text, Default.HistoryEvent)!;

    public static List<HistoryEvent> ReadEvents(string text) => JsonSerializer.Deserialize(text, Default.ListHistoryEvent)!;

    public static Failure? ReadFailure(string? text) => text is null ? null : JsonSerializer.Deserialize(text, Default.Failure);

    public static Dictionary<string, string>? ReadTags(string? text) =>
        text is null ? null : JsonSerializer.Deserialize(text, Default.DictionaryStringString);
}
