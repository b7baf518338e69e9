using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using Xunit;

namespace ToolboxAI.Tests.Support;

/// <summary>
/// A program of somebody else's, from npm, that judges ours. A folder with <c>package.json</c>, its lock file and <c>judge.mjs</c>
/// is installed once for each content of the lock file, beside the checkout's other local data. The script reads a JSON value a
/// line and answers each with one.
/// </summary>
public sealed class NodeJudge(string sources)
{
    private static readonly SemaphoreSlim OneInstall = new(1);

    /// <summary>Asks the judge; the test is skipped where the judge can't be installed.</summary>
    /// <param name="questions">One JSON value each.</param>
    public async Task<IReadOnlyList<JsonElement>> AskAsync(params IEnumerable<object> questions)
    {
        var folder = await InstallAsync();
        Assert.SkipWhen(folder is null, "The judge could not be installed: Node.js, npm and its registry are needed.");
        using var judge = Start("node", folder!, "judge.mjs");
        var errors = judge.StandardError.ReadToEndAsync();
        var output = judge.StandardOutput.ReadToEndAsync();                     // read from the start: a full pipe would stop both sides
        foreach (var question in questions)
        {
            await judge.StandardInput.WriteLineAsync(JsonSerializer.Serialize(question));
        }

        judge.StandardInput.Close();
        var answers = (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await judge.WaitForExitAsync();
        Assert.True(judge.ExitCode == 0, $"The judge failed: {await errors}");
        return [.. answers.Select(answer => JsonSerializer.Deserialize<JsonElement>(answer))];
    }

    private async Task<string?> InstallAsync()
    {
        var target = Path.Combine(Repository.Root, ".local", "judges", Path.GetFileName(Path.GetDirectoryName(sources))!.ToLowerInvariant());
        var installed = Path.Combine(target, "installed-lock.json");
        var wanted = await File.ReadAllTextAsync(Path.Combine(sources, "package-lock.json"));
        await OneInstall.WaitAsync();
        try
        {
            Directory.CreateDirectory(target);
            foreach (var file in Directory.GetFiles(sources))
            {
                File.Copy(file, Path.Combine(target, Path.GetFileName(file)), overwrite: true);
            }

            if (!File.Exists(installed) || await File.ReadAllTextAsync(installed) != wanted)
            {
                using var npm = Start("npm", target, "ci", "--ignore-scripts", "--no-audit", "--no-fund");
                npm.StandardInput.Close();
                await Task.WhenAll(npm.StandardOutput.ReadToEndAsync(), npm.StandardError.ReadToEndAsync());
                await npm.WaitForExitAsync();
                if (npm.ExitCode != 0)
                {
                    return null;
                }

                await File.WriteAllTextAsync(installed, wanted);
            }

            return target;
        }
        catch (Win32Exception)
        {
            return null;                                                         // npm is not installed
        }
        finally
        {
            OneInstall.Release();
        }
    }

    private static Process Start(string file, string folder, params string[] arguments) => Process.Start(new ProcessStartInfo(file, arguments)
    {
        WorkingDirectory = folder,
        UseShellExecute = false,
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;
}
