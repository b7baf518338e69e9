using System.Text.Json.Nodes;
using Npgsql;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Benchmarks;

/// <summary>The local services on an empty data folder, for applications to be attached to.</summary>
internal sealed class Services : IAsyncDisposable
{
    private const string Migrator = "toolbox_migrator";
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(30);
    private readonly string data = Directory.CreateTempSubdirectory("toolboxai-bench-").FullName;
    private readonly TestProcess process;

    private Services() => process = TestProcess.Start("ToolboxAI.Local.Services", new Dictionary<string, string>(), "--data", data);

    /// <summary>The file that <c>--attach</c> takes.</summary>
    public string File => Path.Combine(data, "services.json");

    /// <summary>Starts them and waits until they are ready.</summary>
    public static async Task<Services> StartAsync()
    {
        var services = new Services();
        using var patience = new CancellationTokenSource(StartLimit);
        while (!System.IO.File.Exists(services.File))
        {
            await Task.Delay(50, patience.Token);
        }

        return services;
    }

    /// <summary>Their process.</summary>
    public int ProcessId => process.Id;

    /// <summary>The product's database for the login that runs migrations.</summary>
    public string MigratorConnection => new NpgsqlConnectionStringBuilder(Setting("DatabaseConnection"))
    {
        Username = Migrator,
        Password = JsonNode.Parse(System.IO.File.ReadAllText(Path.Combine(data, "passwords.json")))![Migrator]!.GetValue<string>(),
    }.ConnectionString;

    /// <summary>One of the settings that an application attached to them gets.</summary>
    public string Setting(string name) => JsonNode.Parse(System.IO.File.ReadAllText(File))!["Values"]![name]!.GetValue<string>();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await process.TerminateAsync();
        await process.EndAsync(EndLimit);
        await process.DisposeAsync();
        await RunningApplication.DeleteAsync(data);
    }
}
