using System.Collections.Immutable;
using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Converters;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace ToolboxAI.Local.Functions;

/// <summary>Finds the functions of an application.</summary>
public static class FunctionDiscovery
{
    /// <summary>
    /// The functions of <paramref name="application"/> and of every assembly that it references, directly or not, sorted by name.
    /// Only public methods count, as on the real host.
    /// </summary>
    /// <exception cref="InvalidOperationException">Two functions have the same name, or one has no trigger or more than one.</exception>
    public static IReadOnlyList<LocalFunction> Discover(Assembly application) => Discover(WithReferences(application).SelectMany(Types));

    /// <summary>The functions of the given classes, sorted by name.</summary>
    /// <exception cref="InvalidOperationException">Two functions have the same name, or one has no trigger or more than one.</exception>
    public static IReadOnlyList<LocalFunction> Discover(IEnumerable<Type> classes)
    {
        const BindingFlags Public = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        var functions = new SortedDictionary<string, LocalFunction>(StringComparer.OrdinalIgnoreCase);
        foreach (var method in classes.Where(type => type.IsClass).SelectMany(type => type.GetMethods(Public)))
        {
            if (method.GetCustomAttribute<FunctionAttribute>() is not { } attribute)
            {
                continue;
            }

            if (functions.TryGetValue(attribute.Name, out var other))
            {
                throw new InvalidOperationException(
                    $"Two functions are named '{attribute.Name}': {other.EntryPoint} and {method.DeclaringType}.{method.Name}.");
            }

            functions.Add(attribute.Name, Describe(attribute.Name, method));
        }

        return [.. functions.Values];
    }

    internal static IEnumerable<Assembly> WithReferences(Assembly application)
    {
        var seen = new Dictionary<string, Assembly>(StringComparer.Ordinal) { [application.GetName().Name!] = application };
        var left = new Queue<Assembly>([application]);
        while (left.TryDequeue(out var assembly))
        {
            foreach (var name in assembly.GetReferencedAssemblies().Where(n => !seen.ContainsKey(n.Name!) && !IsPlatform(n.Name!)))
            {
                var reference = Assembly.Load(name);
                seen.Add(name.Name!, reference);
                left.Enqueue(reference);
            }
        }

        return seen.Values;

        static bool IsPlatform(string name) => name.StartsWith("System.", StringComparison.Ordinal)
            || name.StartsWith("Microsoft.", StringComparison.Ordinal) || name is "System" or "netstandard" or "mscorlib";
    }

    private static IEnumerable<Type> Types(Assembly assembly)
    {
        var worker = typeof(FunctionAttribute).Assembly.GetName().Name;
        return assembly.GetReferencedAssemblies().Any(r => r.Name == worker) ? assembly.GetTypes() : [];
    }

    private static LocalFunction Describe(string name, MethodInfo method)
    {
        var bindings = BindingReader.Read(method);
        if (bindings.Count(b => b.Attribute is TriggerBindingAttribute) != 1)
        {
            throw new InvalidOperationException($"The function '{name}' ({method.DeclaringType}.{method.Name}) must have exactly one trigger.");
        }

        return new(name, method, bindings, [.. method.GetParameters().Select(parameter => Describe(parameter, bindings))]);
    }

    private static FunctionParameter Describe(ParameterInfo parameter, IEnumerable<LocalBinding> bindings)
    {
        var properties = ImmutableDictionary<string, object>.Empty;
        if (bindings.FirstOrDefault(b => b.Direction == BindingDirection.In && b.Name == parameter.Name)?.Attribute is { } binding)
        {
            properties = properties.Add(ConverterContextExtensions.BindingAttribute, binding);
        }

        if (parameter.GetCustomAttribute<InputConverterAttribute>() is { } converter)
        {
            properties = properties.Add("converterType", converter.ConverterType);
        }

        return new(parameter.Name!, parameter.ParameterType, parameter.HasDefaultValue, parameter.HasDefaultValue ? parameter.DefaultValue : null, properties);
    }
}
