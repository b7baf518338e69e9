using Azure.Messaging.ServiceBus;
using ToolboxAI.Shared.Email;

namespace ToolboxAI.Functions.Operations;

/// <summary>The bus answers: a look at a queue, which takes nothing from it.</summary>
public sealed class BusCheck(ServiceBusClient client) : IReadinessCheck
{
    /// <inheritdoc/>
    public string Name => "bus";

    /// <inheritdoc/>
    public async Task Check(CancellationToken ct)
    {
        await using var receiver = client.CreateReceiver(EmailMessage.Queue);
        await receiver.PeekMessageAsync(cancellationToken: ct);
    }
}
