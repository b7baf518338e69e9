using System.Diagnostics;
using System.Runtime.InteropServices;

namespace ToolboxAI.Tests.Support;

/// <summary>Programs of this repository, run as processes of their own.</summary>
public static class BuiltProgram
{
    /// <summary>The repository's root.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The <c>dotnet</c> that runs this test.</summary>
    public static string Dotnet { get; } = Path.GetFullPath(Path.Combine(
        RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));

    /// <summary>How to start the application, a program that lies beside it (it is compiled ahead of time there), or else one beside the tests.</summary>
    public static ProcessStartInfo Start(string assembly, params string[] args) => new(Dotnet, [PathOf(assembly), .. args]) { UseShellExecute = false };

    private static string PathOf(string assembly)
    {
        var here = Path.GetRelativePath(Root, AppContext.BaseDirectory);
        var output = here[here.IndexOf($"{Path.DirectorySeparatorChar}bin{Path.DirectorySeparatorChar}", StringComparison.Ordinal)..];
        string[] folders = [Path.Join(Root, "functions", output), AppContext.BaseDirectory];
        var path = folders.Select(folder => Path.Combine(folder, assembly + ".dll")).FirstOrDefault(File.Exists);
        return path ?? throw new InvalidOperationException($"There is no {assembly}.dll: this build has no local runtime.");
    }

    private static string FindRoot()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "ToolboxAI.Functions.sln")))
        {
            at = at.Parent;
        }

        return at?.FullName ?? throw new InvalidOperationException("The tests do not run inside the repository.");
    }
}
