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

    /// <summary>The components so far, by name.</summary>
    public JsonObject Components { get; } = [];

    /// <summary>A reference to a type's component.</summary>
    public JsonObject Of(Type type)
    {
        var name = NameOf(type);
        if (!Components.ContainsKey(name))
        {
            Components[name] = Inline(type);
        }

        return new() { ["$ref"] = $"#/components/schemas/{name}" };
    }

    /// <summary>A type's schema itself.</summary>
    public static JsonObject Inline(Type type) => (JsonObject)ApiJson.Options.GetJsonSchemaAsNode(type, Exporter);

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
