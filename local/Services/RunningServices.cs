using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using ToolboxAI.Local.Installation;
using ToolboxAI.Local.Simulators;

namespace ToolboxAI.Local.Services;

/// <summary>
/// The services of a local installation. A service whose connection setting is given is used as it is; one whose setting
/// is empty is started, and its setting filled.
/// </summary>
internal sealed class RunningServices : IAsyncDisposable
{
    private const string LocalDatabase = "ToolboxLocal__Database";
    private const string LocalServices = "ToolboxLocal__Services";
    private const string ProductDatabase = "DatabaseConnection";
    private const string ServiceBus = "ServiceBusConnection";
    private const string Storage = "AzureWebJobsStorage";
    private const string Vault = "KeyVault__Uri";
    private const string Authentication = "DatabaseAuthentication";
    private const string VaultAuthority = "KeyVault__AuthorityFile";
    private const string DefaultWebhookSecret = "whsec_local";

    private readonly Dictionary<string, string> settings = [];
    private readonly List<Func<ServiceState>> states = [];
    private readonly IReadOnlyDictionary<string, string> given;
    private InstallationSession? session;
    private SimulatorHost? simulators;
    private WebApplication? web;

    private RunningServices(IReadOnlyDictionary<string, string> given)
    {
        this.given = given;
        string[] connections = [LocalDatabase, ProductDatabase, ServiceBus, Storage, .. SimulatedServices.All.Select(service => service.AddressSetting)];
        foreach (var name in connections.Where(Given))
        {
            settings[name] = given[name];
        }
    }

    /// <summary>The settings that connect an application to the services, the given ones and the started ones.</summary>
    public IReadOnlyDictionary<string, string> Settings => settings;

    /// <summary>
    /// Ends when the storage answers. It takes the longest to start and is used the latest, so nobody waits for it who need not: an
    /// application starts meanwhile, and is ready when its storage is.
    /// </summary>
    /// <exception cref="StartRefusedException">It does not start.</exception>
    public Task StorageReady { get; private set; } = Task.CompletedTask;

    /// <summary>Starts what is not given, and waits for all but the storage.</summary>
    /// <exception cref="StartRefusedException">Something does not start, or what is given can't be reached.</exception>
    public static async Task<RunningServices> StartAsync(
        IReadOnlyDictionary<string, string> given, Lazy<Task<NodeModules>> modules, DataFolder data, Supervisor supervisor, CancellationToken cancellationToken)
    {
        var services = new RunningServices(given);
        try
        {
            var authority = Task.Run(() => CertificateAuthority.Open(data), cancellationToken);
            var storage = services.StartStorageAsync(modules, data, supervisor, cancellationToken);
            services.states.Add(await services.StartDatabaseAsync(modules, data, supervisor, cancellationToken));
            services.states.Add(await storage);
            await services.JoinAsync(cancellationToken);
            await services.StartSimulatorsAsync(await authority, data, cancellationToken);
            await services.StartWebAsync(data.Port("services"), cancellationToken);
            return services;
        }
        catch
        {
            await services.DisposeAsync();
            throw;
        }
    }

    /// <summary>What runs where: the applications, then the services.</summary>
    public async Task<IReadOnlyList<ServiceState>> StatesAsync(CancellationToken cancellationToken) =>
        [.. await ApplicationsAsync(cancellationToken), .. states.Select(state => state())];

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (web is not null)
        {
            await web.DisposeAsync();
        }

        if (simulators is not null)
        {
            await simulators.DisposeAsync();
        }

        if (session is not null)
        {
            await session.DisposeAsync();
        }
    }

    private bool Given(string name) => !string.IsNullOrEmpty(given.GetValueOrDefault(name));

    private void Fill(string name, string value)
    {
        lock (settings)
        {
            if (!Given(name))
            {
                settings[name] = value;
            }
        }
    }

    private async Task<Func<ServiceState>> StartDatabaseAsync(Lazy<Task<NodeModules>> modules, DataFolder data, Supervisor supervisor, CancellationToken cancellationToken)
    {
        if (Given(LocalDatabase) && Given(ProductDatabase))
        {
            Fill(ServiceBus, given[LocalDatabase]);
            return () => ServiceState.Given("postgresql", ServiceState.AddressOf(given[LocalDatabase]));
        }

        var server = await PostgresServer.StartAsync((await modules.Value).Postgres, data, supervisor, durable: true, cancellationToken);
        await DatabaseLogins.EnsureAsync(server, data, cancellationToken);
        var local = server.ConnectionString(DatabaseLogins.Local, DatabaseLogins.Database);
        Fill(LocalDatabase, local);
        Fill(ServiceBus, settings[LocalDatabase]);
        if (!Given(ProductDatabase))
        {
            var migrator = server.ConnectionString(DatabaseLogins.Migrator, DatabaseLogins.Database);
            await Migrations.ApplyAsync(migrator, ServiceFiles.Migrations, ServiceFiles.Seeds, cancellationToken);
            Fill(ProductDatabase, server.ConnectionString(DatabaseLogins.Application, DatabaseLogins.Database));
        }

        return () => server.Process.State($"127.0.0.1:{server.Port}");
    }

    private async Task<Func<ServiceState>> StartStorageAsync(Lazy<Task<NodeModules>> modules, DataFolder data, Supervisor supervisor, CancellationToken cancellationToken)
    {
        if (Given(Storage))
        {
            return () => ServiceState.Given("azurite", ServiceState.AddressOf(given[Storage]));
        }

        var azurite = AzuriteServer.Start((await modules.Value).Azurite, data, supervisor);
        Fill(Storage, azurite.ConnectionString);
        StorageReady = azurite.WaitUntilReadyAsync(data, cancellationToken);
        return () => azurite.Process.State(azurite.Address);
    }

    private async Task JoinAsync(CancellationToken cancellationToken)
    {
        try
        {
            session = await InstallationSession.JoinAsync(settings[LocalDatabase], "services", cancellationToken);
        }
        catch (NpgsqlException e)
        {
            throw new StartRefusedException($"Can't use the database that {LocalDatabase} names: {e.Message}");
        }
    }

    private async Task StartSimulatorsAsync(CertificateAuthority authority, DataFolder data, CancellationToken cancellationToken)
    {
        var parts = new SimulatorParts(VaultSeeds.Literal("stripe-webhook-secret") ?? DefaultWebhookSecret, authority, VaultSeeds.Read(data));
        var chosen = SimulatedServices.All.Where(service => !Given(service.AddressSetting)).Select(service => service.Make(parts)).ToList();
        simulators = await SimulatorHost.StartAsync(session!, chosen, Logging(), cancellationToken);
        foreach (var (name, value) in simulators.Settings)
        {
            settings[name] = value;
        }

        if (!Given(Vault))
        {
            TrustAuthority(authority);
            Fill(Authentication, Given(ProductDatabase) ? "connection" : "secret"); // the vault has the login of our own database only
        }

        foreach (var service in SimulatedServices.All)
        {
            var running = simulators.Running.FirstOrDefault(simulator => simulator.Service == service.Name);
            states.Add(() => running is null
                ? ServiceState.Given(service.Name, given[service.AddressSetting])
                : ServiceState.OfThisProcess(service.Name, running.Address));
        }
    }

    /// <summary>On Linux a program's roots are a file that a variable names; elsewhere the vault's client is told of the authority.</summary>
    private void TrustAuthority(CertificateAuthority authority)
    {
        if (OperatingSystem.IsLinux())
        {
            settings[ProcessVariables.CertificateFile] = authority.BundleFile;
        }
        else
        {
            settings[VaultAuthority] = authority.CertificateFile;
        }
    }

    /// <summary>Warnings, on standard error: standard output is the report to the application.</summary>
    private static ILoggerFactory Logging() => LoggerFactory.Create(logging => logging
        .SetMinimumLevel(LogLevel.Warning)
        .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace));

    private async Task StartWebAsync(int port, CancellationToken cancellationToken)
    {
        var address = $"http://127.0.0.1:{port}";
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls(address);
        builder.Services.AddRoutingCore();
        web = builder.Build();
        web.MapGet("/local/services", async (CancellationToken aborted) => Results.Json(await StatesAsync(aborted)));
        simulators!.MapLocal(web);
        await web.StartAsync(cancellationToken);
        await session!.AnnounceAsync("services", address, cancellationToken);
        settings[LocalServices] = address;
    }

    private async Task<IReadOnlyList<ServiceState>> ApplicationsAsync(CancellationToken cancellationToken)
    {
        await using var command = session!.Database.CreateCommand(
            "SELECT address, pid FROM installation.live_processes WHERE kind = 'application' ORDER BY backend_start, id");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var applications = new List<ServiceState>();
        while (await reader.ReadAsync(cancellationToken))
        {
            applications.Add(new("application", reader.IsDBNull(0) ? null : reader.GetString(0), "running", reader.GetInt32(1)));
        }

        return applications;
    }
}
