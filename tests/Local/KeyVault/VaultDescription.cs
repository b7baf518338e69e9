using System.Text.Json;
using System.Text.Json.Nodes;

namespace ToolboxAI.Tests.Local.KeyVault;

/// <summary>Checks an answer against the description: types, and no member that it does not know.</summary>
internal static class VaultDescription
{
    /// <summary>The compact description has one form for both lists; the service's items of deleted secrets say these too.</summary>
    private static readonly string[] OfDeletedItems = ["recoveryId", "deletedDate", "scheduledPurgeDate"];

    public static void Validate(JsonNode document, string path, string operation, JsonElement body)
    {
        var answer = Resolve(document, document["paths"]![path]![operation]!["responses"]!["200"]!);
        if (answer["content"]?["application/json"]?["schema"] is { } schema)
        {
            var errors = Errors(document, schema, body, "$");
            Assert.Empty(path == "/deletedsecrets" ? errors.Where(error => !Array.Exists(OfDeletedItems, member => error.EndsWith($": {member} is not described", StringComparison.Ordinal))) : errors);
        }
    }

    private static JsonNode Resolve(JsonNode document, JsonNode node) => node["$ref"] is { } reference
        ? Resolve(document, reference.GetValue<string>()[2..].Split('/').Aggregate(document, (at, name) => at[name]!))
        : node;

    private static IEnumerable<string> Errors(JsonNode document, JsonNode schemaOrReference, JsonElement value, string where)
    {
        var schema = Resolve(document, schemaOrReference);
        var known = Properties(document, schema);
        if (value.ValueKind == JsonValueKind.Object && (known.Count > 0 || schema["additionalProperties"] is not null))
        {
            return value.EnumerateObject().SelectMany(member => known.TryGetValue(member.Name, out var of) || (of = schema["additionalProperties"]) is not null
                ? Errors(document, of!, member.Value, $"{where}.{member.Name}")
                : [$"{where}: {member.Name} is not described"]);
        }

        if (value.ValueKind == JsonValueKind.Array && schema["items"] is { } items)
        {
            return value.EnumerateArray().SelectMany((item, i) => Errors(document, items, item, $"{where}[{i}]"));
        }

        return IsOf(schema, value) ? [] : [$"{where}: {value.GetRawText()} is not {schema.ToJsonString()}"];
    }

    private static Dictionary<string, JsonNode> Properties(JsonNode document, JsonNode schema) =>
        (schema["allOf"]?.AsArray().SelectMany(part => Properties(document, Resolve(document, part!))) ?? [])
        .Concat((schema["properties"]?.AsObject() ?? []).Select(property => KeyValuePair.Create(property.Key, property.Value!)))
        .ToDictionary();

    private static bool IsOf(JsonNode schema, JsonElement value) => (string?)schema["type"] switch
    {
        "string" => value.ValueKind == JsonValueKind.String && (schema["enum"] is not { } allowed || allowed.AsArray().Any(one => (string?)one == value.GetString())),
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        _ => false,
    };
}
