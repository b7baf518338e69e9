using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Local.Stripe;

/// <summary>
/// Independent clients from npm (<c>tests/Local/judges</c>). They are installed once per content of the lock file, into a
/// cache outside the sources; where that cannot be done, the tests that need them are skipped.
/// </summary>
internal static class Judges
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly string Sources = Path.Combine(Repository.Root, "tests", "Local", "judges");
    private static readonly Lazy<Task<string?>> Folder = new(InstallAsync);

    /// <summary>Runs a script of the judges' folder with Node.js.</summary>
    public static async Task<(int Exit, string Output)> NodeAsync(string script, string input, params string[] arguments)
    {
        var folder = await FolderAsync();
        File.Copy(Path.Combine(Sources, script), Path.Combine(folder, script), overwrite: true);
        return await RunAsync("node", [Path.Combine(folder, script), .. arguments], input);
    }

    /// <summary>Runs Stripe's command line.</summary>
    public static async Task<(int Exit, string Output)> StripeAsync(params string[] arguments)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && RuntimeInformation.OSArchitecture == Architecture.X64, "Stripe's command line is only installed on Linux x64.");
        var program = Path.Combine(await FolderAsync(), "node_modules", "@stripe", "cli-linux-x64", "bin", "stripe");
        Assert.SkipUnless(File.Exists(program), "Stripe's command line is not among the npm packages.");
        return await RunAsync(program, arguments, "");
    }

    private static async Task<string> FolderAsync()
    {
        var folder = await Folder.Value;
        Assert.SkipWhen(folder is null, "The judges could not be installed: npm and a registry are needed.");
        return folder!;
    }

    private static async Task<string?> InstallAsync()
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(Sources, "package-lock.json"))))[..16];
        var cache = Path.Combine(Repository.Root, ".local", "judges");
        var wanted = Path.Combine(cache, hash);
        Directory.CreateDirectory(cache);
        using var guard = await LockAsync(Path.Combine(cache, "lock"));
        if (Directory.Exists(wanted))
        {
            return wanted;
        }

        var half = Directory.CreateDirectory(Path.Combine(cache, "half-" + Guid.NewGuid().ToString("N"))).FullName;
        foreach (var name in new[] { "package.json", "package-lock.json" })
        {
            File.Copy(Path.Combine(Sources, name), Path.Combine(half, name));
        }

        try
        {
            var (exit, _) = await RunAsync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], "", half);
            if (exit != 0)
            {
                return null;
            }
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null; // npm is not there
        }

        Directory.Move(half, wanted);
        return wanted;
    }

    private static async Task<FileStream> LockAsync(string path)
    {
        var since = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (Stopwatch.GetElapsedTime(since) < Patience)
            {
                await Task.Delay(200);
            }
        }
    }

    private static async Task<(int Exit, string Output)> RunAsync(string program, IReadOnlyList<string> arguments, string input, string? folder = null)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            WorkingDirectory = folder ?? Path.GetTempPath(),
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        using var patience = new CancellationTokenSource(Patience);
        await process.WaitForExitAsync(patience.Token);
        return (process.ExitCode, await output + await errors);
    }
}
