using System.Collections.Concurrent;
using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace ToolboxAI.Local.Functions;

/// <summary>Sends what a function returned to a queue or topic.</summary>
internal sealed class ServiceBusOutput(ServiceBusClients clients, IOptions<WorkerOptions> options, IConfiguration settings, TimeProvider clock) : IOutputBinding
{
    private readonly ConcurrentDictionary<(string?, string), ServiceBusSender> senders = new();

    public string BindingType => "serviceBus";

    public async Task SendAsync(LocalBinding binding, object value, IReadOnlyDictionary<string, object?> bindingData, CancellationToken cancellationToken)
    {
        var attribute = (ServiceBusOutputAttribute)binding.Attribute!;
        var entity = BindingExpressions.Resolve(attribute.QueueOrTopicName, bindingData, settings, clock);
        var sender = senders.GetOrAdd((attribute.Connection, entity), key => clients.Get(key.Item1).CreateSender(key.Item2));
        var messages = new List<ServiceBusMessage>();
        foreach (var item in OutputItems.Of(value))
        {
            messages.Add(item as ServiceBusMessage ?? await MessageAsync(item, cancellationToken).ConfigureAwait(false));
        }

        if (messages.Count > 0)
        {
            await sender.SendMessagesAsync(messages, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<ServiceBusMessage> MessageAsync(object item, CancellationToken cancellationToken) =>
        new(await OutputItems.ContentAsync(item, options.Value.Serializer!, cancellationToken).ConfigureAwait(false))
        {
            ContentType = item switch
            {
                string => "text/plain",
                byte[] or BinaryData or Stream => "application/octet-stream",
                _ => "application/json",
            },
        };
}
