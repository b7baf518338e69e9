using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Bicep;

/// <summary>What is known of a property.</summary>
/// <param name="Kind"><c>string</c>, <c>int</c>, <c>bool</c>, <c>object</c>, <c>any</c> or literals parted by <c>|</c>.</param>
/// <param name="IsRequired">It must be given.</param>
/// <param name="IsReadOnly">Azure answers it; it cannot be given.</param>
public sealed record PropertyFact(string Kind, bool IsRequired, bool IsReadOnly);

/// <summary>What is known of a resource type in one version.</summary>
public sealed record TypeFacts(string Type, string Version, Dictionary<string, PropertyFact> Properties)
{
    /// <summary>A property, or an object that holds known ones; nothing when it is neither.</summary>
    public PropertyFact? At(string path) =>
        Properties.GetValueOrDefault(path) ?? (Properties.Keys.Any(known => known.StartsWith(path + ".", StringComparison.Ordinal)) ? new("object", false, false) : null);

    /// <summary>Are other properties than the listed possible here, such as tags?</summary>
    public bool IsOpen(string path) => At(path + ".{}") is not null;
}

/// <summary>The hand-written file <c>resource-facts.txt</c>.</summary>
public sealed class ResourceFacts
{
    private readonly Dictionary<string, TypeFacts> types = new(StringComparer.OrdinalIgnoreCase);

    private ResourceFacts(IEnumerable<string> lines)
    {
        TypeFacts? type = null;
        foreach (var line in lines.Where(line => line.Length > 0 && !line.StartsWith('#') && !line.StartsWith("source ", StringComparison.Ordinal)))
        {
            if (line[0] != ' ')
            {
                var parts = line.Split('@');
                types.Add(line, type = new(parts[0], parts[1], []));
            }
            else
            {
                var (name, kind) = (line.Split(": ")[0].Trim(), line[(line.IndexOf(": ", StringComparison.Ordinal) + 2)..].Trim());
                type!.Properties.Add(name.TrimStart('!', '~'), new(kind, name[0] == '!', name[0] == '~'));
            }
        }
    }

    /// <summary>The facts.</summary>
    public static ResourceFacts Instance { get; } = new(File.ReadLines(Path.Combine(Repository.Root, "tests", "Bicep", "resource-facts.txt")));

    /// <summary>The known types with their versions.</summary>
    public IEnumerable<string> Known => types.Keys;

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
            { Kind: var kind } => Fits(value, kind) ? [] : [$"{path} is {(value is string text ? $"'{text}'" : Values.KindOf(value))}, not {kind}"],
        };
    }

    private static bool Fits(object value, string kind) =>
        kind == "any" || kind == Values.KindOf(value) || (kind[0] == '\'' && value is string text && kind.Split(" | ").Contains($"'{text}'"));
}
