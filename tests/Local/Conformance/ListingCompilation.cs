using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ToolboxAI.Tests.Local.Conformance;

/// <summary>Assemblies of the official surface, and the product's sources compiled against them.</summary>
internal sealed class ListingCompilation
{
    private const int Rounds = 2;                                      // a member less can make another one wrong
    private const string MissingPart = "CS8795";                       // a partial method whose other part a source generator writes

    private static readonly CSharpParseOptions Language = new(LanguageVersion.Latest);
    private readonly List<MetadataReference> references;

    private ListingCompilation(List<MetadataReference> references) => this.references = references;

    /// <summary>
    /// Declares the official surface. Members whose types are neither here nor listed are left out; what is wrong with a type as a whole
    /// (an interface that unlisted members fill) doesn't matter to who uses it.
    /// </summary>
    /// <param name="official">The listings.</param>
    /// <param name="standIns">Where a type is looked up that the listings only name.</param>
    public static ListingCompilation Of(OfficialApi official, IEnumerable<Assembly> standIns)
    {
        // Azure.Storage is the genuine assembly in both builds, so what is listed of it stays out.
        var types = official.Assemblies.Where(assembly => !assembly.Key.StartsWith("Azure.Storage.", StringComparison.Ordinal)).SelectMany(assembly => assembly.Value)
            .Concat(standIns.SelectMany(assembly => assembly.GetExportedTypes()).Where(type => type.Namespace?.StartsWith("ToolboxAI.", StringComparison.Ordinal) == false)
                .Select(ApiPrinter.Print).Where(type => !official.Types.ContainsKey(type.Key)))
            .GroupBy(type => (type.Key, type.Arity)).Select(OfficialApi.Merged);
        var (lines, references) = (ListingSource.Of(types), Installed());
        for (var round = 0; ; round++)
        {
            var tree = CSharpSyntaxTree.ParseText(string.Join('\n', lines), Language);
            var compilation = CSharpCompilation.Create("Official", [tree], references, new(OutputKind.DynamicallyLinkedLibrary));
            if (round == Rounds)
            {
                return new([.. references, compilation.ToMetadataReference()]);
            }

            foreach (var line in compilation.GetDeclarationDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error && diagnostic.Location.SourceTree == tree)
                .Select(diagnostic => diagnostic.Location.GetLineSpan().StartLinePosition.Line).Distinct().Where(line => lines[line].StartsWith(ListingSource.Member, StringComparison.Ordinal)))
            {
                lines[line] = "";
            }
        }
    }

    /// <summary>Compiles a folder's sources; later ones see it.</summary>
    /// <returns>The errors.</returns>
    public IReadOnlyList<string> Compile(string name, IEnumerable<(string Path, string Text)> sources, OutputKind kind)
    {
        var trees = sources.Select(source => CSharpSyntaxTree.ParseText(source.Text, Language, source.Path)).ToList();
        var compilation = CSharpCompilation.Create(name, trees, references, new(kind, nullableContextOptions: NullableContextOptions.Enable, allowUnsafe: true));
        var errors = compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error && diagnostic.Id != MissingPart).Select(diagnostic => diagnostic.ToString()).ToList();
        if (errors.Count == 0)
        {
            references.Add(compilation.ToMetadataReference());
        }

        return errors;
    }

    /// <summary>The framework and the packages of this program, without our own assemblies: no stand-in is among them.</summary>
    private static List<MetadataReference> Installed() =>
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => !Path.GetFileName(path).StartsWith("ToolboxAI.", StringComparison.Ordinal))
            .Select(path => MetadataReference.CreateFromFile(path))];
}
