using Azure.Messaging.ServiceBus;

namespace ToolboxAI.Local.ServiceBus;

/// <summary>What a processor does around a handler: complete when it returns, abandon when it throws.</summary>
internal static class HandledMessage
{
    /// <param name="receiver">Took the messages.</param>
    /// <param name="messages">The message and those that its handler received itself.</param>
    /// <param name="handle">Runs the handler.</param>
    /// <param name="complete">Whether to complete what the handler left unsettled.</param>
    /// <param name="report">Hears of each error.</param>
    /// <param name="stop">The processor's: a handler that ends with it made no error.</param>
    public static async Task RunAsync(
        ServiceBusReceiver receiver,
        Func<IEnumerable<ServiceBusReceivedMessage>> messages,
        Func<Task> handle,
        bool complete,
        Func<Exception, ServiceBusErrorSource, Task> report,
        CancellationToken stop)
    {
        var settles = receiver.ReceiveMode == ServiceBusReceiveMode.PeekLock;
        try
        {
            await handle();
        }
        catch (Exception e)
        {
            // The handler is the application's: whatever it throws is reported, and the message comes again.
            if (!(e is OperationCanceledException && stop.IsCancellationRequested))
            {
                await report(e, ServiceBusErrorSource.ProcessMessageCallback);
            }

            if (settles && e is not ServiceBusException { Reason: ServiceBusFailureReason.MessageLockLost or ServiceBusFailureReason.SessionLockLost })
            {
                await EachAsync(messages(), message => receiver.AbandonMessageAsync(message), ServiceBusErrorSource.Abandon, report);
            }

            return;
        }

        if (settles && complete)
        {
            await EachAsync(messages(), message => receiver.CompleteMessageAsync(message), ServiceBusErrorSource.Complete, report);
        }
    }

    /// <summary>An error handler that throws must not end the processor.</summary>
    public static async Task IgnoreAsync(Func<Task> errorHandler) =>
        await Task.Run(errorHandler).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private static async Task EachAsync(
        IEnumerable<ServiceBusReceivedMessage> messages,
        Func<ServiceBusReceivedMessage, Task> settle,
        ServiceBusErrorSource source,
        Func<Exception, ServiceBusErrorSource, Task> report)
    {
        foreach (var message in messages.Where(message => !message.IsSettled))
        {
            try
            {
                await settle(message);
            }
            catch (Exception e) when (e is ServiceBusException or ObjectDisposedException)
            {
                await report(e, source);
            }
        }
    }
}
