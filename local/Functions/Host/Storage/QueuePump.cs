using System.Collections.Concurrent;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Microsoft.Extensions.Logging;

namespace ToolboxAI.Local.Functions;

/// <summary>
/// Brings the messages of one storage queue to one function. A message that failed becomes visible again; the fifth time
/// (<see cref="QueueOptions.MaxDequeueCount"/>) it goes to the poison queue.
/// </summary>
internal sealed partial class QueuePump(
    LocalFunction function, QueueClient queue, QueueClient poison, FunctionInvoker invoker, QueueOptions options, ILogger log)
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<Task, bool> running = new();
    private readonly Interruptions interruptions = new(TimeProvider.System);
    private readonly bool needsMessage = function.Parameters.Any(p => p.Name == function.Trigger.Name && p.Type == typeof(QueueMessage));

    /// <summary>Takes messages until <paramref name="stopping"/>, then waits for what runs; functions see <paramref name="aborting"/>.</summary>
    public async Task RunAsync(CancellationToken stopping, CancellationToken aborting)
    {
        var pause = ShortestPause;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var found = await TakeAsync(stopping, aborting).ConfigureAwait(false);
                pause = found ? ShortestPause : pause * 2 < options.MaxPollingInterval ? pause * 2 : options.MaxPollingInterval;
                if (found)
                {
                    await DrainToAsync(options.Threshold, stopping).ConfigureAwait(false);
                    continue;
                }
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                break;
            }
            catch (Exception e)
            {
                if (interruptions.IsNews(e))
                {
                    LogInterrupted(log, e, queue.Name);
                }

                pause = options.MaxPollingInterval;
            }

            await Task.Delay(pause, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await DrainToAsync(0, CancellationToken.None).ConfigureAwait(false);
    }

    private async Task<bool> TakeAsync(CancellationToken stopping, CancellationToken aborting)
    {
        if (!await queue.ExistsAsync(stopping).ConfigureAwait(false))
        {
            return false;
        }

        var messages = (await queue.ReceiveMessagesAsync(options.BatchSize, QueueMessageHold.Invisible, stopping).ConfigureAwait(false)).Value;
        foreach (var message in messages)
        {
            var work = HandleAsync(message, aborting);
            running[work] = true;
            _ = work.ContinueWith(done => running.TryRemove(done, out _), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }

        return messages.Length > 0;
    }

    /// <summary>Waits until no more than <paramref name="most"/> messages are being worked on.</summary>
    private async Task DrainToAsync(int most, CancellationToken cancellationToken)
    {
        while (running.Count > most)
        {
            await Task.WhenAny(running.Keys.Append(Task.Delay(Timeout.Infinite, cancellationToken))).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private async Task HandleAsync(QueueMessage message, CancellationToken aborting)
    {
        try
        {
            var hold = new QueueMessageHold(queue, message);
            var value = needsMessage ? (object)message : message.Body;
            var result = await hold.DuringAsync(invoker.InvokeAsync(function, value, Data(message), cancellationToken: aborting)).ConfigureAwait(false);
            await SettleAsync(message, hold, result.Succeeded).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            if (interruptions.IsNews(e))
            {
                LogUnsettled(log, e, message.MessageId, queue.Name);
            }
        }
    }

    private async Task SettleAsync(QueueMessage message, QueueMessageHold hold, bool succeeded)
    {
        if (!succeeded && message.DequeueCount < options.MaxDequeueCount)
        {
            await hold.LetGoAsync(options.VisibilityTimeout).ConfigureAwait(false);
            return;
        }

        if (!succeeded)
        {
            await poison.CreateIfNotExistsAsync().ConfigureAwait(false);
            await poison.SendMessageAsync(message.Body).ConfigureAwait(false);
        }

        await hold.DeleteAsync().ConfigureAwait(false);
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

    [LoggerMessage(62, LogLevel.Warning, "Message {MessageId} of the storage queue {Queue} could not be settled; it will be delivered again")]
    private static partial void LogUnsettled(ILogger log, Exception exception, string messageId, string queue);
}
