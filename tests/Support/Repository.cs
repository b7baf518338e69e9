namespace ToolboxAI.Tests.Support;

/// <summary>Where the checkout lies that the tests were built from, and the reading matter beside it.</summary>
public static class Repository
{
    /// <summary>The folder of the solution file.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The folder <c>../shared</c> with the contracts' official descriptions; nothing where it is absent.</summary>
    public static string? Contracts { get; } =
        Directory.Exists(Path.Combine(Root, "..", "shared", "contracts")) ? Path.GetFullPath(Path.Combine(Root, "..", "shared", "contracts")) : null;

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
