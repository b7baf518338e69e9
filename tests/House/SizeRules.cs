using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ToolboxAI.Tests.House;

/// <summary>What fits on a screen can be understood: bounds on files, methods and constructors.</summary>
public static class SizeRules
{
    private const int FileLines = 300;
    private const int MethodLines = 60;
    private const int Dependencies = 6;

    /// <summary>A C# file has at most 300 lines.</summary>
    public static IEnumerable<Violation> FilesAreShort(SourceTree tree) =>
        from file in tree.Files
        where file.IsCSharp
        let lines = file.Text.AsSpan().TrimEnd('\n').Count('\n') + 1
        where lines > FileLines
        select new Violation(file.Path, FileLines + 1, $"the file has {lines} lines, at most {FileLines} are allowed: split it by subject");

    /// <summary>A method has at most 60 lines.</summary>
    public static IEnumerable<Violation> MethodsAreShort(SourceTree tree) =>
        from file in tree.Files
        where file.IsCSharp
        from method in file.Root.DescendantNodes()
        where method is BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax or AccessorDeclarationSyntax
        let span = method.GetLocation().GetLineSpan()
        let lines = span.EndLinePosition.Line - span.StartLinePosition.Line + 1
        where lines > MethodLines
        select new Violation(file.Path, SourceFile.LineOf(method), $"the method has {lines} lines, at most {MethodLines} are allowed");

    /// <summary>A class asks for at most six dependencies. Records carry data, so they are free.</summary>
    public static IEnumerable<Violation> ConstructorsAskForLittle(SourceTree tree) =>
        from file in tree.Files
        where file.IsCSharp && file.IsProduct
        from node in file.Root.DescendantNodes()
        let parameters = node switch
        {
            ConstructorDeclarationSyntax constructor when constructor.Parent is ClassDeclarationSyntax => constructor.ParameterList,
            ClassDeclarationSyntax declaration => declaration.ParameterList,
            _ => null,
        }
        where parameters?.Parameters.Count > Dependencies
        select new Violation(file.Path, SourceFile.LineOf(node), $"the constructor takes {parameters.Parameters.Count} dependencies, at most {Dependencies} are allowed");
}
