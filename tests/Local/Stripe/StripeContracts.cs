using System.Runtime.CompilerServices;

namespace ToolboxAI.Tests.Local.Stripe;

/// <summary>The official descriptions and samples that lie beside the repository; a test that needs them is skipped without.</summary>
internal static class StripeContracts
{
    public static string File(string name)
    {
        var path = Path.Combine(Root(), "..", "shared", "contracts", "stripe", name);
        Assert.SkipUnless(System.IO.File.Exists(path), $"../shared/contracts/stripe/{name} is not there.");
        return path;
    }

    /// <summary>The repository's root, found from this file's place; builds map source paths, so the assembly's place is the fallback.</summary>
    public static string Root([CallerFilePath] string here = "")
    {
        var start = System.IO.File.Exists(here) ? Path.GetDirectoryName(here) : AppContext.BaseDirectory;
        for (var folder = new DirectoryInfo(start!); folder is not null; folder = folder.Parent)
        {
            if (System.IO.File.Exists(Path.Combine(folder.FullName, "ToolboxAI.Functions.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("The repository's root was not found.");
    }
}
