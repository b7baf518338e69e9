using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using ToolboxAI.Local.Installation;

namespace ToolboxAI.Local.Services;

/// <summary>
/// The folder that holds all data of a local installation. Whoever has it open has it alone; everything in it is
/// readable by its owner only.
/// </summary>
internal sealed class DataFolder : IAsyncDisposable
{
    /// <summary>The folder of the installation's certificate authority.</summary>
    public const string Certificates = "certificates";

    // Below what systems give to connections that go out: such a port stays free until its service has it.
    private const int FirstPort = 20_000;
    private const int AfterLastPort = 32_768;

    private static readonly string[] Contents =
        ["postgres", "postgres.new", "azurite", "logs", Certificates, "passwords.json", "ports.json", "services.json"];

    private readonly DataLock held;
    private readonly Lock gate = new(); // services start side by side
    private readonly Dictionary<string, int> ports;
    private readonly Dictionary<string, string> passwords;

    private DataFolder(string path, DataLock held)
    {
        Path = path;
        this.held = held;
        passwords = Load<string>("passwords.json") ?? [];
        ports = Load<int>("ports.json") ?? [];
        CreatePrivate(Of("logs"));
    }

    public string Path { get; }

    /// <summary>Opens the folder; makes it when it is not there.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="fresh">Whether to delete the data in it first.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StartRefusedException">Another copy runs on it, or it can't be used.</exception>
    public static async Task<DataFolder> OpenAsync(string path, bool fresh, CancellationToken cancellationToken)
    {
        try
        {
            CreatePrivate(path);
            var taken = await DataLock.TakeAsync(path, cancellationToken);
            if (fresh)
            {
                Empty(path);
            }

            return new DataFolder(path, taken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartRefusedException($"Can't use the data folder {path}: {e.Message} Choose another with --data DIR.");
        }
    }

    public static StartRefusedException Damaged(string path, string what) =>
        new($"The data folder {path} is damaged ({what}). Put it right, name another with --data DIR, or start over with --fresh.");

    /// <summary>Why a service did not come up, by its log: somebody else has its port, or its data are damaged.</summary>
    public StartRefusedException DoesNotStart(string service, string log)
    {
        var words = LogFile.LastWords(log);
        var isTaken = words.Contains("could not create any TCP/IP sockets", StringComparison.Ordinal) || words.Contains("EADDRINUSE", StringComparison.Ordinal);
        return isTaken ? new($"Another program took the port of {service} in the moment in which it started. Start again.") : Damaged(Path, $"{service} does not start: {words}");
    }

    public string Of(string name) => System.IO.Path.Combine(Path, name);

    public string Log(string service) => System.IO.Path.Combine(Path, "logs", service + ".log");

    /// <summary>Remembers a process that must not outlive us, for the next start on this folder.</summary>
    public void Remember(string name, int pid) => held.Remember(name, pid);

    /// <summary>From here on the next start waits for us instead of speaking of a second copy.</summary>
    public void Ending() => held.Ending();

    /// <summary>The port of a service on 127.0.0.1: the one it had last time when that is free, or else another.</summary>
    public int Port(string service)
    {
        lock (gate)
        {
            ports[service] = ports.TryGetValue(service, out var last) && IsFree(last) ? last : FreePort();
            PrivateFile.Write(Of("ports.json"), JsonSerializer.Serialize(ports));
            return ports[service];
        }
    }

    public bool HasPassword(string login)
    {
        lock (gate)
        {
            return passwords.ContainsKey(login);
        }
    }

    /// <summary>The password of a login, made up at its first use.</summary>
    public string Password(string login)
    {
        lock (gate)
        {
            if (!passwords.TryGetValue(login, out var password))
            {
                password = passwords[login] = RandomNumberGenerator.GetHexString(32, lowercase: true);
                PrivateFile.Write(Of("passwords.json"), JsonSerializer.Serialize(passwords));
            }

            return password;
        }
    }

    public ValueTask DisposeAsync() => held.DisposeAsync();

    public static void CreatePrivate(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private static void Empty(string path)
    {
        // By name: --data may point at a folder that holds other things too.
        foreach (var entry in Contents.Select(name => System.IO.Path.Combine(path, name)))
        {
            if (Directory.Exists(entry))
            {
                Directory.Delete(entry, recursive: true);
            }
            else
            {
                File.Delete(entry);
            }
        }
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        for (var tries = FirstPort; tries < AfterLastPort; tries++)
        {
            if (Random.Shared.Next(FirstPort, AfterLastPort) is var port && IsFree(port))
            {
                return port;
            }
        }

        throw new StartRefusedException($"No port between {FirstPort} and {AfterLastPort - 1} is free.");
    }

    private Dictionary<string, T>? Load<T>(string name)
    {
        try
        {
            return File.Exists(Of(name)) ? JsonSerializer.Deserialize<Dictionary<string, T>>(File.ReadAllText(Of(name))) : null;
        }
        catch (JsonException)
        {
            throw Damaged(Path, $"{name} can't be read");
        }
    }
}
