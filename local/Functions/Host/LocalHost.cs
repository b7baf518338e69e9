using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ToolboxAI.Local.Functions;

/// <summary>Starts the triggers once the application listens, and stops them first, so that no invocation is cut off within the grace period.</summary>
internal sealed partial class LocalHost(
    FunctionCatalog catalog, IEnumerable<ITriggerListener> listeners, LocalInstallation installation, IServer server, ILogger<LocalHost> log)
    : IHostedLifecycleService
{
    private readonly ITriggerListener[] triggers = [.. listeners];

    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        foreach (var listener in triggers)
        {
            await listener.StartAsync(catalog.Runnable(listener.TriggerType), cancellationToken).ConfigureAwait(false);
        }

        var address = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault();
        if (await installation.SessionAsync().ConfigureAwait(false) is { } session)
        {
            await session.AnnounceAsync("application", address, cancellationToken).ConfigureAwait(false);
        }

        LogStarted(log, catalog.Functions.Count, address);
    }

    public Task StoppingAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(triggers.Select(listener => listener.StopAsync(cancellationToken)));

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(20, LogLevel.Information, "{Count} functions run at {Address}")]
    private static partial void LogStarted(ILogger log, int count, string? address);
}
