namespace ToolboxAI.Local.Installation;

/// <summary>Where a local run finds its checkout and keeps its data.</summary>
public static class LocalFolders
{
    private const string CheckoutMark = "ToolboxAI.Functions.sln";

    /// <summary>The root of the checkout that the program was built in, or null when it was published elsewhere.</summary>
    public static string? Checkout { get; } = Above(AppContext.BaseDirectory);

    /// <summary>The folder of <c>host.json</c> and <c>local.settings.json</c>: the checkout's root, or else the program's.</summary>
    public static string Settings => Checkout ?? AppContext.BaseDirectory;

    /// <summary>The data folder of a run that names none: <c>.local</c> in the checkout, or else in the current folder.</summary>
    public static string DefaultData => Path.Combine(Checkout ?? Environment.CurrentDirectory, ".local");

    /// <summary>Where the npm packages of a run on <paramref name="data"/> lie; all runs of a checkout share them.</summary>
    public static string Modules(string data) => Path.Combine(Checkout is { } root ? Path.Combine(root, ".local") : data, "modules");

    private static string? Above(string folder)
    {
        for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, CheckoutMark)))
            {
                return at.FullName;
            }
        }

        return null;
    }
}
