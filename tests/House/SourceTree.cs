using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ToolboxAI.Tests.House;

/// <summary>One source file of the repository: its path from the root, with forward slashes, and its text.</summary>
public sealed record SourceFile(string Path, string Text)
{
    private readonly Lazy<SyntaxNode> root = new(() => CSharpSyntaxTree.ParseText(Text, path: Path).GetRoot());

    /// <summary>The C# syntax of the file.</summary>
    public SyntaxNode Root => root.Value;

    /// <summary>Whether this is a C# file.</summary>
    public bool IsCSharp => Path.EndsWith(".cs", StringComparison.Ordinal);

    /// <summary>Whether the file lies under one of the folders.</summary>
    public bool IsUnder(params string[] folders) => folders.Any(folder => Path.StartsWith(folder + "/", StringComparison.Ordinal));

    /// <summary>Whether this is the product: what runs on Azure.</summary>
    public bool IsProduct => IsUnder("functions", "durable", "shared");

    /// <summary>Line number (from 1) of a syntax node.</summary>
    public static int LineOf(SyntaxNode node) => node.GetLocation().GetLineSpan().StartLinePosition.Line + 1;
}

/// <summary>A rule that is broken, and where.</summary>
public sealed record Violation(string Path, int Line, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Path}:{Line}: {Message}";
}

/// <summary>The repository's own text files, without what builds make.</summary>
public sealed class SourceTree
{
    private static readonly string[] Skipped = ["bin", "obj", ".git", ".local", "node_modules", "TestResults", ".vs", ".idea"];
    private static readonly string[] Kinds = [".cs", ".csproj", ".sql", ".json", ".bicep", ".bicepparam", ".props", ".md", ".yml", ".yaml", ".js", ".mjs"];

    /// <summary>A tree of the given files.</summary>
    public SourceTree(IReadOnlyList<SourceFile> files) => Files = files;

    /// <summary>All files.</summary>
    public IReadOnlyList<SourceFile> Files { get; }

    /// <summary>The file of that path, or nothing.</summary>
    public SourceFile? Find(string path) => Files.FirstOrDefault(file => file.Path == path);

    /// <summary>Where the repository's solution file lies.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Reads the repository that this test was built from.</summary>
    public static SourceTree Load() => new([.. Enumerate(Root)]);

    private static IEnumerable<SourceFile> Enumerate(string folder)
    {
        foreach (var path in Directory.EnumerateFiles(folder).Where(path => Kinds.Contains(Path.GetExtension(path))))
        {
            yield return new(Path.GetRelativePath(Root, path).Replace('\\', '/'), File.ReadAllText(path));
        }

        foreach (var child in Directory.EnumerateDirectories(folder).Where(child => !Skipped.Contains(Path.GetFileName(child))))
        {
            foreach (var file in Enumerate(child))
            {
                yield return file;
            }
        }
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "ToolboxAI.Functions.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("ToolboxAI.Functions.sln is in no folder above the tests.");
    }
}
