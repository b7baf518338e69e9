using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Configuration;

namespace ToolboxAI.Functions.Operations;

/// <summary>The bus answers: a look at the first queue, which takes nothing from it.</summary>
public sealed class BusCheck(ServiceBusClient client, IConfiguration configuration) : IReadinessCheck
{
    /// <inheritdoc/>
    public string Name => "bus";

    /// <inheritdoc/>
    public async Task Check(CancellationToken ct)
    {
        var queue = (configuration["Messaging:Queues"] ?? "").Split(',')[0].Trim();
        await using var receiver = client.CreateReceiver(queue);
        await receiver.PeekMessageAsync(cancellationToken: ct);
    }
}
