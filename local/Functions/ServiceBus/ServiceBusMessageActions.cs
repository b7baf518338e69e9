using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker.Converters;
using ToolboxAI.Local.Functions;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Settles the messages that a function was given; bind it as a parameter. What it settled the host leaves alone.</summary>
[InputConverter(typeof(ServiceBusMessageActionsConverter))]
public class ServiceBusMessageActions
{
    private readonly MessageSettlement? settlement;

    /// <summary>For mocks.</summary>
    protected ServiceBusMessageActions()
    {
    }

    internal ServiceBusMessageActions(MessageSettlement settlement) => this.settlement = settlement;

    private MessageSettlement Settlement => settlement ?? throw new InvalidOperationException("A mock must override this.");

    /// <summary>The message is done.</summary>
    public virtual Task CompleteMessageAsync(ServiceBusReceivedMessage message, CancellationToken cancellationToken = default) =>
        Settlement.SettleAsync(message, receiver => receiver.CompleteMessageAsync(message, cancellationToken));

    /// <summary>The message becomes available again at once; its delivery count rises.</summary>
    public virtual Task AbandonMessageAsync(
        ServiceBusReceivedMessage message, IDictionary<string, object>? propertiesToModify = null, CancellationToken cancellationToken = default) =>
        Settlement.SettleAsync(message, receiver => receiver.AbandonMessageAsync(message, propertiesToModify, cancellationToken));

    /// <summary>The message goes to the dead letters.</summary>
    public virtual Task DeadLetterMessageAsync(
        ServiceBusReceivedMessage message,
        Dictionary<string, object>? propertiesToModify = null,
        string? deadLetterReason = null,
        string? deadLetterErrorDescription = null,
        CancellationToken cancellationToken = default) => Settlement.SettleAsync(message, receiver => deadLetterReason is null
            ? receiver.DeadLetterMessageAsync(message, propertiesToModify, cancellationToken)
            : receiver.DeadLetterMessageAsync(message, propertiesToModify, deadLetterReason, deadLetterErrorDescription, cancellationToken));

    /// <summary>The message is put aside, to be received by its sequence number.</summary>
    public virtual Task DeferMessageAsync(
        ServiceBusReceivedMessage message, IDictionary<string, object>? propertiesToModify = null, CancellationToken cancellationToken = default) =>
        Settlement.SettleAsync(message, receiver => receiver.DeferMessageAsync(message, propertiesToModify, cancellationToken));

    /// <summary>The message's lock runs from now again.</summary>
    public virtual Task RenewMessageLockAsync(ServiceBusReceivedMessage message, CancellationToken cancellationToken = default) =>
        Settlement.Receiver.RenewMessageLockAsync(message, cancellationToken);
}

internal sealed class ServiceBusMessageActionsConverter : IInputConverter
{
    public ValueTask<ConversionResult> ConvertAsync(ConverterContext context) =>
        new(context.FunctionContext.Features.Get<MessageSettlement>() is { } settlement
            ? ConversionResult.Success(new ServiceBusMessageActions(settlement))
            : ConversionResult.Unhandled());
}
