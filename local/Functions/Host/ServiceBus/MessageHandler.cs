using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Logging;

namespace ToolboxAI.Local.Functions;

/// <summary>
/// Runs a function for a message or a batch and settles what the function didn't: done when it succeeded and auto-complete is on,
/// abandoned when it failed, whatever auto-complete says.
/// </summary>
internal sealed partial class MessageHandler(MessageSource source, FunctionInvoker invoker, ILogger log)
{
    public async Task<MessageSettlement> HandleAsync(ServiceBusReceiver receiver, ServiceBusReceivedMessage message, CancellationToken aborting)
    {
        var settlement = new MessageSettlement(receiver);
        var options = MessageData.Continue(message, settlement);
        var result = await invoker.InvokeAsync(source.Function, message, MessageData.Of(message), options, aborting).ConfigureAwait(false);
        await SettleAsync(settlement, message, result.Succeeded).ConfigureAwait(false);
        return settlement;
    }

    public async Task<MessageSettlement> HandleAsync(ServiceBusReceiver receiver, IReadOnlyList<ServiceBusReceivedMessage> batch, CancellationToken aborting)
    {
        var settlement = new MessageSettlement(receiver);
        var options = new InvocationOptions { Prepare = context => context.Features.Set(settlement) };
        var result = await invoker.InvokeAsync(source.Function, batch, MessageData.Of(batch), options, aborting).ConfigureAwait(false);
        foreach (var message in batch)
        {
            await SettleAsync(settlement, message, result.Succeeded).ConfigureAwait(false);
        }

        return settlement;
    }

    private async Task SettleAsync(MessageSettlement settlement, ServiceBusReceivedMessage message, bool succeeded)
    {
        if (settlement.IsSettled(message) || (succeeded && !source.AutoComplete))
        {
            return;
        }

        try
        {
            await settlement.SettleAsync(message, receiver => succeeded
                ? receiver.CompleteMessageAsync(message)
                : receiver.AbandonMessageAsync(message)).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // Its lock was lost or the bus is away: the message comes again.
            LogUnsettled(log, e, message.MessageId, source.Path);
        }
    }

    [LoggerMessage(40, LogLevel.Warning, "Message {MessageId} of {Entity} could not be settled; it will be delivered again")]
    private static partial void LogUnsettled(ILogger log, Exception exception, string? messageId, string entity);
}
