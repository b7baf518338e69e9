using ToolboxAI.Shared.Luau;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Luau;

/// <summary>A script of the corpus. Its first line says which rules must find something in it.</summary>
internal sealed record LabelledScript(string Half, string Name, LuauSource Source, IReadOnlySet<string> Labels)
{
    private static readonly Lazy<IReadOnlyList<LabelledScript>> Scripts = new(() =>
        [.. Directory.GetFiles(Path.Combine(Repository.Root, "tests", "Luau", "Corpus"), "*.luau", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(Read)]);

    public static IReadOnlyList<LabelledScript> All => Scripts.Value;

    public static IEnumerable<LabelledScript> Development => All.Where(script => script.Half == "development");

    private static LabelledScript Read(string path)
    {
        var source = new LuauSource(File.ReadAllBytes(path));
        var first = source.Decode(source.LineSpan(1));
        Assert.StartsWith("--@ ", first);
        var labels = first[4..].Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(label => label != "benign").ToHashSet();
        return new(Path.GetFileName(Path.GetDirectoryName(path))!, Path.GetFileNameWithoutExtension(path), source, labels);
    }
}
