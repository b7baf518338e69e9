using System.Collections.Concurrent;
using Azure.Messaging.ServiceBus;

namespace ToolboxAI.Local.Functions;

/// <summary>Knows which messages of an invocation the function has settled itself.</summary>
internal sealed class MessageSettlement(ServiceBusReceiver receiver)
{
    private readonly ConcurrentDictionary<string, bool> settled = new();

    public ServiceBusReceiver Receiver => receiver;

    /// <summary>Whether the function asked to give its session back.</summary>
    public bool ReleaseSession { get; set; }

    public bool IsSettled(ServiceBusReceivedMessage message) => settled.ContainsKey(message.LockToken);

    public async Task SettleAsync(ServiceBusReceivedMessage message, Func<ServiceBusReceiver, Task> settle)
    {
        await settle(receiver).ConfigureAwait(false);
        settled.TryAdd(message.LockToken, true);
    }
}
