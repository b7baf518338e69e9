using System.Reflection;
using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;
using Microsoft.Azure.Functions.Worker.Http;

namespace ToolboxAI.Local.Functions;

/// <summary>Reads the bindings of a method: what the official SDK writes into <c>functions.metadata</c> at build time.</summary>
internal static class BindingReader
{
    private const string Return = "$return";

    public static List<LocalBinding> Read(MethodInfo method)
    {
        var bindings = new List<LocalBinding>();
        foreach (var parameter in method.GetParameters())
        {
            foreach (var data in parameter.CustomAttributes.Where(a => typeof(BindingAttribute).IsAssignableFrom(a.AttributeType)))
            {
                bindings.Add(Describe(parameter.Name!, BindingDirection.In, data, Instance(parameter, data)));
            }
        }

        bindings.Sort((a, b) => IsTrigger(b).CompareTo(IsTrigger(a)));
        bindings.AddRange(Outputs(method, isHttp: bindings.Exists(b => b.Type == "httpTrigger")));
        return bindings;

        static bool IsTrigger(LocalBinding binding) => binding.Attribute is TriggerBindingAttribute;
        static BindingAttribute Instance(ParameterInfo parameter, CustomAttributeData data) =>
            (BindingAttribute)parameter.GetCustomAttribute(data.AttributeType)!;
    }

    private static IEnumerable<LocalBinding> Outputs(MethodInfo method, bool isHttp)
    {
        var onMethod = method.CustomAttributes.FirstOrDefault(IsOutput);
        if (onMethod is not null)
        {
            yield return Describe(Return, BindingDirection.Out, onMethod, (BindingAttribute)method.GetCustomAttribute(onMethod.AttributeType)!);
        }

        var returned = Unwrap(method.ReturnType);
        if (returned is null)
        {
            yield break;
        }

        var http = onMethod is not null;
        var several = false;
        foreach (var property in returned.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (property.CustomAttributes.FirstOrDefault(IsOutput) is { } data)
            {
                several = true;
                http |= data.AttributeType == typeof(HttpResultAttribute);
                yield return Describe(property.Name, BindingDirection.Out, data, (BindingAttribute)property.GetCustomAttribute(data.AttributeType)!);
            }
            else if (isHttp && property.PropertyType == typeof(HttpResponseData) && !typeof(HttpResponseData).IsAssignableFrom(returned))
            {
                several = http = true;
                yield return new(property.Name, "http", BindingDirection.Out, null, NoProperties);
            }
        }

        if (isHttp && !http && !several)
        {
            yield return new(Return, "http", BindingDirection.Out, null, NoProperties);
        }
    }

    private static IReadOnlyDictionary<string, object?> NoProperties { get; } = new Dictionary<string, object?>();

    private static bool IsOutput(CustomAttributeData data) => typeof(OutputBindingAttribute).IsAssignableFrom(data.AttributeType);

    private static Type? Unwrap(Type type)
    {
        if (type == typeof(void) || type == typeof(Task) || type == typeof(ValueTask))
        {
            return null;
        }

        var isTask = type.IsGenericType && (type.GetGenericTypeDefinition() == typeof(Task<>) || type.GetGenericTypeDefinition() == typeof(ValueTask<>));
        return isTask ? type.GetGenericArguments()[0] : type;
    }

    private static LocalBinding Describe(string name, BindingDirection direction, CustomAttributeData data, BindingAttribute attribute)
    {
        var properties = new Dictionary<string, object?>();
        var type = data.AttributeType;
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
        {
            if (property.GetCustomAttribute<DefaultValueAttribute>() is not null)
            {
                properties[MetadataName(property)] = Value(property.GetValue(attribute));
            }
        }

        var parameters = data.Constructor.GetParameters();
        for (var i = 0; i < parameters.Length; i++)
        {
            var property = type.GetProperty(parameters[i].Name!, BindingFlags.Public | BindingFlags.Instance | BindingFlags.IgnoreCase);
            if (property is not null && property.GetValue(attribute) is { } value)
            {
                properties[MetadataName(property)] = Value(value);
            }
        }

        foreach (var named in data.NamedArguments)
        {
            if (named.MemberInfo is PropertyInfo property)
            {
                properties[MetadataName(property)] = Value(property.GetValue(attribute));
            }
        }

        if (properties.Remove("isBatched") || attribute is ISupportCardinality)
        {
            properties["cardinality"] = ((ISupportCardinality)attribute).Cardinality.ToString();
        }

        return new(name, BindingType(type), direction, attribute, properties);
    }

    private static object? Value(object? value) => value is Enum name ? name.ToString() : value;

    private static string MetadataName(PropertyInfo property) =>
        property.GetCustomAttribute<BindingPropertyNameAttribute>()?.BindingPropertyName ?? JsonNamingPolicy.CamelCase.ConvertName(property.Name);

    private static string BindingType(Type attributeType)
    {
        if (attributeType == typeof(HttpResultAttribute))
        {
            return "http";
        }

        var name = attributeType.Name[..^"Attribute".Length];
        var suffix = typeof(OutputBindingAttribute).IsAssignableFrom(attributeType) ? "Output"
            : typeof(InputBindingAttribute).IsAssignableFrom(attributeType) ? "Input" : "";
        return JsonNamingPolicy.CamelCase.ConvertName(suffix.Length > 0 && name.EndsWith(suffix, StringComparison.Ordinal) ? name[..^suffix.Length] : name);
    }
}
