using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace ToolboxAI.Local.Simulators.Stripe;

/// <summary>Reading and making objects in the API's form.</summary>
internal static class StripeJson
{
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    /// <summary>A new id such as <c>in_1Qx…</c>.</summary>
    public static string NewId(string prefix) => prefix + "_1" + RandomNumberGenerator.GetString(Alphabet, 23);

    public static string? Text(this JsonNode? node, string name) => node?[name]?.GetValue<string>();

    /// <summary>A whole number, whether it was read from JSON or set by us as an <c>int</c> or a <c>long</c>; 0 for null.</summary>
    public static long Number(this JsonNode? node, string name) => node?[name] switch
    {
        null => 0,
        JsonValue value when value.TryGetValue<long>(out var number) => number,
        var other => other.GetValue<int>(),
    };

    public static bool Flag(this JsonNode? node, string name) => node?[name]?.GetValue<bool>() ?? false;

    public static string Id(this JsonNode node) => node["id"]!.GetValue<string>();

    public static DateTimeOffset Time(this JsonNode node, string name) => DateTimeOffset.FromUnixTimeSeconds(node.Number(name));

    public static JsonObject Child(this JsonNode node, string name) => (JsonObject)node[name]!;

    public static JsonObject Copy(this JsonObject node) => (JsonObject)node.DeepClone();

    /// <summary>A whole list, as it stands inside another object.</summary>
    public static JsonObject List(string url, IEnumerable<JsonObject> items, bool hasMore = false) => new()
    {
        ["object"] = "list",
        ["data"] = new JsonArray(items.Select(i => (JsonNode)i).ToArray()),
        ["has_more"] = hasMore,
        ["url"] = url,
    };

    /// <summary>The objects of a list.</summary>
    public static IEnumerable<JsonObject> Items(this JsonNode list) => list["data"]!.AsArray().Select(i => (JsonObject)i!);

    /// <summary>The object without what only the simulator knows of it (names that start with an underscore).</summary>
    public static JsonObject Public(JsonObject stored)
    {
        var shown = stored.Copy();
        foreach (var hidden in shown.Select(m => m.Key).Where(k => k.StartsWith('_')).ToList())
        {
            shown.Remove(hidden);
        }

        return shown;
    }

    public static JsonObject EmptyAddress() => new()
    {
        ["city"] = null,
        ["country"] = null,
        ["line1"] = null,
        ["line2"] = null,
        ["postal_code"] = null,
        ["state"] = null,
    };
}
