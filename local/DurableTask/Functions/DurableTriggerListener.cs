using Microsoft.DurableTask;
using Microsoft.DurableTask.Worker;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ToolboxAI.Local.DurableTask.Engine;
using ToolboxAI.Local.DurableTask.Hosting;
using ToolboxAI.Local.Functions;

namespace Microsoft.Azure.Functions.Worker.Extensions.DurableTask;

/// <summary>Runs the hub's work in the function app: orchestrators, activities and entities alike.</summary>
internal sealed partial class DurableTriggerListener(
    FunctionsHub hub,
    FunctionCatalog catalog,
    FunctionInvoker invoker,
    IServiceProvider services,
    IOptions<DurableTaskRegistry> registry,
    IOptions<DurableTaskWorkerOptions> options) : ITriggerListener, IDisposable
{
    private readonly Draining draining = new();
    private readonly Interruptions interruptions = new(TimeProvider.System);
    private Task running = Task.CompletedTask;

    public string TriggerType => "orchestrationTrigger";

    public async Task StartAsync(IReadOnlyList<LocalFunction> functions, CancellationToken cancellationToken)
    {
        var loggers = (ILoggerFactory)services.GetService(typeof(ILoggerFactory))!;
        var settings = new TaskHostSettings(options.Value, loggers)
        {
            ExceptionProperties = (IExceptionPropertiesProvider?)services.GetService(typeof(IExceptionPropertiesProvider)),
            Properties = hub.Properties,
            Log = WorkerLog.Silent,
        };
        var host = new FunctionTaskHost(catalog, invoker, services, registry.Value, settings);
        if (host.HasTasks)
        {
            var opened = await hub.OpenAsync().ConfigureAwait(false);
            running = KeepAsync(opened, host, loggers.CreateLogger<DurableTriggerListener>());
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken) => await draining.StopAsync(running, cancellationToken).ConfigureAwait(false);

    public void Dispose() => draining.Dispose();

    /// <summary>The database may be away when a worker is about to join the hub: the trigger goes on when it is back.</summary>
    private Task KeepAsync(Hub opened, FunctionTaskHost host, ILogger log)
    {
        var (stopping, aborting) = (draining.Stopping, draining.Aborting);
        return interruptions.KeepAsync(() => new Dispatcher(opened, host).RunAsync(stopping, aborting), e => LogInterrupted(log, e, opened.Name), stopping);
    }

    [LoggerMessage(42, LogLevel.Warning, "The work of the task hub {Hub} was interrupted; it is tried again every second")]
    private static partial void LogInterrupted(ILogger log, Exception exception, string hub);
}
