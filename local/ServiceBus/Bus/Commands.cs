using Azure.Messaging.ServiceBus;

namespace ToolboxAI.Local.ServiceBus;

/// <summary>Runs the commands of senders and receivers.</summary>
internal static class Commands
{
    public static Task<IReadOnlyList<IReadOnlyList<long>>> RunAsync(
        IBus bus, IReadOnlyList<BusCommand> commands, ServiceBusClient client, CancellationToken cancellationToken) =>
        bus.ApplyAsync(commands, cancellationToken);
}
