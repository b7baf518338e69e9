using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ToolboxAI.Local.Functions;

namespace ToolboxAI.Tests.Local.Functions;

/// <summary>A running application of a few function classes, on a port of its own.</summary>
public sealed class LocalApp : IAsyncDisposable
{
    private LocalApp(IHost host)
    {
        Host = host;
        Address = new(host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        Client = new() { BaseAddress = Address };
    }

    public IHost Host { get; }

    public Uri Address { get; }

    public HttpClient Client { get; }

    public static Task<LocalApp> StartAsync(params Type[] functions) => StartAsync(_ => { }, functions);

    public static async Task<LocalApp> StartAsync(Action<FunctionsApplicationBuilder> configure, params Type[] functions)
    {
        var host = Build(port: 0, configure, functions);
        await host.StartAsync();
        return new(host);
    }

    /// <summary>The application before its start, for tests of what happens meanwhile.</summary>
    public static IHost Build(int port, Action<FunctionsApplicationBuilder> configure, params Type[] functions)
    {
        var builder = FunctionsApplication.CreateBuilder(["--port", $"{port}"]);
        builder.Services.UseFunctionsOf(functions);
        builder.Configuration["ToolboxLocal:MasterKey"] = "test_master_key";
        builder.ConfigureFunctionsWebApplication();
        configure(builder);
        return builder.Build();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Host.StopAsync();
        Host.Dispose();
    }
}
