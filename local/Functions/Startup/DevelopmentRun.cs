using System.Net.Http.Json;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ToolboxAI.Local.Installation;

namespace ToolboxAI.Local.Functions.Startup;

/// <summary>
/// A run in Development: it says what runs where once everything does, ends the application when its services or whoever
/// started it have ended, and the services after the application.
/// </summary>
internal sealed partial class DevelopmentRun(LocalApplication application, IHostApplicationLifetime lifetime, ILogger<DevelopmentRun> log) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStarted.Register(() => _ = GreetAsync());
        lifetime.ApplicationStopped.Register(() => EndServicesAsync().GetAwaiter().GetResult());
        _ = WatchAsync();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task GreetAsync()
    {
        if (application.Settings.GetValueOrDefault("ToolboxLocal:Services") is not { Length: > 0 } address)
        {
            return;
        }

        try
        {
            using var client = new HttpClient();
            var services = await client.GetFromJsonAsync<ServiceState[]>($"{address}/local/services").ConfigureAwait(false);
            var sample = SampleSettings.Read();
            var own = Array.Find(services!, state => state.Pid == Environment.ProcessId && state.Name == "application")?.Address;
            if (own is not null)
            {
                await sample.MakeRequestsAsync(own, lifetime.ApplicationStopping).ConfigureAwait(false);
            }

            await Console.Out.WriteLineAsync($"\n{ServiceTable.Print(services!)}\n\n{sample.Welcome(own ?? "")}").ConfigureAwait(false);
        }
        catch (HttpRequestException e)
        {
            LogNoTable(log, e);
        }
    }

    private async Task WatchAsync()
    {
        var stopping = lifetime.ApplicationStopping;
        var services = application.Services?.Ended ?? Task.Delay(Timeout.Infinite, stopping);
        var pipe = application.Supervised ? EndOfPipeAsync(stopping) : DotnetRun.EndedAsync(stopping);
        var first = await Task.WhenAny(services, pipe).ConfigureAwait(false);
        if (first == services && !stopping.IsCancellationRequested)
        {
            LogServicesEnded(log);
        }

        lifetime.StopApplication();
    }

    private static async Task EndOfPipeAsync(CancellationToken stopping)
    {
        using var pipe = Console.OpenStandardInput();
        await pipe.CopyToAsync(Stream.Null, stopping).ConfigureAwait(false);
    }

    private async Task EndServicesAsync()
    {
        if (application.Services is { } services)
        {
            var endedByItself = services.Ended.IsCompleted;
            await services.EndAsync().ConfigureAwait(false);
            if (endedByItself)
            {
                Environment.Exit(1);
            }
        }
    }

    [LoggerMessage(30, LogLevel.Error, "The local services have ended; so does the application")]
    private static partial void LogServicesEnded(ILogger log);

    [LoggerMessage(31, LogLevel.Warning, "The services do not say what runs where")]
    private static partial void LogNoTable(ILogger log, Exception exception);
}
