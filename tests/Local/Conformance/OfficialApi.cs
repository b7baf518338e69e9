using System.Text.RegularExpressions;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Local.Conformance;

/// <summary>The listings of <c>../shared/api</c>, one per official assembly.</summary>
internal sealed class OfficialApi
{
    private OfficialApi(IReadOnlyDictionary<string, IReadOnlyList<ApiType>> assemblies)
    {
        Assemblies = assemblies;
        Types = assemblies.Values.SelectMany(types => types).GroupBy(type => (type.Key, type.Arity)).Select(Merged)
            .GroupBy(type => type.Key).ToDictionary(group => group.Key, group => group.ToList());
    }

    public IReadOnlyDictionary<string, IReadOnlyList<ApiType>> Assemblies { get; }

    /// <summary>By key; several where types differ in their number of type parameters only.</summary>
    public IReadOnlyDictionary<string, List<ApiType>> Types { get; }

    /// <summary>Whether some official signature names the type.</summary>
    public bool Names(ApiType type) => Names(Types.Values.SelectMany(types => types), type);

    /// <summary>Whether a signature of these types names the type.</summary>
    public static bool Names(IEnumerable<ApiType> types, ApiType type)
    {
        var name = new Regex($@"(?<![\w.]){Regex.Escape(type.Name)}(?![\w.])");
        return types.Any(one => one.Bases.Any(name.IsMatch) || one.Members.Any(member => name.IsMatch(member.Text)));
    }

    /// <summary>Official types that the listings leave out: see the README there.</summary>
    private static string Supplement => Path.Combine(Repository.Root, "tests", "Local", "Conformance", "Supplement");

    /// <summary>Null where the listings are absent.</summary>
    public static OfficialApi? Read()
    {
        var folder = Path.Combine(Repository.Root, "..", "shared", "api");
        return Directory.Exists(folder)
            ? new(Directory.GetFiles(folder, "*.txt").ToDictionary(file => Path.GetFileNameWithoutExtension(file), Read)
                .Concat(Directory.GetFiles(Supplement, "*.txt").ToDictionary(file => $"Supplement/{Path.GetFileName(file)}", Read)).ToDictionary())
            : null;
    }

    public static OfficialApi Of(string name, string listing) =>
        new(new Dictionary<string, IReadOnlyList<ApiType>> { [name] = Parse(listing.Split('\n', StringSplitOptions.RemoveEmptyEntries)) });

    /// <summary>Several assemblies have types of one name (<c>ServiceCollectionExtensions</c>); they are looked at as one.</summary>
    public static ApiType Merged(IEnumerable<ApiType> types) => types.Aggregate((one, other) => one with
    {
        Bases = [.. one.Bases.Union(other.Bases)],
        Members = [.. one.Members.Union(other.Members)],
    });

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
