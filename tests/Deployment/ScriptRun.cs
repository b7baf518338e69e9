using System.Diagnostics;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Deployment;

/// <summary>
/// A script of <c>.github/scripts</c>, run as the pipeline does, with doubles in place of the commands that reach other machines. Each
/// double notes how it was called.
/// </summary>
public sealed class ScriptRun : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("toolboxai-test-");

    /// <summary>Skips the test where there is no POSIX shell.</summary>
    public ScriptRun() => Assert.SkipWhen(OperatingSystem.IsWindows(), "The pipeline's scripts are for a POSIX shell.");

    /// <summary>How the doubles were called, in order: the command and its arguments.</summary>
    public IReadOnlyList<string> Calls => File.Exists(Log) ? File.ReadAllLines(Log) : [];

    /// <summary>A folder for what the doubles need.</summary>
    public string Folder => folder.FullName;

    private string Log => Path.Combine(folder.FullName, "calls.log");

    /// <summary>Puts a double in a command's place.</summary>
    /// <param name="command">E.g. <c>az</c>.</param>
    /// <param name="body">What it does, in sh.</param>
    public ScriptRun Double(string command, string body)
    {
        var path = Path.Combine(folder.FullName, command);
        File.WriteAllText(path, $"#!/bin/sh\necho \"{command} $*\" >> '{Log}'\n{body}\n");
        Debug.Assert(!OperatingSystem.IsWindows());                                   // the constructor has skipped the test there
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return this;
    }

    /// <summary>Skips the test where a command that the script really uses is absent.</summary>
    public ScriptRun Needs(string command)
    {
        Assert.SkipWhen(Find(command) is null, $"{command} is not installed.");
        return this;
    }

    /// <summary>The path of an installed command, or nothing.</summary>
    public static string? Find(string command) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(path => Path.Combine(path, command)).FirstOrDefault(File.Exists);

    /// <summary>Runs the script to its end.</summary>
    public async Task<(int ExitCode, string Output, string Error)> RunAsync(string script, IReadOnlyDictionary<string, string> environment, params string[] args)
    {
        var start = new ProcessStartInfo(Path.Combine(Repository.Root, ".github", "scripts", script), args)
        {
            WorkingDirectory = Repository.Root,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PATH"] = $"{folder.FullName}{Path.PathSeparator}{start.Environment["PATH"]}";
        start.Environment.Remove("GITHUB_RUN_ID");
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Limit, TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await error);
    }

    /// <inheritdoc/>
    public void Dispose() => folder.Delete(recursive: true);
}
