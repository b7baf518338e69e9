using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ToolboxAI.Tests.Bicep;

/// <summary>
/// The functions of Bicep that the templates use: how many arguments they take
/// (learn.microsoft.com/azure/azure-resource-manager/bicep/bicep-functions) and what they give. Ids and hashes are not Azure's, but as steady.
/// </summary>
public static class BuiltIns
{
    /// <summary>Each function's least and greatest number of arguments.</summary>
    public static IReadOnlyDictionary<string, (int Least, int Most)> Arguments { get; } = new Dictionary<string, (int, int)>
    {
        ["allowed"] = (1, 1),
        ["batchSize"] = (1, 1),
        ["contains"] = (2, 2),
        ["description"] = (1, 1),
        ["empty"] = (1, 1),
        ["environment"] = (0, 0),
        ["export"] = (0, 0),
        ["filter"] = (2, 2),
        ["guid"] = (1, int.MaxValue),
        ["items"] = (1, 1),
        ["join"] = (2, 2),
        ["length"] = (1, 1),
        ["loadTextContent"] = (1, 2),
        ["map"] = (2, 2),
        ["mapValues"] = (2, 2),
        ["max"] = (1, int.MaxValue),
        ["maxLength"] = (1, 1),
        ["maxValue"] = (1, 1),
        ["minLength"] = (1, 1),
        ["minValue"] = (1, 1),
        ["readEnvironmentVariable"] = (1, 2),
        ["resourceId"] = (2, int.MaxValue),
        ["sealed"] = (0, 0),
        ["split"] = (2, 2),
        ["subscription"] = (0, 0),
        ["subscriptionResourceId"] = (2, int.MaxValue),
        ["take"] = (2, 2),
        ["tenant"] = (0, 0),
        ["toLower"] = (1, 1),
        ["toObject"] = (2, 3),
        ["union"] = (1, int.MaxValue),
        ["uniqueString"] = (1, int.MaxValue),
    };

    /// <summary>Calls a function.</summary>
    /// <param name="name">Which.</param>
    /// <param name="arguments">Values; lambdas are <c>Func&lt;object?, object?&gt;</c>.</param>
    /// <param name="scope">Where: what files are beside the template, and which environment variables are set.</param>
    public static object? Call(string name, IReadOnlyList<object?> arguments, Scope scope) => name switch
    {
        "contains" => Contains(arguments[0], Values.Text(arguments[1])),
        "empty" => arguments[0] is null or "" or List<object?> { Count: 0 } or Dictionary<string, object?> { Count: 0 },
        "environment" => Object(("name", "AzureCloud"), ("suffixes", Object(("storage", "core.windows.net")))),
        "filter" => Values.List(arguments[0]).Where(item => Lambda(arguments[1])(item) is true).ToList(),
        "guid" => new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(Joined(arguments)))[..16]).ToString(),
        "items" => Values.Properties(arguments[0]).Select(item => (object?)Object(("key", item.Key), ("value", item.Value))).ToList(),
        "join" => string.Join(Values.Text(arguments[1]), Values.List(arguments[0]).Select(Values.Text)),
        "length" => arguments[0] switch { string text => text.Length, List<object?> list => list.Count, _ => (long)Values.Properties(arguments[0]).Count },
        "loadTextContent" => scope.ReadFile(Values.Text(arguments[0])),
        "map" => Values.List(arguments[0]).Select(Lambda(arguments[1])).ToList(),
        "mapValues" => Values.Properties(arguments[0]).ToDictionary(item => item.Key, item => Lambda(arguments[1])(item.Value)),
        "max" => arguments.Max(argument => (long)argument!),
        "readEnvironmentVariable" => scope.OnlyNeededVariables && arguments.Count == 2 ? arguments[1] : $"<{arguments[0]}>",
        "resourceId" => $"<group>/{Joined(arguments)}",
        "split" => Values.Text(arguments[0]).Split(Values.Text(arguments[1])).Select(part => (object?)part).ToList(),
        "subscription" => Object(("subscriptionId", "00000000-0000-0000-0000-000000000001"), ("id", "/subscriptions/00000000-0000-0000-0000-000000000001")),
        "subscriptionResourceId" => $"<subscription>/{Joined(arguments)}",
        "take" => arguments[0] is string text ? text[..(int)Math.Min(text.Length, (long)arguments[1]!)] : Values.List(arguments[0]).Take((int)(long)arguments[1]!).ToList(),
        "tenant" => Object(("tenantId", "00000000-0000-0000-0000-000000000002")),
        "toLower" => Values.Text(arguments[0]).ToLowerInvariant(),
        "toObject" => Values.List(arguments[0]).ToDictionary(item => Values.Text(Lambda(arguments[1])(item)), item => arguments.Count == 3 ? Lambda(arguments[2])(item) : item),
        "union" => arguments.SelectMany(argument => Values.Properties(argument)).GroupBy(item => item.Key).ToDictionary(same => same.Key, same => same.Last().Value),
        "uniqueString" => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Joined(arguments))))[..13],
        _ => throw new BicepException($"{name} is not evaluated here"),
    };

    private static bool Contains(object? where, string what) => where switch
    {
        string text => text.Contains(what, StringComparison.Ordinal),
        List<object?> list => list.Exists(item => Values.Text(item) == what),
        _ => Values.Properties(where).ContainsKey(what),
    };

    private static Func<object?, object?> Lambda(object? value) => value as Func<object?, object?> ?? throw new BicepException("a lambda is wanted here");

    private static string Joined(IEnumerable<object?> values) => string.Join('/', values.Select(Values.Text));

    private static Dictionary<string, object?> Object(params (string Name, object? Value)[] properties) => properties.ToDictionary(property => property.Name, property => property.Value);
}

/// <summary>A template can't be evaluated; the message says why.</summary>
public sealed class BicepException(string message) : Exception(message);

/// <summary>Values of Bicep: text, <c>long</c>, <c>bool</c>, null, lists and objects.</summary>
public static class Values
{
    /// <summary>As text.</summary>
    public static string Text(object? value) => value switch
    {
        string text => text,
        bool flag => flag ? "true" : "false",
        long number => number.ToString(CultureInfo.InvariantCulture),
        _ => throw new BicepException($"a text is wanted, not {KindOf(value)}"),
    };

    /// <summary>As list.</summary>
    public static List<object?> List(object? value) => value as List<object?> ?? throw new BicepException($"an array is wanted, not {KindOf(value)}");

    /// <summary>As object.</summary>
    public static Dictionary<string, object?> Properties(object? value) =>
        value as Dictionary<string, object?> ?? throw new BicepException($"an object is wanted, not {KindOf(value)}");

    /// <summary>Bicep's name of a value's kind.</summary>
    public static string KindOf(object? value) => value switch
    {
        null => "null",
        string => "string",
        long => "int",
        bool => "bool",
        List<object?> => "array",
        Dictionary<string, object?> => "object",
        _ => value.GetType().Name,
    };

    /// <summary>The value at a path of names with dots, of an object of objects; nothing where it ends.</summary>
    public static object? At(object? value, string path)
    {
        foreach (var name in path.Split('.'))
        {
            value = value is Dictionary<string, object?> properties ? properties.GetValueOrDefault(name) : null;
        }

        return value;
    }
}

/// <summary>A loop's parts.</summary>
public static class Loop
{
    /// <summary>What it runs over.</summary>
    public static BicepNode CollectionOf(BicepNode loop) => loop.Parts.First(part => part.Field == "" && part.Type != "for_loop_parameters");

    /// <summary>Its variable and, where it has one, its index.</summary>
    public static IReadOnlyList<string> NamesOf(BicepNode loop) =>
        [.. (loop.First("for_loop_parameters")?.Parts ?? [loop.Part("initializer")!]).Select(part => part.Text)];
}
