using System.Collections.Concurrent;
using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace ToolboxAI.Local.Functions;

/// <summary>Runs the functions with a Service Bus trigger.</summary>
internal sealed partial class ServiceBusListener(
    FunctionCatalog catalog, FunctionInvoker invoker, ServiceBusClients clients, HostSettings host, IConfiguration settings, ILogger<ServiceBusListener> log)
    : ITriggerListener, IDisposable
{
    /// <summary>How long a start waits for a bus that is away; the pumps wait longer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Draining draining = new();
    private readonly ConcurrentBag<IAsyncDisposable> listening = [];
    private Task running = Task.CompletedTask;

    public string TriggerType => "serviceBusTrigger";

    public async Task StartAsync(IReadOnlyList<LocalFunction> functions, CancellationToken cancellationToken)
    {
        var options = ServiceBusOptions.Read(host);
        var sources = functions.Select(function => Source(function, options)).OfType<MessageSource>().ToList();
        var listens = Task.WhenAll(sources.Select(ListenAsync));
        running = Task.WhenAll([listens, .. sources.SelectMany(Pumps)]);
        await Task.WhenAny(listens, Task.Delay(Patience, cancellationToken)).ConfigureAwait(false);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await draining.StopAsync(running, cancellationToken).ConfigureAwait(false);
        while (listening.TryTake(out var one))
        {
            await one.DisposeAsync().ConfigureAwait(false);
        }
    }

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

    private async Task ListenAsync(MessageSource source)
    {
        try
        {
            listening.Add(await source.ListenAsync(draining.Stopping).ConfigureAwait(false));
        }
        catch (ServiceBusException)
        {
            // The pumps tell of it, and listen themselves as soon as the bus is back.
            return;
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
        await interruptions.KeepAsync(() => pump.RunAsync(stopping, aborting), e => LogInterrupted(log, e, source.Path), stopping).ConfigureAwait(false);
    }

    [LoggerMessage(41, LogLevel.Warning, "Receiving from {Entity} was interrupted; it is tried again every second")]
    private static partial void LogInterrupted(ILogger log, Exception exception, string entity);
}
