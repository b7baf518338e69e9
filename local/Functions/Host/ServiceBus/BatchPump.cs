using Azure.Messaging.ServiceBus;

namespace ToolboxAI.Local.Functions;

/// <summary>Takes messages in batches, one batch after the other. Locks of a batch are not renewed.</summary>
internal sealed class BatchPump(MessageSource source, MessageHandler handler) : IMessagePump
{
    public async Task RunAsync(CancellationToken stopping, CancellationToken aborting)
    {
        var receiver = source.CreateReceiver();
        await using (receiver.ConfigureAwait(false))
        {
            while (true)
            {
                var batch = await FillAsync(receiver, source.Options, stopping).ConfigureAwait(false);
                if (batch.Count > 0)
                {
                    await handler.HandleAsync(receiver, batch, aborting).ConfigureAwait(false);
                }
            }
        }
    }

    /// <summary>The next batch: what is there, or, when a fewest is set, what came until it was reached or the wait was over.</summary>
    internal static async Task<List<ServiceBusReceivedMessage>> FillAsync(ServiceBusReceiver receiver, ServiceBusOptions options, CancellationToken stopping)
    {
        var batch = new List<ServiceBusReceivedMessage>(await receiver.ReceiveMessagesAsync(options.MaxMessageBatchSize, null, stopping).ConfigureAwait(false));
        var started = TimeProvider.System.GetTimestamp();
        while (batch.Count > 0 && batch.Count < options.MinMessageBatchSize && !stopping.IsCancellationRequested)
        {
            var left = options.MaxBatchWaitTime - TimeProvider.System.GetElapsedTime(started);
            if (left <= TimeSpan.Zero)
            {
                break;
            }

            batch.AddRange(await receiver.ReceiveMessagesAsync(options.MaxMessageBatchSize - batch.Count, left, CancellationToken.None).ConfigureAwait(false));
        }

        return batch;
    }
}
