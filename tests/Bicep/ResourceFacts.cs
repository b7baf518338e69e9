using System.Text.RegularExpressions;
using System.Xml;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Bicep;

/// <summary>What is known of a property.</summary>
/// <param name="Kind"><c>string</c>, <c>int</c>, <c>duration</c> (ISO 8601), <c>bool</c>, <c>object</c>, <c>any</c> or literals parted by <c>|</c>.</param>
/// <param name="IsRequired">It must be given.</param>
/// <param name="IsReadOnly">Azure answers it; it cannot be given.</param>
/// <param name="Least">The least length, value or duration; empty for none.</param>
/// <param name="Most">The greatest.</param>
public sealed record PropertyFact(string Kind, bool IsRequired, bool IsReadOnly, string Least = "", string Most = "");

/// <summary>What is known of a resource type in one version.</summary>
public sealed record TypeFacts(string Type, string Version, Dictionary<string, PropertyFact> Properties)
{
    /// <summary>Where it was read: repository, path and commit.</summary>
    public string Source { get; set; } = "";

    /// <summary>What a diagnostic setting can send: <c>logs</c>, <c>metrics</c>; or <c>none:</c> and why.</summary>
    public string Diagnostics { get; set; } = "";

    /// <summary>Was there no newer stable version when it was read?</summary>
    public bool IsNewest { get; set; }

    /// <summary>A property, or an object that holds known ones; nothing when it is neither.</summary>
    public PropertyFact? At(string path) =>
        Properties.GetValueOrDefault(path) ?? (Properties.Keys.Any(known => known.StartsWith(path + ".", StringComparison.Ordinal)) ? new("object", false, false) : null);

    /// <summary>Are other properties than the listed possible here, such as tags?</summary>
    public bool IsOpen(string path) => At(path + ".{}") is not null;
}

/// <summary>The hand-written file <c>resource-facts.txt</c>.</summary>
public sealed partial class ResourceFacts
{
    private readonly Dictionary<string, TypeFacts> types = new(StringComparer.OrdinalIgnoreCase);

    private ResourceFacts(IEnumerable<string> lines)
    {
        TypeFacts? type = null;
        foreach (var line in lines.Where(line => line.Length > 0 && !line.TrimStart().StartsWith('#')))
        {
            if (line[0] != ' ')
            {
                var parts = line.Split('@');
                types.Add(line, type = new(parts[0], parts[1], []));
            }
            else if (line.StartsWith("  = ", StringComparison.Ordinal))
            {
                Tell(type!, line[4..]);
            }
            else
            {
                var property = PropertyLine().Match(line);
                var mark = property.Groups["mark"].Value;
                type!.Properties.Add(property.Groups["path"].Value,
                    new(property.Groups["kind"].Value, mark == "!", mark == "~", property.Groups["least"].Value, property.Groups["most"].Value));
            }
        }
    }

    private static void Tell(TypeFacts type, string what)
    {
        var value = what[(what + " ").IndexOf(' ')..].Trim();
        switch (what.Split(' ')[0])
        {
            case "source":
                type.Source = value;
                break;
            case "diagnostics":
                type.Diagnostics = value;
                break;
            case "newest":
                type.IsNewest = true;
                break;
            default:
                throw new InvalidDataException($"resource-facts.txt: '= {what}' means nothing.");
        }
    }

    /// <summary>The facts.</summary>
    public static ResourceFacts Instance { get; } = new(File.ReadLines(Path.Combine(Repository.Root, "tests", "Bicep", "resource-facts.txt")));

    /// <summary>The known types with their versions.</summary>
    public IEnumerable<TypeFacts> Known => types.Values;

    /// <summary>A type in a version, or nothing.</summary>
    public TypeFacts? Find(string type, string version) => types.GetValueOrDefault($"{type}@{version}");

    /// <summary>What is wrong with a resource.</summary>
    public IEnumerable<Finding> Check(DeployedResource resource)
    {
        if (Find(resource.Type, resource.Version) is not { } facts)
        {
            return [new(resource.File, resource.Line, $"nothing is known of {resource.Type}@{resource.Version}")];
        }

        var missing = facts.Properties.Where(property => property.Value.IsRequired && !Given(resource.Body, property.Key.Split('.'))).Select(property => $"{property.Key} is missing");
        var wrong = resource.Body.SelectMany(property => Check(facts, property.Key, property.Value));
        return missing.Concat(wrong).Select(message => new Finding(resource.File, resource.Line, $"{resource.Type} {resource.Name}: {message}"));
    }

    private static bool Given(object? value, ReadOnlySpan<string> path)
    {
        if (path.Length == 0)
        {
            return value is not null;
        }

        if (path[0] == "[]")
        {
            foreach (var item in value as List<object?> ?? [])
            {
                if (!Given(item, path[1..]))
                {
                    return false;
                }
            }

            return value is List<object?> { Count: > 0 };
        }

        return value is Dictionary<string, object?> properties && Given(properties.GetValueOrDefault(path[0]), path[1..]);
    }

    private static IEnumerable<string> Check(TypeFacts facts, string path, object? value)
    {
        switch (value)
        {
            case null:
                return facts.At(path) is null && !facts.IsOpen(path) ? [$"{path} is unknown"] : [];
            case Dictionary<string, object?> properties when facts.At(path) is { Kind: "object" } || facts.IsOpen(path):
                return properties.SelectMany(property =>
                    facts.At($"{path}.{property.Key}") is null && facts.IsOpen(path) ? Check(facts, $"{path}.{{}}", property.Value) : Check(facts, $"{path}.{property.Key}", property.Value));
            case List<object?> list when facts.At(path + ".[]") is not null:
                return list.SelectMany(item => Check(facts, path + ".[]", item));
        }

        return facts.At(path) switch
        {
            null => [$"{path} is unknown"],
            { IsReadOnly: true } => [$"{path} cannot be given"],
            var fact => Fits(value, fact) ? [] : [$"{path} is {Shown(value)}, not {fact.Kind}{(fact.Least.Length > 0 ? $" {fact.Least}..{fact.Most}" : "")}"],
        };
    }

    private static string Shown(object value) => value is string text ? $"'{text}'" : value is long number ? $"{number}" : Values.KindOf(value);

    private static bool Fits(object value, PropertyFact fact) => fact.Kind switch
    {
        "any" => true,
        "duration" => value is string text && Duration().IsMatch(text) && (fact.Least.Length == 0 || (XmlConvert.ToTimeSpan(text) >= XmlConvert.ToTimeSpan(fact.Least) && XmlConvert.ToTimeSpan(text) <= XmlConvert.ToTimeSpan(fact.Most))),
        "string" or "int" when fact.Least.Length > 0 => Values.KindOf(value) == fact.Kind && (value is long number ? number : ((string)value).Length) is var size && size >= long.Parse(fact.Least) && size <= long.Parse(fact.Most),
        ['\'', ..] => value is string text && fact.Kind.Split(" | ").Contains($"'{text}'"),
        _ => fact.Kind == Values.KindOf(value),
    };

    [GeneratedRegex(@"^\s+(?<mark>[!~]?)(?<path>.+?): (?<kind>'.*'|\w+)( (?<least>\w+)\.\.(?<most>\w+))?$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PropertyLine();

    [GeneratedRegex(@"^P(?=.)(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+S)?)?$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Duration();
}
