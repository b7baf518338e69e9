using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace ToolboxAI.Local.Functions;

/// <summary>
/// Runs the functions with a storage queue trigger. A message that failed becomes visible again; the fifth time
/// (<c>extensions.queues.maxDequeueCount</c>) it goes to the queue <c>name-poison</c>.
/// </summary>
internal sealed partial class QueueListener(
    FunctionCatalog catalog, FunctionInvoker invoker, StorageConnections storage, HostSettings host, IConfiguration settings, ILogger<QueueListener> log)
    : ITriggerListener, IDisposable
{
    private static readonly TimeSpan Invisible = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(100);

    /// <summary>The real host waits up to a minute between looks at an empty queue; a developer would think it broken.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private readonly Draining draining = new();
    private readonly int batchSize = host.Extension("queues").GetValue("batchSize", 16);
    private readonly int maxDequeueCount = host.Extension("queues").GetValue("maxDequeueCount", 5);
    private readonly TimeSpan visibleAgain = host.Extension("queues").GetValue("visibilityTimeout", TimeSpan.Zero);
    private Task running = Task.CompletedTask;

    public string TriggerType => "queueTrigger";

    public Task StartAsync(IReadOnlyList<LocalFunction> functions, CancellationToken cancellationToken)
    {
        running = Task.WhenAll(functions.Select(KeepAsync));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => draining.StopAsync(running, cancellationToken);

    public void Dispose() => draining.Dispose();

    private async Task KeepAsync(LocalFunction function)
    {
        var trigger = (QueueTriggerAttribute)function.Trigger.Attribute!;
        QueueServiceClient service;
        try
        {
            service = storage.Queues(trigger.Connection);
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException)
        {
            catalog.Fail(function, e.Message);
            return;
        }

        var name = SettingExpressions.Resolve(trigger.QueueName, settings);
        var pause = ShortestPause;
        while (!draining.Stopping.IsCancellationRequested)
        {
            try
            {
                var found = await TakeAsync(function, service, name).ConfigureAwait(false);
                pause = found ? ShortestPause : pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
            catch (OperationCanceledException) when (draining.Stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                LogInterrupted(log, e, name);
                pause = LongestPause;
            }

            await Task.Delay(pause, draining.Stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<bool> TakeAsync(LocalFunction function, QueueServiceClient service, string name)
    {
        var queue = service.GetQueueClient(name);
        if (!await queue.ExistsAsync(draining.Stopping).ConfigureAwait(false))
        {
            return false;
        }

        var messages = (await queue.ReceiveMessagesAsync(batchSize, Invisible, draining.Stopping).ConfigureAwait(false)).Value;
        await Task.WhenAll(messages.Select(message => RunAsync(function, service, queue, message))).ConfigureAwait(false);
        return messages.Length > 0;
    }

    private async Task RunAsync(LocalFunction function, QueueServiceClient service, QueueClient queue, QueueMessage message)
    {
        var needsMessage = function.Parameters.Any(p => p.Name == function.Trigger.Name && p.Type == typeof(QueueMessage));
        var value = needsMessage ? (object)message : message.Body;
        var result = await invoker.InvokeAsync(function, value, Data(message), cancellationToken: draining.Aborting).ConfigureAwait(false);
        if (!result.Succeeded && message.DequeueCount < maxDequeueCount)
        {
            await queue.UpdateMessageAsync(message.MessageId, message.PopReceipt, message.Body, visibleAgain).ConfigureAwait(false);
            return;
        }

        if (!result.Succeeded)
        {
            var poison = service.GetQueueClient(queue.Name + "-poison");
            await poison.CreateIfNotExistsAsync().ConfigureAwait(false);
            await poison.SendMessageAsync(message.Body).ConfigureAwait(false);
        }

        await queue.DeleteMessageAsync(message.MessageId, message.PopReceipt).ConfigureAwait(false);
    }

    private static Dictionary<string, object?> Data(QueueMessage message) => new(StringComparer.OrdinalIgnoreCase)
    {
        ["QueueTrigger"] = message.Body.ToString(),
        ["Id"] = message.MessageId,
        ["PopReceipt"] = message.PopReceipt,
        ["DequeueCount"] = message.DequeueCount,
        ["ExpirationTime"] = message.ExpiresOn,
        ["InsertionTime"] = message.InsertedOn,
        ["NextVisibleTime"] = message.NextVisibleOn,
    };

    [LoggerMessage(61, LogLevel.Warning, "Receiving from the storage queue {Queue} was interrupted; it goes on in a moment")]
    private static partial void LogInterrupted(ILogger log, Exception exception, string queue);
}
