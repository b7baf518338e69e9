using System.Text.RegularExpressions;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Local.Conformance;

/// <summary>The listings of <c>../shared/api</c>, one per official assembly.</summary>
internal sealed class OfficialApi
{
    private OfficialApi(IReadOnlyDictionary<string, IReadOnlyList<ApiType>> assemblies)
    {
        Assemblies = assemblies;
        Types = assemblies.Values.SelectMany(types => types).GroupBy(type => type.Key).ToDictionary(group => group.Key, group => group.ToList());
    }

    public IReadOnlyDictionary<string, IReadOnlyList<ApiType>> Assemblies { get; }

    /// <summary>By key; several where types differ in their number of type parameters only.</summary>
    public IReadOnlyDictionary<string, List<ApiType>> Types { get; }

    /// <summary>
    /// Whether some official signature names the type. The listing of a large assembly is an extract: a type that it names
    /// without listing it is official all the same, though there is nothing to compare it with.
    /// </summary>
    public bool Names(ApiType type)
    {
        var name = new Regex($@"(?<![\w.]){Regex.Escape(type.Name)}(?![\w.])");
        return Types.Values.SelectMany(types => types).Any(official =>
            official.Bases.Any(one => name.IsMatch(one)) || official.Members.Any(member => name.IsMatch(member.Text)));
    }

    /// <summary>Null where the listings are absent.</summary>
    public static OfficialApi? Read()
    {
        var folder = Path.Combine(Repository.Root, "..", "shared", "api");
        return Directory.Exists(folder)
            ? new(Directory.GetFiles(folder, "*.txt").ToDictionary(file => Path.GetFileNameWithoutExtension(file), Read))
            : null;
    }

    public static OfficialApi Of(string name, string listing) =>
        new(new Dictionary<string, IReadOnlyList<ApiType>> { [name] = Parse(listing.Split('\n', StringSplitOptions.RemoveEmptyEntries)) });

    private static IReadOnlyList<ApiType> Read(string file) => Parse(File.ReadLines(file));

    private static List<ApiType> Parse(IEnumerable<string> lines)
    {
        var types = new List<(string Key, string Line)>();
        var members = new Dictionary<string, List<ApiMember>>();
        foreach (var line in lines)
        {
            var at = line.IndexOf(" :: ", StringComparison.Ordinal);
            var (key, text) = (line[..at], line[(at + 4)..]);
            if (!key.EndsWith('.'))
            {
                types.Add((key, text));
                continue;
            }

            var comment = text.IndexOf("   // [", StringComparison.Ordinal);
            var owner = key[..^1];
            if (!members.TryGetValue(owner, out var list))
            {
                members[owner] = list = [];
            }

            list.Add(new ApiMember(comment < 0 ? text : text[..comment]));
        }

        return [.. types.Select(type => ApiType.Parse(type.Key, type.Line, members.GetValueOrDefault(type.Key) ?? []))];
    }
}
