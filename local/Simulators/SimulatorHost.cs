using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ToolboxAI.Local.Installation;

namespace ToolboxAI.Local.Simulators;

/// <summary>A simulator that answers at <paramref name="Address"/>.</summary>
/// <param name="Service">For example <c>stripe</c>.</param>
/// <param name="Address">For example <c>http://127.0.0.1:41234</c>.</param>
public sealed record RunningSimulator(string Service, string Address);

/// <summary>Runs simulators in this process: each on a port of its own, with its schedule and its deliveries.</summary>
public sealed class SimulatorHost : IAsyncDisposable
{
    private static readonly TimeSpan WebhookTimeout = TimeSpan.FromSeconds(20);
    private readonly List<WebApplication> servers = [];
    private readonly List<Task> loops = [];
    private readonly List<RunningSimulator> running = [];
    private readonly Dictionary<string, string> settings = [];
    private readonly CancellationTokenSource stopping = new();
    private readonly IReadOnlyList<ISimulator> simulators;
    private readonly SimulatorContext context;
    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = WebhookTimeout };

    private SimulatorHost(SimulatorContext context, IReadOnlyList<ISimulator> simulators)
    {
        this.context = context;
        this.simulators = simulators;
    }

    /// <summary>What runs where.</summary>
    public IReadOnlyList<RunningSimulator> Running => running;

    /// <summary>The settings that send an application to these simulators, for example <c>Stripe__ApiBase</c>.</summary>
    public IReadOnlyDictionary<string, string> Settings => settings;

    /// <summary>Starts simulators; their state is the installation's database, so a restart goes on where the last one ended.</summary>
    /// <param name="session">The installation that they belong to.</param>
    /// <param name="simulators">What to simulate.</param>
    /// <param name="loggers">Where to log.</param>
    /// <param name="cancellationToken">Gives the start up.</param>
    public static async Task<SimulatorHost> StartAsync(
        InstallationSession session, IReadOnlyList<ISimulator> simulators, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var script = string.Join('\n', simulators.Select(s => s.Script).Prepend(SimulatorSchema.Script));
        await InstallationSchema.InstallAsync(session.Database, SimulatorSchema.Name, script, cancellationToken);
        var host = new SimulatorHost(new(session, loggers), simulators);
        try
        {
            foreach (var started in await Task.WhenAll(simulators.Select(simulator => host.StartAsync(simulator, cancellationToken))))
            {
                host.Run(started);
            }

            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Maps <c>/local/faults</c> and what else the simulators offer under <c>/local</c>.</summary>
    public void MapLocal(IEndpointRouteBuilder routes)
    {
        routes.MapFaults(new Faults(context.Session.Database), simulators.Select(s => s.Service).ToList());
        foreach (var simulator in simulators)
        {
            simulator.MapLocal(routes, context);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        foreach (var server in servers)
        {
            await server.DisposeAsync();
        }

        await Task.WhenAll(loops);
        http.Dispose();
        await context.DisposeAsync();
        stopping.Dispose();
    }

    private async Task<Started> StartAsync(ISimulator simulator, CancellationToken cancellationToken)
    {
        // The port of the last run if it is free, so that an application that was attached before finds its way.
        var last = await PortAsync(simulator, cancellationToken);
        WebApplication server;
        try
        {
            server = await ListenAsync(simulator, last, cancellationToken);
        }
        catch (IOException) when (last != 0)
        {
            server = await ListenAsync(simulator, 0, cancellationToken);
        }

        lock (servers)
        {
            servers.Add(server);
        }

        var address = server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        await RememberAsync(simulator, new Uri(address).Port, cancellationToken);
        return new(simulator, address, await simulator.SettingsAsync(address, context, cancellationToken));
    }

    private void Run(Started started)
    {
        running.Add(new(started.Simulator.Service, started.Address));
        foreach (var (name, value) in started.Settings)
        {
            settings[name] = value;
        }

        loops.Add(Task.Run(() => new ScheduleRunner(context, started.Simulator).RunAsync(stopping.Token), CancellationToken.None));
        loops.Add(Task.Run(() => new DeliveryRunner(context, started.Simulator, http).RunAsync(stopping.Token), CancellationToken.None));
    }

    private async Task<WebApplication> ListenAsync(ISimulator simulator, int port, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port, listen =>
        {
            if (simulator.Certificate is { } certificate)
            {
                listen.UseHttps(certificate);
            }
        }));
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(context.Loggers);
        var server = builder.Build();
        simulator.Map(server, context);
        try
        {
            await server.StartAsync(cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    private async Task<int> PortAsync(ISimulator simulator, CancellationToken cancellationToken)
    {
        await using var command = context.Database.CreateCommand("SELECT port FROM simulators.ports WHERE service = $1");
        command.Parameters.Add(new() { Value = simulator.Service });
        return await command.ExecuteScalarAsync(cancellationToken) as int? ?? 0;
    }

    private async Task RememberAsync(ISimulator simulator, int port, CancellationToken cancellationToken)
    {
        await using var command = context.Database.CreateCommand(
            "INSERT INTO simulators.ports VALUES ($1, $2) ON CONFLICT (service) DO UPDATE SET port = excluded.port");
        command.Parameters.Add(new() { Value = simulator.Service });
        command.Parameters.Add(new() { Value = port });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private sealed record Started(ISimulator Simulator, string Address, IReadOnlyDictionary<string, string> Settings);
}
