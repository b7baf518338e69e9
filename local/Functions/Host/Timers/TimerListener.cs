using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace ToolboxAI.Local.Functions;

/// <summary>Runs the functions with a timer trigger.</summary>
internal sealed partial class TimerListener(
    FunctionCatalog catalog, FunctionInvoker invoker, LocalInstallation installation, TimeProvider time, IConfiguration settings, ILogger<TimerListener> log)
    : ITriggerListener, IDisposable
{
    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(5);

    private readonly Draining draining = new();
    private readonly LocalClock clock = new(time);
    private readonly Interruptions interruptions = new(TimeProvider.System);
    private ITimerStore store = new MemoryTimerStore();
    private Task running = Task.CompletedTask;

    public string TriggerType => "timerTrigger";

    public async Task StartAsync(IReadOnlyList<LocalFunction> functions, CancellationToken cancellationToken)
    {
        if (functions.Count == 0)
        {
            return;
        }

        if (await installation.SessionAsync().ConfigureAwait(false) is { } session)
        {
            store = new PostgresTimerStore(session);
        }

        var zone = settings["WEBSITE_TIME_ZONE"] is { Length: > 0 } name ? TimeZoneInfo.FindSystemTimeZoneById(name) : TimeZoneInfo.Utc;
        var loops = functions.Select(function => Loop(function, zone)).OfType<TimerLoop>().ToList();
        await store.DeclareAsync([.. loops.Select(loop => loop.Declaration)], cancellationToken).ConfigureAwait(false);
        var (stopping, aborting) = (draining.Stopping, draining.Aborting);
        running = Task.WhenAll(loops.Select(loop => KeepAsync(() => loop.RunAsync(stopping, aborting), stopping))
            .Append(KeepAsync(() => RenewAsync(stopping), stopping)));
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await draining.StopAsync(running, cancellationToken).ConfigureAwait(false);
        await store.ReleaseAsync(CancellationToken.None).ConfigureAwait(false);
    }

    public void Dispose() => draining.Dispose();

    private TimerLoop? Loop(LocalFunction function, TimeZoneInfo zone)
    {
        try
        {
            var text = SettingExpressions.Resolve(((TimerTriggerAttribute)function.Trigger.Attribute!).Schedule, settings);
            return new(function, TimerSchedule.Parse(text, zone), store, invoker, clock);
        }
        catch (FormatException e)
        {
            catalog.Fail(function, e.Message);
            return null;
        }
    }

    private async Task RenewAsync(CancellationToken stopping)
    {
        while (true)
        {
            await Task.Delay(Renewal, stopping).ConfigureAwait(false);
            await store.RenewAsync(stopping).ConfigureAwait(false);
        }
    }

    /// <summary>The database may go away and come back: timers go on then.</summary>
    private Task KeepAsync(Func<Task> work, CancellationToken stopping) => interruptions.KeepAsync(work, e => LogInterrupted(log, e), stopping);

    [LoggerMessage(30, LogLevel.Warning, "A timer was interrupted; it goes on in a second")]
    private static partial void LogInterrupted(ILogger log, Exception exception);
}
