using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ToolboxAI.Local.Functions.Startup;

namespace ToolboxAI.Local.Functions;

/// <summary>Starts the triggers once the application listens, and stops them first, so that no invocation is cut off within the grace period.</summary>
internal sealed partial class LocalHost(
    FunctionCatalog catalog, IEnumerable<ITriggerListener> listeners, AdminInvocations invocations, LocalInstallation installation, IServer server, ILogger<LocalHost> log,
    LocalApplication? application = null)
    : IHostedLifecycleService, IDisposable
{
    private static readonly TimeSpan RestartGrace = LocalDefaults.Grace;

    /// <summary>How much later than what it breaks the end of a process may be told.</summary>
    private static readonly TimeSpan EndIsToldWithin = TimeSpan.FromSeconds(2);

    private readonly ITriggerListener[] triggers = [.. listeners];
    private readonly SemaphoreSlim turn = new(1);
    private readonly TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Names this start of the host; a restart gives it another name.</summary>
    public string InstanceId { get; private set; } = Guid.NewGuid().ToString("N");

    /// <summary>Completes when the triggers listen for the first time; the application answers calls somewhat earlier.</summary>
    public Task Started => started.Task;

    /// <summary>Stops the triggers as a shutdown does, then starts them anew: what is disabled by now stays off. HTTP goes on.</summary>
    public async Task RestartAsync()
    {
        await turn.WaitAsync().ConfigureAwait(false);
        try
        {
            LogRestarting(log);
            using var grace = new CancellationTokenSource(RestartGrace);
            await StopTriggersAsync(grace.Token).ConfigureAwait(false);
            InstanceId = Guid.NewGuid().ToString("N");
            await StartTriggersAsync(CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose() => turn.Dispose();

    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        try
        {
            // It answers already: who has events for it may send them.
            var address = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault();
            if (await installation.SessionAsync().ConfigureAwait(false) is { } session)
            {
                await session.AnnounceAsync("application", address, cancellationToken).ConfigureAwait(false);
            }

            await StartTriggersAsync(cancellationToken).ConfigureAwait(false);
            started.SetResult();
            LogStarted(log, catalog.Functions.Count, address);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // It listens already, so whoever saw it answer may end it before it has started whole: that is no failure.
            LogEndedEarly(log);
        }
        catch (Exception) when (application?.Services is not null)
        {
            // When its services were killed meanwhile it is about to end for that (DevelopmentRun): what it missed of them is no other failure.
            await Task.WhenAny(application.Services.Ended, Task.Delay(EndIsToldWithin, CancellationToken.None)).ConfigureAwait(false);
            if (!application.Services.Ended.IsCompleted)
            {
                throw;
            }

            LogEndedEarly(log);
        }
    }

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(StopTriggersAsync(cancellationToken), invocations.StopAsync(cancellationToken)).ConfigureAwait(false);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task StartTriggersAsync(CancellationToken cancellationToken)
    {
        foreach (var listener in triggers)
        {
            await listener.StartAsync(catalog.Runnable(listener.TriggerType), cancellationToken).ConfigureAwait(false);
        }
    }

    private Task StopTriggersAsync(CancellationToken graceOver) =>
        Task.WhenAll(triggers.Select(listener => listener.StopAsync(graceOver)));

    [LoggerMessage(20, LogLevel.Information, "{Count} functions run at {Address}")]
    private static partial void LogStarted(ILogger log, int count, string? address);

    [LoggerMessage(22, LogLevel.Information, "The application is told to end before all its triggers have started")]
    private static partial void LogEndedEarly(ILogger log);

    [LoggerMessage(21, LogLevel.Information, "An operator restarts the host")]
    private static partial void LogRestarting(ILogger log);
}
