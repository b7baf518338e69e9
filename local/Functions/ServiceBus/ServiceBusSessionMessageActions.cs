using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker.Converters;
using ToolboxAI.Local.Functions;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Works with the session that a function's message belongs to; bind it as a parameter.</summary>
[InputConverter(typeof(ServiceBusSessionMessageActionsConverter))]
public class ServiceBusSessionMessageActions
{
    private readonly MessageSettlement? settlement;

    /// <summary>For mocks.</summary>
    protected ServiceBusSessionMessageActions()
    {
    }

    internal ServiceBusSessionMessageActions(MessageSettlement settlement)
    {
        this.settlement = settlement;
        SessionLockedUntil = Session.SessionLockedUntil;
    }

    /// <summary>When the session's lock runs out.</summary>
    public virtual DateTimeOffset SessionLockedUntil { get; protected set; }

    private ServiceBusSessionReceiver Session => settlement?.Receiver as ServiceBusSessionReceiver
        ?? throw new InvalidOperationException("A mock must override this.");

    /// <summary>What was last stored as the session's state; null when nothing was.</summary>
    public virtual Task<BinaryData?> GetSessionStateAsync(CancellationToken cancellationToken = default) => Session.GetSessionStateAsync(cancellationToken);

    /// <summary>Stores the session's state.</summary>
    public virtual Task SetSessionStateAsync(BinaryData sessionState, CancellationToken cancellationToken = default) =>
        Session.SetSessionStateAsync(sessionState, cancellationToken);

    /// <summary>The host gives the session back after this message.</summary>
    public virtual Task ReleaseSession(CancellationToken cancellationToken = default)
    {
        settlement!.ReleaseSession = true;
        return Task.CompletedTask;
    }

    /// <summary>The session's lock runs from now again.</summary>
    public virtual async Task RenewSessionLockAsync(CancellationToken cancellationToken = default)
    {
        await Session.RenewSessionLockAsync(cancellationToken).ConfigureAwait(false);
        SessionLockedUntil = Session.SessionLockedUntil;
    }
}

internal sealed class ServiceBusSessionMessageActionsConverter : IInputConverter
{
    public ValueTask<ConversionResult> ConvertAsync(ConverterContext context) =>
        new(context.FunctionContext.Features.Get<MessageSettlement>() is { Receiver: ServiceBusSessionReceiver } settlement
            ? ConversionResult.Success(new ServiceBusSessionMessageActions(settlement))
            : ConversionResult.Unhandled());
}
