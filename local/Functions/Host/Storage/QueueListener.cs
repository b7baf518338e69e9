using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace ToolboxAI.Local.Functions;

/// <summary>Runs the functions with a storage queue trigger.</summary>
internal sealed class QueueListener(
    FunctionCatalog catalog, FunctionInvoker invoker, StorageConnections storage, HostSettings host, IConfiguration settings, ILogger<QueueListener> log)
    : ITriggerListener, IDisposable
{
    private readonly Draining draining = new();
    private readonly QueueOptions options = QueueOptions.Read(host);
    private Task running = Task.CompletedTask;

    public string TriggerType => "queueTrigger";

    public Task StartAsync(IReadOnlyList<LocalFunction> functions, CancellationToken cancellationToken)
    {
        var (stopping, aborting) = (draining.Stopping, draining.Aborting);
        running = Task.WhenAll(functions.Select(Pump).OfType<QueuePump>().Select(pump => Task.Run(() => pump.RunAsync(stopping, aborting), CancellationToken.None)));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => draining.StopAsync(running, cancellationToken);

    public void Dispose() => draining.Dispose();

    private QueuePump? Pump(LocalFunction function)
    {
        var trigger = (QueueTriggerAttribute)function.Trigger.Attribute!;
        try
        {
            var service = storage.Queues(trigger.Connection);
            var name = SettingExpressions.Resolve(trigger.QueueName, settings);
            return new(function, service.GetQueueClient(name), service.GetQueueClient(name + "-poison"), invoker, options, log);
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException)
        {
            catalog.Fail(function, e.Message);
            return null;
        }
    }
}
