using System.Text.Json;
using System.Text.Json.Nodes;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Local.SendGrid;

/// <summary>The official description of the mail API; checks nothing where <c>../shared</c> is absent.</summary>
internal static class OfficialDescription
{
    private static readonly Lazy<JsonNode?> Document = new(() =>
        Repository.Contracts is { } contracts && File.Exists(Path.Combine(contracts, "sendgrid", "tsg_mail_v3.json"))
            ? JsonNode.Parse(File.ReadAllText(Path.Combine(contracts, "sendgrid", "tsg_mail_v3.json")))
            : null);

    /// <summary>Checks an answer's body against what the description says of its status; a status that it leaves out has the form of the others.</summary>
    public static void Validate(string path, string method, int status, JsonElement body)
    {
        if (Document.Value is { } document)
        {
            var answers = document["paths"]![path]![method]!["responses"]!;
            var answer = Resolve(document, answers[status.ToString()] ?? answers["400"]!);
            Assert.Empty(Errors(document, answer["content"]!["application/json"]!["schema"]!, body, "$"));
        }
    }

    /// <summary>The description's own example of a mail; nothing where <c>../shared</c> is absent.</summary>
    public static JsonNode? ExampleOfRequest(string name) =>
        Document.Value?["components"]!["requestBodies"]!["PostMailSend"]!["content"]!["application/json"]!["examples"]![name]!["value"]!.DeepClone();

    private static JsonNode Resolve(JsonNode document, JsonNode node) =>
        node["$ref"] is { } reference
            ? Resolve(document, reference.GetValue<string>()[2..].Split('/').Aggregate(document, (at, name) => at[name.Replace("~1", "/", StringComparison.Ordinal)]!))
            : node;

    private static IEnumerable<string> Errors(JsonNode document, JsonNode schemaOrReference, JsonElement value, string where)
    {
        var schema = Resolve(document, schemaOrReference);
        if (schema["type"]?.GetValue<string>() is { } type && !IsOf(type, value))
        {
            return [$"{where}: {value.ValueKind} is no {type}"];
        }

        if (schema["enum"] is JsonArray allowed && !allowed.Any(one => one!.ToJsonString() == value.GetRawText()))
        {
            return [$"{where}: {value} is none of {allowed.ToJsonString()}"];
        }

        if (value.ValueKind is JsonValueKind.Array && schema["items"] is { } items)
        {
            return value.EnumerateArray().SelectMany((item, i) => Errors(document, items, item, $"{where}[{i}]"));
        }

        if (value.ValueKind is not JsonValueKind.Object)
        {
            return [];
        }

        var missing = (schema["required"]?.AsArray() ?? []).Select(name => name!.GetValue<string>())
            .Where(name => !value.TryGetProperty(name, out _)).Select(name => $"{where}: {name} is missing");
        var wrong = value.EnumerateObject().SelectMany(member => schema["properties"]?[member.Name] is { } of
            ? Errors(document, of, member.Value, $"{where}.{member.Name}")
            : []);
        return missing.Concat(wrong);
    }

    private static bool IsOf(string type, JsonElement value) => type switch
    {
        "object" => value.ValueKind is JsonValueKind.Object,
        "array" => value.ValueKind is JsonValueKind.Array,
        "string" => value.ValueKind is JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "integer" => value.ValueKind is JsonValueKind.Number && value.TryGetInt64(out _),
        "number" => value.ValueKind is JsonValueKind.Number,
        _ => false,
    };
}
