using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace ToolboxAI.Local.Services;

/// <summary>A process by id and birth, so that a later process with the same id is not taken for it.</summary>
internal sealed record KnownProcess(string Name, int Pid, string Born)
{
    private const int SignalInterrupt = 2;
    private const int SignalTerminate = 15;

    public bool IsAlive => BirthOf(Pid) == Born;

    public static KnownProcess Of(string name, int pid) => new(name, pid, BirthOf(pid) ?? "");

    /// <summary>Asks the process to end: PostgreSQL's "fast" way for PostgreSQL, the usual way for the others.</summary>
    public void AskToEnd()
    {
        if (OperatingSystem.IsWindows())
        {
            using var process = Process.GetProcessById(Pid);
            process.Kill();
        }
        else if (IsAlive)
        {
            _ = Kill(Pid, Name == "postgresql" ? SignalInterrupt : SignalTerminate);
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int pid, int signal);

    private static string? BirthOf(int pid)
    {
        if (OperatingSystem.IsLinux())
        {
            return LinuxBirthOf(pid);
        }

        try
        {
            using var process = Process.GetProcessById(pid);
            return process.StartTime.ToUniversalTime().ToString("s", CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    /// <summary>The 22nd field of /proc/PID/stat; a zombie, which only waits for its parent, counts as gone.</summary>
    private static string? LinuxBirthOf(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" or "X" ? null : fields[19];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
