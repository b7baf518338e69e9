using System.Collections.Concurrent;
using Azure.Messaging.ServiceBus;

namespace ToolboxAI.Shared.Data;

/// <summary>Sends through Azure Service Bus.</summary>
public sealed class ServiceBusMessageBus(ServiceBusClient client) : IMessageBus
{
    private readonly ConcurrentDictionary<string, ServiceBusSender> senders = new();

    /// <inheritdoc/>
    public Task Send(OutboxMessage message, CancellationToken ct)
    {
        var outgoing = new ServiceBusMessage(message.Body)
        {
            MessageId = message.Id,
            ContentType = "application/json",
            CorrelationId = message.CorrelationId,
        };
        if (message.Traceparent is not null)
        {
            outgoing.ApplicationProperties["Diagnostic-Id"] = message.Traceparent;
            outgoing.ApplicationProperties["traceparent"] = message.Traceparent;
        }

        if (message.NotBefore is { } notBefore)
        {
            outgoing.ScheduledEnqueueTime = notBefore;
        }

        return senders.GetOrAdd(message.Queue, client.CreateSender).SendMessageAsync(outgoing, ct);
    }
}
