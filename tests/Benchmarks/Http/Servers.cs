using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ToolboxAI.Functions.Http;
using ToolboxAI.Functions.Telemetry;
using ToolboxAI.Local.Functions;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Identity;
using ToolboxAI.Shared.Secrets;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Benchmarks.Http;

/// <summary>The servers that are compared: the same answer from bare Kestrel and from a function.</summary>
public static class Servers
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(1);

    /// <summary>What all of them answer.</summary>
    public const string Path = "/api/hello";

    /// <summary>The environment in which a server starts no services beside itself.</summary>
    public static IReadOnlyDictionary<string, string> Alone { get; } = new Dictionary<string, string> { ["AZURE_FUNCTIONS_ENVIRONMENT"] = "Benchmark" };

    /// <summary>Settings under which one key may call as often as a benchmark does.</summary>
    public static IReadOnlyDictionary<string, string?> NoLimit { get; } = new Dictionary<string, string?>
    {
        ["RequestLimits:Burst"] = "100000",
        ["RequestLimits:PerSecond"] = "100000",
    };

    /// <summary>Kestrel and nothing else.</summary>
    public static async Task<IHost> Bare()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        var app = builder.Build();
        app.MapGet(Path, () => Results.Text("hello"));
        await app.StartAsync();
        return app;
    }

    /// <summary>A function app with one function.</summary>
    public static async Task<IHost> OfFunctions()
    {
        var builder = FunctionsApplication.CreateBuilder(["--port", "0"]);
        builder.Services.UseFunctionsOf(typeof(Hello));
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.ConfigureFunctionsWebApplication();
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    /// <summary>The same function with a key, behind the product's own request pipeline.</summary>
    /// <param name="args">The command line beside the port, for example <c>--attach FILE</c>.</param>
    /// <param name="settings">Settings, above all others.</param>
    /// <param name="machine">The clock of leases; null for the machine's.</param>
    public static async Task<IHost> OfProduct(string[] args, IReadOnlyDictionary<string, string?> settings, TimeProvider? machine = null)
    {
        var builder = FunctionsApplication.CreateBuilder(["--port", "0", .. args]);
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Services.UseFunctionsOf(typeof(KeyedHello));
        builder.ConfigureFunctionsWebApplication();
        builder.AddRequestPipeline();
        builder.AddTelemetry();
        builder.Services.AddSingleton(new MachineClock(machine ?? TimeProvider.System));
        builder.Services.AddData().AddSecrets().AddIdentity();
        var host = builder.Build();
        host.StartTelemetry();
        await host.StartAsync();
        return host;
    }

    /// <summary>Where a host listens.</summary>
    public static Uri AddressOf(IHost host) =>
        new(host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First().Replace("localhost", "127.0.0.1", StringComparison.Ordinal));

    /// <summary>Where a server that is a process of its own listens, once it does.</summary>
    internal static async Task<Uri> AddressOf(TestProcess server)
    {
        using var patience = new CancellationTokenSource(StartLimit);
        while (true)
        {
            if (server.Output.Split('\n').FirstOrDefault(line => line.StartsWith("listening ", StringComparison.Ordinal)) is { } line)
            {
                return new Uri(line["listening ".Length..].Trim());
            }

            if (server.HasExited || patience.IsCancellationRequested)
            {
                throw new InvalidOperationException($"The server does not listen. It said:\n{server.Output}");
            }

            await Task.Delay(20);
        }
    }

    /// <summary>Runs one of them as a process of its own, until its input ends: <c>serve bare|hello|product [--attach FILE]</c>.</summary>
    public static async Task<int> Serve(string which, string[] args)
    {
        using var host = which switch
        {
            "bare" => await Bare(),
            "hello" => await OfFunctions(),
            _ => await OfProduct(args, NoLimit),
        };
        Console.WriteLine($"listening {AddressOf(host)}");
        await Console.In.ReadToEndAsync();
        await host.StopAsync();
        return 0;
    }
}

/// <summary>A function that says hello to who has a key.</summary>
public sealed class KeyedHello
{
    /// <summary>Says hello.</summary>
    [Function("KeyedHello"), Needs(Permission.BillingRead)]
    public static IResult Run([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "hello")] HttpRequest http) => Results.Text("hello");
}

/// <summary>A function that says hello.</summary>
public sealed class Hello
{
    /// <summary>Says hello.</summary>
    [Function("Hello")]
    public static IResult Run([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "hello")] HttpRequest http) => Results.Text("hello");
}
