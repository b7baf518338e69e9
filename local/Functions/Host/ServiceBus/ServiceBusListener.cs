using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace ToolboxAI.Local.Functions;

/// <summary>Runs the functions with a Service Bus trigger.</summary>
internal sealed partial class ServiceBusListener(
    FunctionCatalog catalog, FunctionInvoker invoker, ServiceBusClients clients, HostSettings host, IConfiguration settings, ILogger<ServiceBusListener> log)
    : ITriggerListener, IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Draining draining = new();
    private Task running = Task.CompletedTask;

    public string TriggerType => "serviceBusTrigger";

    public Task StartAsync(IReadOnlyList<LocalFunction> functions, CancellationToken cancellationToken)
    {
        var options = ServiceBusOptions.Read(host);
        running = Task.WhenAll(functions.Select(function => Source(function, options)).OfType<MessageSource>().SelectMany(Pumps));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => draining.StopAsync(running, cancellationToken);

    public void Dispose() => draining.Dispose();

    private MessageSource? Source(LocalFunction function, ServiceBusOptions options)
    {
        try
        {
            return MessageSource.Of(function, clients, settings, options);
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException)
        {
            catalog.Fail(function, e.Message);
            return null;
        }
    }

    private IEnumerable<Task> Pumps(MessageSource source)
    {
        var handler = new MessageHandler(source, invoker, log);
        var interruptions = new Interruptions(TimeProvider.System);
        if (source.HasSessions)
        {
            return Enumerable.Range(0, source.Options.MaxConcurrentSessions).Select(_ => KeepAsync(source, new SessionPump(source, handler), interruptions));
        }

        return [KeepAsync(source, source.IsBatched ? new BatchPump(source, handler) : new MessagePump(source, handler), interruptions)];
    }

    /// <summary>The bus may go away and come back: the trigger goes on then.</summary>
    private async Task KeepAsync(MessageSource source, IMessagePump pump, Interruptions interruptions)
    {
        var (stopping, aborting) = (draining.Stopping, draining.Aborting);
        using var owned = pump as IDisposable;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await pump.RunAsync(stopping, aborting).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                if (interruptions.IsNews(e))
                {
                    LogInterrupted(log, e, source.Path);
                }

                await Task.Delay(Pause, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    [LoggerMessage(41, LogLevel.Warning, "Receiving from {Entity} was interrupted; it is tried again every second")]
    private static partial void LogInterrupted(ILogger log, Exception exception, string entity);
}
