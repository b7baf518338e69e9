namespace ToolboxAI.Tests.Bicep;

/// <summary>Whether a value is what a parameter's type and decorators ask for.</summary>
public static class ParameterTypes
{
    /// <summary>What is wrong with the value; nothing when it fits.</summary>
    public static IEnumerable<string> Check(object? value, Declaration parameter, BicepFolder folder, BicepTemplate template) =>
        Fits(value, parameter.DeclaredType!, parameter.Name, folder, template).Concat(Bounds(value, parameter.Name, parameter.Decorators));

    private static IEnumerable<string> Bounds(object? value, string name, IReadOnlyDictionary<string, BicepNode> decorators)
    {
        long? Bound(string decorator) => decorators.TryGetValue(decorator, out var call) ? long.Parse(call.Part("arguments")!.Parts.First().Text) : null;
        var size = value switch { string text => text.Length, List<object?> list => list.Count, _ => (long?)null };
        if (size < Bound("minLength") || size > Bound("maxLength"))
        {
            yield return $"{name} has the length {size}, out of bounds";
        }

        if (value is long number && (number < Bound("minValue") || number > Bound("maxValue")))
        {
            yield return $"{name} is {number}, out of bounds";
        }

        if (decorators.TryGetValue("allowed", out var allowed) && allowed.Descendants().All(node => node.Literal != value as string))
        {
            yield return $"{name} is {value}, which is not allowed";
        }
    }

    private static IEnumerable<string> Fits(object? value, BicepNode type, string name, BicepFolder folder, BicepTemplate template)
    {
        switch (type.Type)
        {
            case "type" or "parenthesized_type":
                return Fits(value, type.Parts.First(), name, folder, template);
            case "nullable_type":
                return value is null ? [] : Fits(value, type.Parts.First(), name, folder, template);
            case "union_type":
                return type.Parts.Any(part => !Fits(value, part, name, folder, template).Any()) ? [] : [$"{name} is {value}, none of its values"];
            case "string":
                return value as string == type.Literal ? [] : [$"{name} is not '{type.Literal}'"];
            case "number":
                return value is long number && number == long.Parse(type.Text) ? [] : [$"{name} is not {type.Text}"];
            case "primitive_type":
                var wanted = type.Children[0].Text;
                return Values.KindOf(value) == wanted ? [] : [$"{name} is {Values.KindOf(value)}, not {wanted}"];
            case "array_type":
                return value is List<object?> list
                    ? list.SelectMany((item, index) => Fits(item, type.Parts.First(), $"{name}[{index}]", folder, template))
                    : [$"{name} is {Values.KindOf(value)}, not an array"];
            case "object":
                return value is Dictionary<string, object?> properties ? Object(properties, type, name, folder, template) : [$"{name} is {Values.KindOf(value)}, not an object"];
            case "identifier":
                var home = template.Find(type.Text) is null ? folder.Templates[template.Imports.Find(import => import.Name == type.Text).Path] : template;
                return Fits(value, home.Find(type.Text)!.Value!, name, folder, home);
            default:
                return [$"the type of {name} ({type.Type}) is not checked here"];
        }
    }

    /// <summary>The properties of an object type, with what stands above each.</summary>
    public static IEnumerable<(string Name, BicepNode Node, IReadOnlyDictionary<string, BicepNode> Decorators)> Members(BicepNode type)
    {
        var decorators = new Dictionary<string, BicepNode>();
        foreach (var child in type.Children)
        {
            if (child.Type == "decorators")
            {
                decorators = child.Children.SelectMany(decorator => decorator.Parts).ToDictionary(call => call.Part("function")!.Text);
            }
            else if (child.Type == "object_property")
            {
                yield return (child.Parts.First().Text, child, decorators);
                decorators = [];
            }
        }
    }

    private static IEnumerable<string> Object(Dictionary<string, object?> given, BicepNode type, string name, BicepFolder folder, BicepTemplate template)
    {
        var declared = new HashSet<string>();
        foreach (var (property, node, bounds) in Members(type))
        {
            declared.Add(property);
            var propertyType = node.Parts.Last();
            if (!given.TryGetValue(property, out var value))
            {
                if (propertyType.Type != "nullable_type")
                {
                    yield return $"{name} lacks {property}";
                }

                continue;
            }

            foreach (var message in Fits(value, propertyType, $"{name}.{property}", folder, template).Concat(Bounds(value, $"{name}.{property}", bounds)))
            {
                yield return message;
            }
        }

        foreach (var unknown in given.Keys.Where(property => !declared.Contains(property)))
        {
            yield return $"{name} has no property {unknown}";
        }
    }
}
