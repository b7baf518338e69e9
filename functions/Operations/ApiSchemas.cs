using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using ToolboxAI.Shared.Http;
using ToolboxAI.Shared.Tenants;

namespace ToolboxAI.Functions.Operations;

/// <summary>The schemas of requests and answers, read off their types: one component per type.</summary>
internal sealed class ApiSchemas
{
    private static readonly JsonSchemaExporterOptions Exporter = new()
    {
        TreatNullObliviousAsNonNullable = true,
        TransformSchemaNode = (context, schema) => Known(context.TypeInfo.Type) ?? schema,
    };

    private readonly Dictionary<string, Type> names = [];

    /// <summary>The components so far, by name.</summary>
    public JsonObject Components { get; } = [];

    /// <summary>A reference to a type's component.</summary>
    public JsonObject Of(Type type)
    {
        var name = NameOf(type);
        var reference = $"#/components/schemas/{name}";
        if (names.TryAdd(name, type))
        {
            var schema = Inline(type);
            Rebase(schema, reference);
            Components[name] = schema;
        }
        else if (names[name] != type)
        {
            throw new InvalidOperationException($"Two types of the API are called {name}: {type} and {names[name]}.");
        }

        return new() { ["$ref"] = reference };
    }

    /// <summary>A type's schema itself.</summary>
    public static JsonObject Inline(Type type) => (JsonObject)ApiJson.Options.GetJsonSchemaAsNode(type, Exporter);

    /// <summary>A type that occurs twice in a schema is referred to from the schema's root, which is not the document's.</summary>
    private static void Rebase(JsonNode? node, string root)
    {
        if (node is JsonObject schema)
        {
            if (schema["$ref"] is JsonValue inner)
            {
                schema["$ref"] = root + inner.GetValue<string>()[1..];
            }

            foreach (var (_, child) in schema.ToList())
            {
                Rebase(child, root);
            }
        }
        else if (node is JsonArray list)
        {
            foreach (var child in list)
            {
                Rebase(child, root);
            }
        }
    }

    private static string NameOf(Type type) => type.IsGenericType
        ? string.Concat(type.GetGenericArguments().Select(NameOf)) + type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]
        : type.Name;

    /// <summary>Types whose converters hide their form.</summary>
    private static JsonObject? Known(Type type) =>
        type == typeof(DateTimeOffset) ? new() { ["type"] = "string", ["format"] = "date-time" }
        : type == typeof(DateTimeOffset?) ? new() { ["type"] = new JsonArray("string", "null"), ["format"] = "date-time" }
        : type == typeof(TenantId) ? new() { ["type"] = "string", ["pattern"] = "^[a-z][a-z0-9_]{1,39}$" }
        : null;
}
