using Azure.Messaging.ServiceBus;

namespace ToolboxAI.Local.ServiceBus;

/// <summary>Receives and has messages handled, as many at a time as it may, until it is told to stop or nothing comes any more.</summary>
internal sealed class MessagePump(ServiceBusReceiver receiver, Func<int> limit, Func<ServiceBusReceivedMessage, Task> handle)
{
    private static readonly TimeSpan PauseAfterError = TimeSpan.FromSeconds(1);

    private readonly HashSet<Task> running = [];

    /// <summary>Asks the pump to take no more messages.</summary>
    public bool IsEnding { get; set; }

    /// <param name="idle">After so long without a message the pump ends; null: never.</param>
    /// <param name="failed">Hears of failing receives; false ends the pump.</param>
    /// <param name="stopping">Ends the pump; handlers that run are waited for.</param>
    public async Task RunAsync(TimeSpan? idle, Func<Exception, Task<bool>> failed, CancellationToken stopping)
    {
        try
        {
            while (!stopping.IsCancellationRequested && !IsEnding)
            {
                running.RemoveWhere(task => task.IsCompleted);
                var free = limit() - running.Count;
                if (free <= 0)
                {
                    await Task.WhenAny(running);
                }
                else if (!await TakeAsync(free, idle, failed, stopping))
                {
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            IsEnding = true;
        }
        finally
        {
            await Task.WhenAll(running);
        }
    }

    private async Task<bool> TakeAsync(int free, TimeSpan? idle, Func<Exception, Task<bool>> failed, CancellationToken stopping)
    {
        try
        {
            var messages = await receiver.ReceiveMessagesAsync(free, idle, stopping);
            foreach (var message in messages)
            {
                running.Add(Task.Run(() => handle(message), CancellationToken.None));
            }

            return messages.Count > 0 || idle is null || running.Count > 0;
        }
        catch (Exception e) when (e is not OperationCanceledException || !stopping.IsCancellationRequested)
        {
            var goOn = await failed(e);
            await Task.Delay(PauseAfterError, stopping);
            return goOn;
        }
    }
}
