using System.Globalization;
using System.Reflection;

namespace ToolboxAI.Tests.Local.Conformance;

/// <summary>How the listings write types, values and constraints.</summary>
internal static class ApiNames
{
    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(string)] = "string",
        [typeof(object)] = "object",
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(sbyte)] = "sbyte",
        [typeof(short)] = "short",
        [typeof(ushort)] = "ushort",
        [typeof(int)] = "int",
        [typeof(uint)] = "uint",
        [typeof(long)] = "long",
        [typeof(ulong)] = "ulong",
        [typeof(float)] = "float",
        [typeof(double)] = "double",
        [typeof(decimal)] = "decimal",
        [typeof(char)] = "char",
    };

    /// <summary>The type as it is used in a signature.</summary>
    public static string Of(Type type)
    {
        if (Keywords.TryGetValue(type, out var keyword))
        {
            return keyword;
        }

        if (type.IsGenericParameter)
        {
            return type.Name;
        }

        if (type.IsByRef)
        {
            return "ref " + Of(type.GetElementType()!);
        }

        if (type.IsPointer)
        {
            return Of(type.GetElementType()!) + "*";
        }

        if (type.IsArray)
        {
            return Of(type.GetElementType()!) + "[" + new string(',', type.GetArrayRank() - 1) + "]";
        }

        return Nullable.GetUnderlyingType(type) is { } value ? Of(value) + "?" : Qualified(type, type.GetGenericArguments().Select(Of));
    }

    /// <summary>The type as its own declaration names it, with variance and type parameters.</summary>
    public static string Declared(Type type) => Qualified(type, type.GetGenericArguments().Select(parameter =>
    {
        var variance = parameter.GenericParameterAttributes & GenericParameterAttributes.VarianceMask;
        var prefix = variance switch
        {
            GenericParameterAttributes.Covariant => "out ",
            GenericParameterAttributes.Contravariant => "in ",
            _ => "",
        };
        return prefix + parameter.Name;
    }));

    /// <summary><c>namespace|Outer.Name</c>, without type parameters.</summary>
    public static string Key(Type type) => $"{type.Namespace}|{Nested(type)}";

    public static string Simple(Type type) => type.Name.Split('`')[0];

    public static string Constraints(IEnumerable<Type> parameters) => string.Concat(parameters.Where(type => type.IsGenericParameter).Select(parameter =>
    {
        var attributes = parameter.GenericParameterAttributes;
        var isStruct = attributes.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint);
        List<string> all = [];
        if (attributes.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint))
        {
            all.Add("class");
        }

        if (isStruct)
        {
            all.Add("struct");
        }

        all.AddRange(parameter.GetGenericParameterConstraints().Where(type => type != typeof(ValueType)).Select(Of));
        if (!isStruct && attributes.HasFlag(GenericParameterAttributes.DefaultConstructorConstraint))
        {
            all.Add("new()");
        }

        return all.Count == 0 ? "" : $" where {parameter.Name} : {string.Join(", ", all)}";
    }));

    public static string Literal(object? value, Type type)
    {
        if (value is null or DBNull or Missing)
        {
            var isPlainStruct = type.IsValueType && Nullable.GetUnderlyingType(type) is null;
            return type.IsGenericParameter || isPlainStruct ? "default" : "null";
        }

        var enumeration = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsEnum)
        {
            var field = EnumFields(enumeration).FirstOrDefault(field => Equals(field.GetRawConstantValue(), value));
            return field is null ? $"({Of(type)}){value}" : $"{Of(type)}.{field.Name}";
        }

        return value switch
        {
            string text => $"\"{text}\"",
            char character => $"'{character}'",
            bool flag => flag ? "true" : "false",
            _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        };
    }

    /// <summary>An attribute's argument: flags as their names.</summary>
    public static string Argument(CustomAttributeTypedArgument argument)
    {
        if (!argument.ArgumentType.IsEnum)
        {
            return Literal(argument.Value, argument.ArgumentType);
        }

        var value = Convert.ToInt64(argument.Value, CultureInfo.InvariantCulture);
        var fields = EnumFields(argument.ArgumentType)
            .Select(field => (field.Name, Value: Convert.ToInt64(field.GetRawConstantValue(), CultureInfo.InvariantCulture))).ToList();
        var exact = fields.Where(field => field.Value == value).Take(1).ToList();
        var named = exact.Count > 0
            ? exact
            : fields.Where(field => field.Value != 0 && (field.Value & (field.Value - 1)) == 0 && (value & field.Value) == field.Value);
        return string.Join(" | ", named.Select(field => $"{Simple(argument.ArgumentType)}.{field.Name}"));
    }

    public static IEnumerable<FieldInfo> EnumFields(Type type) => type.GetFields(BindingFlags.Public | BindingFlags.Static);

    private static string Nested(Type type) => type.DeclaringType is { } outer ? Nested(outer) + "." + Simple(type) : Simple(type);

    /// <summary>Namespace and name; type arguments stand with the type of the nesting that declares them.</summary>
    private static string Qualified(Type type, IEnumerable<string> arguments)
    {
        var left = new Queue<string>(arguments);
        List<Type> chain = [];
        for (var part = type; part is not null; part = part.DeclaringType)
        {
            chain.Insert(0, part);
        }

        var name = string.Join('.', chain.Select(part =>
        {
            var tick = part.Name.IndexOf('`', StringComparison.Ordinal);
            var count = tick < 0 ? 0 : int.Parse(part.Name.AsSpan(tick + 1), CultureInfo.InvariantCulture);
            return Simple(part) + (count == 0 ? "" : "<" + string.Join(", ", Enumerable.Range(0, count).Select(_ => left.Dequeue())) + ">");
        }));
        return string.IsNullOrEmpty(type.Namespace) ? name : type.Namespace + "." + name;
    }
}
