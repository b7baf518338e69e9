using System.Diagnostics;

namespace ToolboxAI.Tools.SecretScan;

/// <summary>A file as git has it.</summary>
/// <param name="Path">From the repository's root.</param>
/// <param name="Text">Its content.</param>
public sealed record GitFile(string Path, string Text);

/// <summary>The files of a repository, read through git.</summary>
public static class GitFiles
{
    private const int MostBytes = 2_000_000;

    /// <summary>Every tracked file, as it lies on disk.</summary>
    /// <exception cref="InvalidOperationException">There is no git, or no repository.</exception>
    public static IEnumerable<GitFile> Tracked(string root) =>
        from path in Run(root, "ls-files", "-z").Split('\0', StringSplitOptions.RemoveEmptyEntries)
        let file = new FileInfo(Path.Combine(root, path))
        where file.Exists && file.Length <= MostBytes
        let text = File.ReadAllText(file.FullName)
        where !IsBinary(text)
        select new GitFile(path, text);

    /// <summary>What the next commit would change, as it would be committed: not what lies on disk.</summary>
    /// <exception cref="InvalidOperationException">There is no git, or no repository.</exception>
    public static IEnumerable<GitFile> Staged(string root) =>
        from path in Run(root, "diff", "--cached", "--name-only", "--diff-filter=ACMR", "-z").Split('\0', StringSplitOptions.RemoveEmptyEntries)
        let text = Run(root, "show", $":{path}")
        where !IsBinary(text)
        select new GitFile(path, text);

    private static bool IsBinary(string text) => text.AsSpan(0, Math.Min(text.Length, 8_000)).Contains('\0');

    private static string Run(string root, params string[] args)
    {
        var start = new ProcessStartInfo("git", args) { WorkingDirectory = root, RedirectStandardOutput = true, UseShellExecute = false };
        try
        {
            using var git = Process.Start(start)!;
            var output = git.StandardOutput.ReadToEnd();
            git.WaitForExit();
            return git.ExitCode == 0 ? output : throw new InvalidOperationException($"git {args[0]} ended with {git.ExitCode}: is {root} a repository?");
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new InvalidOperationException("git is needed and not found.", e);
        }
    }
}
