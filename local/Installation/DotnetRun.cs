namespace ToolboxAI.Local.Installation;

/// <summary>
/// The <c>dotnet run</c> that started this program. It passes Ctrl-C and SIGTERM on, but a <c>kill -9</c> would leave the
/// program behind; so the program ends by itself when its <c>dotnet run</c> is gone.
/// </summary>
public static class DotnetRun
{
    private const string SetByDotnetRun = "DOTNET_LAUNCH_PROFILE";
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    /// <summary>A task that ends when that process has ended; it never ends when there is none, or on another system than Linux.</summary>
    public static async Task EndedAsync(CancellationToken cancellationToken)
    {
        var parent = OperatingSystem.IsLinux() && Environment.GetEnvironmentVariable(SetByDotnetRun) is not null ? ParentId() : null;
        var isDotnetRun = parent is not null && CommandLine(parent) is [var program, "run", ..] && Path.GetFileName(program) == "dotnet";
        while (!isDotnetRun || ParentId() == parent)
        {
            await Task.Delay(isDotnetRun ? Poll : Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(false);
        }
    }

    private static string? ParentId()
    {
        var stat = File.ReadAllText("/proc/self/stat");
        return stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1];
    }

    private static string[] CommandLine(string process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/cmdline").Split('\0');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return []; // it has just ended, or it is somebody else's
        }
    }
}
