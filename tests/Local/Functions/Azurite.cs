using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Local.Functions;

/// <summary>A real Azurite in memory for one test class; the tests are skipped where a database is given and the services were never installed.</summary>
public sealed partial class Azurite : IAsyncLifetime
{
    private const string Account = "devstoreaccount1";
    private static readonly string Key = Convert.ToBase64String("a key for tests"u8);
    private readonly ConcurrentDictionary<string, string> addresses = new();
    private Process? process;

    public string ConnectionString { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        // It comes with PostgreSQL, which is installed at its first use.
        await TestServer.ConnectionStringAsync();
        var modules = Path.Combine(Repository.Root, ".local", "modules");
        var program = !Directory.Exists(modules) ? null : Directory.GetDirectories(modules)
            .Select(folder => Path.Combine(folder, "node_modules", "azurite", "dist", "src", "azurite.js")).FirstOrDefault(File.Exists);
        if (program is null)
        {
            return;
        }

        // It takes free ports of its own and says which: ports chosen beforehand could be another test's by then.
        string[] ports = ["--blobHost", "127.0.0.1", "--blobPort", "0", "--queueHost", "127.0.0.1", "--queuePort", "0", "--tableHost", "127.0.0.1", "--tablePort", "0"];
        process = new Process
        {
            StartInfo = new("node", [program, "--inMemoryPersistence", "--skipApiVersionCheck", "--disableTelemetry", .. ports])
            {
                Environment = { ["AZURITE_ACCOUNTS"] = $"{Account}:{Key}" },
                WorkingDirectory = Path.GetTempPath(),
                UseShellExecute = false,
                RedirectStandardOutput = true,
            },
        };
        process.OutputDataReceived += (_, line) => Hear(line.Data ?? "");
        process.Start();
        process.BeginOutputReadLine();
        await Eventually.True(() => addresses.Count == 3 || process.HasExited, 60);
        Assert.False(process.HasExited, "Azurite did not start.");
        ConnectionString = $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};"
            + string.Concat(addresses.Select(address => $"{address.Key}Endpoint={address.Value}/{Account};"));
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

    private void Hear(string line)
    {
        if (Listening().Match(line) is { Success: true } match)
        {
            addresses[match.Groups["service"].Value] = match.Groups["address"].Value;
        }
    }

    [GeneratedRegex("^Azurite (?<service>Blob|Queue|Table) service is successfully listening at (?<address>http://.+)$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Listening();
}
