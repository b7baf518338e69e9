using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using ToolboxAI.Local.Installation;

namespace ToolboxAI.Local.Services;

/// <summary>
/// As whom PostgreSQL runs, and where its programs and data lie. PostgreSQL refuses to run as root; so under root it runs
/// in a user namespace in which root's files are its own, or, where those are not allowed, as "nobody" from folders that
/// nobody can reach.
/// </summary>
internal sealed record PostgresAccount(string Programs, string Data, IReadOnlyList<string> Prefix)
{
    private const string Nobody = "65534";
    private const string ReachableByAll = "/var/lib/toolboxai-local";
    private const UnixFileMode Reachable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private static readonly string[] UserNamespace = ["unshare", "--user", "--map-user=1000", "--"];
    private static readonly string[] AsNobody = ["setpriv", $"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups", "--"];

    /// <summary>Finds the way for this user on this machine.</summary>
    public static async Task<PostgresAccount> FindAsync(string programs, DataFolder data, Supervisor supervisor, CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows() || !Environment.IsPrivilegedProcess)
        {
            return new(programs, data.Of("postgres"), []);
        }

        if (Succeeds([.. UserNamespace, Path.Combine(programs, "bin", "postgres"), "--version"]))
        {
            return new(programs, data.Of("postgres"), UserNamespace);
        }

        return await OfNobodyAsync(programs, data, supervisor, cancellationToken);
    }

    /// <summary>A process order for one of PostgreSQL's programs.</summary>
    public ProcessOrder Order(string id, string program, IReadOnlyList<string> args, string log)
    {
        string[] words = [.. Prefix, Path.Combine(Programs, "bin", program), .. args];
        return new ProcessOrder(id, words[0], words[1..], Path.GetDirectoryName(Data)!, log);
    }

    /// <summary>Gives a file that we wrote to the account.</summary>
    public void Own(string path)
    {
        if (Prefix.SequenceEqual(AsNobody) && !Succeeds(["chown", "-R", $"{Nobody}:{Nobody}", path]))
        {
            throw new StartRefusedException($"Can't give {path} to the user that PostgreSQL runs as: run as an ordinary user instead of root.");
        }
    }

    private static async Task<PostgresAccount> OfNobodyAsync(string programs, DataFolder data, Supervisor supervisor, CancellationToken cancellationToken)
    {
        // One copy of the programs for each version of them, one data folder for each data folder of ours.
        var copied = Path.Combine(ReachableByAll, "programs-" + Hash(programs));
        var home = Path.Combine(ReachableByAll, "data-" + Hash(data.Path));
        var account = new PostgresAccount(copied, Path.Combine(home, "postgres"), AsNobody);
        Directory.CreateDirectory(ReachableByAll);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(ReachableByAll, Reachable);
        }

        if (!Directory.Exists(copied))
        {
            var half = $"{copied}.{Environment.ProcessId}";
            var copy = new ProcessOrder("copy", "cp", ["-a", programs, half], "/", data.Log("copy"));
            await supervisor.RunAsync(copy, $"Copying PostgreSQL to {half}", cancellationToken);
            account.Own(half);
            Directory.Move(half, copied);
        }

        if (!Directory.Exists(data.Of("postgres")) && Directory.Exists(home))
        {
            Directory.Delete(home, recursive: true); // our own folder says whether there is data: --fresh starts over
        }

        Directory.CreateDirectory(home);
        account.Own(home);
        return Succeeds([.. AsNobody, Path.Combine(copied, "bin", "postgres"), "--version"])
            ? account
            : throw new StartRefusedException("PostgreSQL can't run as root here, and neither unshare nor setpriv helps: run as an ordinary user.");
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16];

    private static bool Succeeds(string[] words)
    {
        try
        {
            var start = new ProcessStartInfo(words[0], words[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
            using var process = Process.Start(start)!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false; // the program is not there
        }
    }
}
