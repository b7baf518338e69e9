using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ToolboxAI.Local.Functions;

namespace ToolboxAI.Tests.Benchmarks.Http;

/// <summary>The servers that are compared: the same answer from bare Kestrel and from a function.</summary>
public static class Servers
{
    /// <summary>What both answer.</summary>
    public const string Path = "/api/hello";

    /// <summary>The environment in which a server starts no services beside itself.</summary>
    public static IReadOnlyDictionary<string, string> Alone { get; } = new Dictionary<string, string> { ["AZURE_FUNCTIONS_ENVIRONMENT"] = "Benchmark" };

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

    /// <summary>Where a host listens.</summary>
    public static Uri AddressOf(IHost host) =>
        new(host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First().Replace("localhost", "127.0.0.1", StringComparison.Ordinal));

    /// <summary>Runs one of them as a process of its own, until its input ends: <c>serve bare|hello</c>.</summary>
    public static async Task<int> Serve(string which)
    {
        using var host = which == "bare" ? await Bare() : await OfFunctions();
        Console.WriteLine($"listening {AddressOf(host)}");
        await Console.In.ReadToEndAsync();
        await host.StopAsync();
        return 0;
    }
}

/// <summary>A function that says hello.</summary>
public sealed class Hello
{
    /// <summary>Says hello.</summary>
    [Function("Hello")]
    public static IResult Run([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "hello")] HttpRequest http) => Results.Text("hello");
}
