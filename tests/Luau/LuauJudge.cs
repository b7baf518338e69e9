using System.Diagnostics;
using System.Text.Json;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Luau;

/// <summary>The real Luau virtual machine (npm luau-web), asked whether it accepts a script.</summary>
public static class LuauJudge
{
    private static readonly Lazy<Task<string?>> Folder = new(InstallAsync);

    /// <summary>For each script, nothing when the virtual machine accepts it, else why it refuses. Skips the test where it cannot be installed.</summary>
    public static async Task<IReadOnlyList<string?>> AskAsync(IReadOnlyList<string> scripts)
    {
        var folder = await Folder.Value;
        Assert.SkipWhen(folder is null, "The Luau virtual machine could not be installed: Node.js and npm are needed.");
        using var process = Start("node", folder!, "judge.mjs");
        var writing = Task.Run(async () =>
        {
            foreach (var script in scripts)
            {
                await process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(script));
            }

            process.StandardInput.Close();
        });
        var answers = new List<string?>();
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            // Whatever else the virtual machine prints is not an answer.
            if (line == "accept" || line.StartsWith("refuse ", StringComparison.Ordinal))
            {
                answers.Add(line == "accept" ? null : line[7..]);
            }
        }

        await writing;
        await process.WaitForExitAsync();
        Assert.Equal(scripts.Count, answers.Count);
        return answers;
    }

    // The modules are fetched once, into a cache beside the checkout's other local data.
    private static async Task<string?> InstallAsync()
    {
        var sources = Path.Combine(Repository.Root, "tests", "Luau", "Judge");
        var target = Path.Combine(Repository.Root, ".local", "judges", "luau");
        Directory.CreateDirectory(target);
        foreach (var name in new[] { "package.json", "package-lock.json", "judge.mjs" })
        {
            File.Copy(Path.Combine(sources, name), Path.Combine(target, name), overwrite: true);
        }

        if (!File.Exists(Path.Combine(target, "node_modules", "luau-web", "package.json")))
        {
            try
            {
                using var npm = Start("npm", target, "ci", "--ignore-scripts", "--no-audit", "--no-fund");
                npm.StandardInput.Close();
                await Task.WhenAll(npm.StandardOutput.ReadToEndAsync(), npm.StandardError.ReadToEndAsync());
                await npm.WaitForExitAsync();
                return npm.ExitCode == 0 ? target : null;
            }
            catch (System.ComponentModel.Win32Exception)
            {
                return null; // npm is not installed
            }
        }

        return target;
    }

    private static Process Start(string file, string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = file != "node",
        };
        return Process.Start(start)!;
    }
}
