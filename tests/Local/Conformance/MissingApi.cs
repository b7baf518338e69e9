using System.Text;
using System.Text.RegularExpressions;

namespace ToolboxAI.Tests.Local.Conformance;

/// <summary>Writes down what the official assemblies have and the stand-ins lack.</summary>
internal static partial class MissingApi
{
    private static readonly string[] Overrides = ["Equals", "GetHashCode", "ToString", "op_Equality", "op_Inequality", "PrintMembers", "Deconstruct", "EqualityContract"];

    /// <summary>Official assemblies that are used as they are.</summary>
    private static readonly string[] Genuine = ["Azure.Storage.Blobs", "Azure.Storage.Queues"];

    public static string Write(OfficialApi official, IEnumerable<Type> standIns)
    {
        var ours = standIns.Where(ApiComparer.IsOfficialName).Select(ApiPrinter.Print)
            .GroupBy(type => (type.Key, type.Arity)).ToDictionary(group => group.Key, OfficialApi.Merged);
        var text = new StringBuilder();
        foreach (var (assembly, types) in official.Assemblies.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            text.Append("\n### ").Append(assembly).Append("\n\n");
            if (Genuine.Contains(assembly))
            {
                text.Append("The official assembly itself is used: nothing is missing.\n");
                continue;
            }

            Write(text, types, ours);
        }

        return text.ToString().TrimStart('\n');
    }

    private static void Write(StringBuilder text, IReadOnlyList<ApiType> types, Dictionary<(string Key, int Arity), ApiType> ours)
    {
        var absent = types.Where(type => !ours.ContainsKey((type.Key, type.Arity))).ToList();
        var partial = types.Except(absent).Select(type => (Type: type, Missing: Missing(type, Members(ours, type.Key)))).Where(one => one.Missing.Count > 0).ToList();
        text.Append($"{types.Count} types: {types.Count - absent.Count - partial.Count} complete, {partial.Count} in part, {absent.Count} absent.\n");
        if (absent.Count > 0)
        {
            text.Append("\nAbsent:\n\n");
            foreach (var space in absent.GroupBy(type => type.Key.Split('|')[0]).OrderBy(group => group.Key, StringComparer.Ordinal))
            {
                var names = space.Select(type => $"`{type.Key.Split('|')[1]}{(type.Arity == 0 ? "" : $"<{new string(',', type.Arity - 1)}>")}`");
                text.Append("- ").Append(space.Key).Append(": ").AppendJoin(", ", names.Order(StringComparer.Ordinal)).Append('\n');
            }
        }

        if (partial.Count > 0)
        {
            text.Append("\nIn part, without:\n\n");
            foreach (var (type, missing) in partial.OrderBy(one => one.Type.Key, StringComparer.Ordinal))
            {
                text.Append("- `").Append(type.Key.Split('|')[1]).Append("`: ").AppendJoin(", ", missing.Select(name => $"`{name}`")).Append('\n');
            }
        }
    }

    /// <summary>Types of one name and several numbers of type parameters share their members in the listings.</summary>
    private static IEnumerable<ApiMember> Members(Dictionary<(string Key, int Arity), ApiType> ours, string key) =>
        ours.Where(one => one.Key.Key == key).SelectMany(one => one.Value.Members);

    private static List<string> Missing(ApiType official, IEnumerable<ApiMember> ours) => [.. official.Members.Except(ours)
        .Where(member => !Overrides.Contains(member.Method ?? Short(member)) && !member.Text.EndsWith($"({official.Name} original)", StringComparison.Ordinal))
        .Select(Short).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>A method with its parameters' types, anything else by its name.</summary>
    private static string Short(ApiMember member)
    {
        if (member.Method is { } method)
        {
            var parameters = member.Text[(member.Text.IndexOf('(', StringComparison.Ordinal) + 1)..member.Text.LastIndexOf(')')];
            var types = Defaults().Replace(Qualifiers().Replace(parameters, ""), "");
            return $"{method}({ParameterNames().Replace(types, "$1")})";
        }

        var end = member.Text.IndexOfAny(['{', '=']);
        return (end < 0 ? member.Text : member.Text[..end]).TrimEnd().Split(' ')[^1];
    }

    [GeneratedRegex(@"(?:\w+\.)+(?=\w)")]
    private static partial Regex Qualifiers();

    [GeneratedRegex(@" = (?:""[^""]*""|[^,()]+)")]
    private static partial Regex Defaults();

    [GeneratedRegex(@" \w+(,|$)")]
    private static partial Regex ParameterNames();
}
