using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ToolboxAI.Tests.House;

/// <summary>Arrows and names: functions → durable → shared, nothing points back, local/ knows nothing of the product.</summary>
public static partial class LayoutRules
{
    private static readonly (string Folder, string Forbidden, string Why)[] Arrows =
    [
        ("shared", "ToolboxAI.Durable", "shared/ is below durable/"),
        ("shared", "ToolboxAI.Functions", "shared/ is below functions/"),
        ("durable", "ToolboxAI.Functions", "durable/ is below functions/"),
        ("local", "ToolboxAI.Shared", "local/ knows nothing of the product"),
        ("local", "ToolboxAI.Durable", "local/ knows nothing of the product"),
        ("local", "ToolboxAI.Functions", "local/ knows nothing of the product"),
    ];

    private static readonly string[] ForbiddenNames = ["Common", "Helper", "Helpers", "Util", "Utils", "Utilities", "Manager", "Managers"];

    /// <summary>Namespaces are used along the arrows only.</summary>
    public static IEnumerable<Violation> ArrowsPointDown(SourceTree tree) =>
        from file in tree.Files
        where file.IsCSharp
        from name in file.Root.DescendantNodes().OfType<NameSyntax>()
        where name.Parent is not NameSyntax and not BaseNamespaceDeclarationSyntax
        from arrow in Arrows
        where file.IsUnder(arrow.Folder) && IsIn(name.ToString(), arrow.Forbidden)
        select new Violation(file.Path, SourceFile.LineOf(name), $"{name} is used here, but {arrow.Why}");

    /// <summary>Projects reference each other along the arrows only.</summary>
    public static IEnumerable<Violation> ProjectsPointDown(SourceTree tree) =>
        from file in tree.Files
        where file.Path.EndsWith(".csproj", StringComparison.Ordinal)
        from Match reference in ProjectReference().Matches(file.Text)
        let target = reference.Groups[1].Value
        where (file.IsUnder("shared") && (target.Contains("durable/") || target.Contains("../functions/")))
            || (file.IsUnder("durable") && target.Contains("../functions/"))
            || (file.IsUnder("local") && (target.Contains("../../shared/") || target.Contains("../../durable/") || target.Contains("../../functions/")))
        select new Violation(file.Path, 1, $"the reference to {target} points up");

    /// <summary>Using directives are in the order of <c>dotnet format</c>: System's first, then by name. The build checks all else that it formats.</summary>
    public static IEnumerable<Violation> UsingsAreSorted(SourceTree tree) =>
        from file in tree.Files
        where file.IsCSharp
        let usings = ((CompilationUnitSyntax)file.Root).Usings.Where(one => one.Alias is null && one.StaticKeyword == default && one.GlobalKeyword == default).ToList()
        let sorted = usings.OrderBy(one => IsIn($"{one.Name}", "System") ? 0 : 1).ThenBy(one => $"{one.Name}", StringComparer.OrdinalIgnoreCase)
        from pair in usings.Zip(sorted)
        where pair.First != pair.Second
        select new Violation(file.Path, SourceFile.LineOf(pair.First), $"{pair.First.Name} stands where {pair.Second.Name} belongs");

    /// <summary>Only local/ and tests/Local name the local runtime's own types; everything else compiles in both builds.</summary>
    public static IEnumerable<Violation> NobodyKnowsTheBuild(SourceTree tree)
    {
        foreach (var file in tree.Files.Where(file => file.IsCSharp && !file.IsUnder("local", "tests/Local", "tests/House", "tests/Simulation", "tests/Benchmarks")))
        {
            foreach (var name in file.Root.DescendantNodes().OfType<NameSyntax>().Where(name => IsIn(name.ToString(), "ToolboxAI.Local") && name.Parent is not NameSyntax))
            {
                yield return new(file.Path, SourceFile.LineOf(name), $"{name} exists in the Local build only");
            }

            foreach (var directive in file.Root.DescendantTrivia().Where(trivia => trivia.IsKind(SyntaxKind.IfDirectiveTrivia)))
            {
                yield return new(file.Path, directive.GetLocation().GetLineSpan().StartLinePosition.Line + 1, "#if: the only switch stands in the project files");
            }
        }
    }

    /// <summary>A name says what a thing is; "helper" and "manager" say nothing.</summary>
    public static IEnumerable<Violation> NamesSaySomething(SourceTree tree)
    {
        foreach (var file in tree.Files.Where(file => file.IsCSharp))
        {
            if (file.Path.Split('/').SkipLast(1).FirstOrDefault(ForbiddenNames.Contains) is { } folder)
            {
                yield return new(file.Path, 1, $"a folder is called {folder}");
            }

            foreach (var type in file.Root.DescendantNodes().OfType<BaseTypeDeclarationSyntax>())
            {
                // The local stand-ins carry the official names, whatever they are.
                if (!file.IsUnder("local") && LastWord().Match(type.Identifier.Text) is { Success: true } word && ForbiddenNames.Contains(word.Value))
                {
                    yield return new(file.Path, SourceFile.LineOf(type), $"the type {type.Identifier.Text} is named after nothing");
                }
            }
        }
    }

    /// <summary>Unfinished work is finished or written down as an issue, not left in the tree.</summary>
    public static IEnumerable<Violation> NothingIsUnfinished(SourceTree tree)
    {
        foreach (var file in tree.Files.Where(file => file.IsCSharp))
        {
            foreach (var name in file.Root.DescendantNodes().OfType<IdentifierNameSyntax>().Where(name => name.Identifier.Text == "NotImplementedException"))
            {
                yield return new(file.Path, SourceFile.LineOf(name), "NotImplementedException");
            }

            foreach (var comment in file.Root.DescendantTrivia().Where(trivia =>
                (trivia.IsKind(SyntaxKind.SingleLineCommentTrivia) || trivia.IsKind(SyntaxKind.MultiLineCommentTrivia)) && Unfinished().IsMatch(trivia.ToString())))
            {
                yield return new(file.Path, comment.GetLocation().GetLineSpan().StartLinePosition.Line + 1, "an unfinished-work comment");
            }

            foreach (var handler in file.Root.DescendantNodes().OfType<CatchClauseSyntax>().Where(IsSilent))
            {
                yield return new(file.Path, SourceFile.LineOf(handler), "an empty catch without a reason hides errors");
            }
        }
    }

    private static bool IsSilent(CatchClauseSyntax handler) =>
        handler.Block.Statements.Count == 0
        && !handler.DescendantTrivia().Any(trivia => trivia.IsKind(SyntaxKind.SingleLineCommentTrivia));

    private static bool IsIn(string name, string space) => name == space || name.StartsWith(space + ".", StringComparison.Ordinal);

    [GeneratedRegex("ProjectReference Include=\"([^\"]+)\"")]
    private static partial Regex ProjectReference();

    [GeneratedRegex("[A-Z][a-z]*$")]
    private static partial Regex LastWord();

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b")]
    private static partial Regex Unfinished();
}
