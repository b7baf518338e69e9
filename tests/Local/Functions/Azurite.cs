using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Local.Functions;

/// <summary>A real Azurite in memory for one test class; the tests are skipped where the services were never installed.</summary>
public sealed class Azurite : IAsyncLifetime
{
    private const string Account = "devstoreaccount1";
    private static readonly string Key = Convert.ToBase64String("a key for tests"u8);
    private Process? process;

    public string ConnectionString { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        var modules = Path.Combine(Repository.Root, ".local", "modules");
        var program = !Directory.Exists(modules) ? null : Directory.GetDirectories(modules)
            .Select(folder => Path.Combine(folder, "node_modules", "azurite", "dist", "src", "azurite.js")).FirstOrDefault(File.Exists);
        if (program is null)
        {
            return;
        }

        var (blob, queue, table) = (FreePort(), FreePort(), FreePort());
        var start = new ProcessStartInfo("node")
        {
            ArgumentList =
            {
                program, "--inMemoryPersistence", "--skipApiVersionCheck", "--disableTelemetry", "--silent",
                "--blobHost", "127.0.0.1", "--blobPort", $"{blob}", "--queueHost", "127.0.0.1", "--queuePort", $"{queue}",
                "--tableHost", "127.0.0.1", "--tablePort", $"{table}",
            },
            Environment = { ["AZURITE_ACCOUNTS"] = $"{Account}:{Key}" },
            WorkingDirectory = Path.GetTempPath(),
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        process = Process.Start(start)!;
        await Eventually.True(() => Answers(blob) && Answers(queue));
        ConnectionString = $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};"
            + $"BlobEndpoint=http://127.0.0.1:{blob}/{Account};QueueEndpoint=http://127.0.0.1:{queue}/{Account};TableEndpoint=http://127.0.0.1:{table}/{Account};";
    }

    public async ValueTask DisposeAsync()
    {
        if (process is not null)
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }

    private static bool Answers(int port)
    {
        try
        {
            using var client = new TcpClient();
            client.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
