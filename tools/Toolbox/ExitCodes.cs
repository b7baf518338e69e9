namespace ToolboxAI.Tools;

/// <summary>How a command ended, for continuous integration.</summary>
public static class ExitCodes
{
    /// <summary>As wished: planned without anything that blocks it, live, brought back, clean.</summary>
    public const int Ok = 0;

    /// <summary>The server, the network or Roblox did not do it.</summary>
    public const int Failed = 1;

    /// <summary>The command line, the manifest or a file is not as it should be.</summary>
    public const int Usage = 2;

    /// <summary>The plan is blocked, or a scan found what must not go live.</summary>
    public const int Refused = 3;

    /// <summary>The release proved bad: the last good version is live again.</summary>
    public const int RolledBack = 4;

    /// <summary>It waits for a person: an approval, or a word on a paid upload.</summary>
    public const int Waiting = 5;

    /// <summary>There are differences (<c>diff</c>).</summary>
    public const int Different = 6;

    /// <summary>Interrupted by Ctrl-C; the same command goes on where it was.</summary>
    public const int Interrupted = 130;
}

/// <summary>A command can't go on; its message is for people.</summary>
public sealed class ToolboxException(int exitCode, string message) : Exception(message)
{
    /// <summary>The process's exit code.</summary>
    public int ExitCode { get; } = exitCode;
}
