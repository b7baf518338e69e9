using System.Reflection;
using System.Runtime.CompilerServices;

namespace ToolboxAI.Tests.Local.Conformance;

/// <summary>Prints public types in the form of the listings in <c>../shared/api</c>. Compiler-made members are left out.</summary>
internal static class ApiPrinter
{
    private const BindingFlags Own = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static ApiType Print(Type type)
    {
        var key = ApiNames.Key(type);
        if (type.BaseType == typeof(MulticastDelegate))
        {
            var invoke = type.GetMethod("Invoke")!;
            return new(key, "", $"{Access(type)} delegate {ApiNames.Of(invoke.ReturnType)} {ApiNames.Declared(type)}({Parameters(invoke)})"
                + ApiNames.Constraints(type.GetGenericArguments()), [], "", []);
        }

        return new(
            key, Usage(type), $"{Access(type)} {Kind(type)} {ApiNames.Declared(type)}", Bases(type), ApiNames.Constraints(type.GetGenericArguments()).TrimStart(), [.. Members(type)]);
    }

    private static string Access(Type type) => type.IsNestedFamily || type.IsNestedFamORAssem ? "protected" : "public";

    private static bool IsRecord(Type type) => type.GetMethod("<Clone>$") is not null;

    private static string Kind(Type type)
    {
        if (type.IsEnum)
        {
            return "enum";
        }

        if (type.IsInterface)
        {
            return "interface";
        }

        if (type.IsValueType)
        {
            return (type.IsDefined(typeof(IsReadOnlyAttribute)) ? "readonly " : "") + (type.IsByRefLike ? "ref " : "") + "struct";
        }

        var modifier = (type.IsAbstract, type.IsSealed) switch
        {
            (true, true) => "static ",
            (true, false) => "abstract ",
            (false, true) => "sealed ",
            _ => "",
        };
        return modifier + (IsRecord(type) ? "record" : "class");
    }

    private static List<string> Bases(Type type)
    {
        if (type.IsEnum)
        {
            return [ApiNames.Of(type.GetEnumUnderlyingType())];
        }

        var bases = new List<string>();
        if (type.BaseType is { } parent && parent != typeof(object) && !type.IsValueType)
        {
            bases.Add(ApiNames.Of(parent));
        }

        var interfaces = type.GetInterfaces().Where(one => one.IsVisible).ToList();
        var inherited = (type.BaseType?.GetInterfaces() ?? []).Concat(interfaces.SelectMany(one => one.GetInterfaces())).Select(ApiNames.Of).ToHashSet();
        bases.AddRange(interfaces.Select(ApiNames.Of).Where(one => !inherited.Contains(one)).Order(StringComparer.Ordinal));
        return bases;
    }

    private static string Usage(Type type)
    {
        var usage = type.GetCustomAttributesData().FirstOrDefault(attribute => attribute.AttributeType == typeof(AttributeUsageAttribute));
        return usage is null
            ? ""
            : ApiType.Sorted(string.Join(", ", usage.ConstructorArguments.Select(ApiNames.Argument)
                .Concat(usage.NamedArguments.Select(named => $"{named.MemberName} = {ApiNames.Argument(named.TypedValue)}"))));
    }

    private static IEnumerable<ApiMember> Members(Type type)
    {
        if (type.IsEnum)
        {
            return ApiNames.EnumFields(type).Select(field => new ApiMember($"{field.Name} = {field.GetRawConstantValue()}"));
        }

        return Lines(type).OfType<string>().Select(text => new ApiMember(text));
    }

    private static IEnumerable<string?> Lines(Type type)
    {
        foreach (var constructor in type.GetConstructors(Own).Where(one => !one.IsStatic && !IsCompilerMade(one)))
        {
            yield return Line(constructor, access => $"{access} {ApiNames.Simple(type)}({Parameters(constructor)})");
        }

        foreach (var field in type.GetFields(Own))
        {
            yield return Field(field);
        }

        foreach (var property in type.GetProperties(Own).Where(one => !(IsRecord(type) && one.Name == "EqualityContract")))
        {
            yield return Property(property);
        }

        foreach (var @event in type.GetEvents(Own))
        {
            yield return Line(@event.AddMethod!, access =>
                $"{access}{Modifiers(@event.AddMethod!)} event {ApiNames.Of(@event.EventHandlerType!)} {@event.Name}");
        }

        foreach (var method in type.GetMethods(Own).Where(IsWritten))
        {
            yield return Line(method, access => Method(method, access));
        }
    }

    private static bool IsWritten(MethodInfo method) =>
        !method.Name.Contains('<', StringComparison.Ordinal) && !IsCompilerMade(method)
        && (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal));

    private static bool IsCompilerMade(MethodBase method) => method.IsDefined(typeof(CompilerGeneratedAttribute));

    private static string? Line(MethodBase method, Func<string, string> print) => Access(method) is { } access ? print(access) : null;

    /// <summary>Null: not visible to a user of the assembly.</summary>
    private static string? Access(MethodBase method)
    {
        if (method.IsPublic)
        {
            return "public";
        }

        if (method.DeclaringType!.IsSealed)
        {
            return null;
        }

        return method.IsFamilyOrAssembly ? "protected internal" : method.IsFamily ? "protected" : null;
    }

    private static string Modifiers(MethodBase method)
    {
        if (method.DeclaringType!.IsInterface)
        {
            return (method.IsStatic, method.IsAbstract) switch
            {
                (true, true) => " static abstract",
                (true, false) => " static",
                (false, true) => "",
                _ => " default",
            };
        }

        if (method.IsStatic || method.IsAbstract)
        {
            return method.IsStatic ? " static" : " abstract";
        }

        var isNew = method.Attributes.HasFlag(MethodAttributes.NewSlot);
        return (method.IsVirtual, method.IsFinal, isNew) switch
        {
            (true, false, true) => " virtual",
            (true, false, false) => " override",
            (true, true, false) => " sealed override",
            _ => "",
        };
    }

    private static string Method(MethodInfo method, string access)
    {
        var generic = method.IsGenericMethodDefinition ? method.GetGenericArguments() : [];
        var parameters = generic.Length == 0 ? "" : "<" + string.Join(", ", generic.Select(type => type.Name)) + ">";
        return $"{access}{Modifiers(method)} {ApiNames.Of(method.ReturnType)} {method.Name}{parameters}({Parameters(method)}){ApiNames.Constraints(generic)}";
    }

    private static string? Field(FieldInfo field)
    {
        var open = !field.DeclaringType!.IsSealed;
        var access = field.IsPublic ? "public" : open && (field.IsFamily || field.IsFamilyOrAssembly) ? "protected" : null;
        if (access is null || field.IsSpecialName)
        {
            return null;
        }

        return field.IsLiteral
            ? $"{access} const {ApiNames.Of(field.FieldType)} {field.Name} = {ApiNames.Literal(field.GetRawConstantValue(), field.FieldType)}"
            : $"{access}{(field.IsStatic ? " static" : "")}{(field.IsInitOnly ? " readonly" : "")} {ApiNames.Of(field.FieldType)} {field.Name}";
    }

    private static string? Property(PropertyInfo property)
    {
        var get = property.GetMethod is { } getter ? Access(getter) : null;
        var set = property.SetMethod is { } setter ? Access(setter) : null;
        if ((get ?? set) is null)
        {
            return null;
        }

        var outer = get == "public" || set == "public" ? "public" : (get ?? set)!;
        var index = property.GetIndexParameters();
        var name = index.Length == 0 ? property.Name : $"this[{string.Join(", ", index.Select(one => Parameter(one, isThis: false)))}]";
        var required = property.IsDefined(typeof(RequiredMemberAttribute)) ? "required " : "";
        var text = $"{outer}{Modifiers(get is null ? property.SetMethod! : property.GetMethod!)} {required}{ApiNames.Of(property.PropertyType)} {name} {{ ";
        if (get is not null)
        {
            text += (get == outer ? "" : get + " ") + "get; ";
        }

        if (set is not null)
        {
            var isInit = property.SetMethod!.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit));
            text += (set == outer ? "" : set + " ") + (isInit ? "init; " : "set; ");
        }

        return text + "}";
    }

    private static string Parameters(MethodBase method)
    {
        var extends = method.IsDefined(typeof(ExtensionAttribute));
        return string.Join(", ", method.GetParameters().Select((parameter, i) => Parameter(parameter, extends && i == 0)));
    }

    private static string Parameter(ParameterInfo parameter, bool isThis)
    {
        var type = parameter.ParameterType;
        var prefix = isThis ? "this " : "";
        if (parameter.IsDefined(typeof(ParamArrayAttribute)) || parameter.IsDefined(typeof(ParamCollectionAttribute)))
        {
            prefix += "params ";
        }

        if (type.IsByRef)
        {
            prefix += parameter.IsOut ? "out " : parameter.IsIn ? "in " : "ref ";
            type = type.GetElementType()!;
        }

        var text = $"{prefix}{ApiNames.Of(type)} {parameter.Name}";
        if (parameter.HasDefaultValue)
        {
            return $"{text} = {ApiNames.Literal(parameter.RawDefaultValue, type)}";
        }

        return parameter.IsOptional ? text + " = default" : text;
    }
}
