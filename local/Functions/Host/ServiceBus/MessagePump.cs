using Azure.Messaging.ServiceBus;

namespace ToolboxAI.Local.Functions;

/// <summary>Takes messages one by one, up to <see cref="ServiceBusOptions.MaxConcurrentCalls"/> at once.</summary>
internal sealed class MessagePump(MessageSource source, MessageHandler handler) : IMessagePump, IDisposable
{
    private readonly int places = source.Options.MaxConcurrentCalls;
    private readonly SemaphoreSlim free = new(source.Options.MaxConcurrentCalls);

    public async Task RunAsync(CancellationToken stopping, CancellationToken aborting)
    {
        var receiver = source.CreateReceiver();
        await using (receiver.ConfigureAwait(false))
        {
            using var done = new CancellationTokenSource();
            var locks = new LockKeeper(receiver, source.Options.MaxAutoLockRenewalDuration);
            var renewing = locks.RunAsync(done.Token);
            try
            {
                await TakeAsync(receiver, locks, stopping, aborting).ConfigureAwait(false);
            }
            finally
            {
                await DrainAsync().ConfigureAwait(false);
                await done.CancelAsync().ConfigureAwait(false);
                await renewing.ConfigureAwait(false);
            }
        }
    }

    public void Dispose() => free.Dispose();

    private async Task TakeAsync(ServiceBusReceiver receiver, LockKeeper locks, CancellationToken stopping, CancellationToken aborting)
    {
        while (true)
        {
            await free.WaitAsync(stopping).ConfigureAwait(false);
            var reserved = 1;
            while (reserved < places && free.Wait(0, CancellationToken.None))
            {
                reserved++;
            }

            IReadOnlyList<ServiceBusReceivedMessage> messages = [];
            try
            {
                messages = await receiver.ReceiveMessagesAsync(reserved, null, stopping).ConfigureAwait(false);
            }
            finally
            {
                if (messages.Count < reserved)
                {
                    free.Release(reserved - messages.Count);
                }
            }

            foreach (var message in messages)
            {
                locks.Hold(message);
                _ = Task.Run(() => HandleAsync(receiver, locks, message, aborting), CancellationToken.None);
            }
        }
    }

    private async Task HandleAsync(ServiceBusReceiver receiver, LockKeeper locks, ServiceBusReceivedMessage message, CancellationToken aborting)
    {
        try
        {
            await handler.HandleAsync(receiver, message, aborting).ConfigureAwait(false);
        }
        finally
        {
            locks.Let(message);
            free.Release();
        }
    }

    /// <summary>All places free again: nothing runs any more.</summary>
    private async Task DrainAsync()
    {
        for (var i = 0; i < places; i++)
        {
            await free.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        }

        free.Release(places);
    }
}
