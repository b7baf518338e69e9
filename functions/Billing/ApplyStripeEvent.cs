using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using ToolboxAI.Durable.Billing;
using ToolboxAI.Shared.Billing.StripeEvents;
using ToolboxAI.Shared.Http;

namespace ToolboxAI.Functions.Billing;

/// <summary>Applies an event of Stripe's and tells the dunning runs that it concerns.</summary>
public sealed class ApplyStripeEvent(StripeEventHandler events)
{
    [Function(nameof(ApplyStripeEvent))]
    public async Task Run(
        [ServiceBusTrigger(StripeEventMessage.Queue, Connection = "ServiceBusConnection")] string message,
        [DurableClient] DurableTaskClient durable,
        CancellationToken ct)
    {
        var happened = JsonSerializer.Deserialize<StripeEventMessage>(message, ApiJson.Options)!;
        await events.Apply(happened, calls => durable.Send(calls, ct), ct);
    }
}
