using Microsoft.Azure.Functions.Worker;
using ToolboxAI.Shared.Billing.Payments;

namespace ToolboxAI.Durable.Billing;

/// <summary>Cancels a subscription at once.</summary>
public sealed class CancelSubscription(IPayments payments)
{
    /// <summary>Cancels; one that has ended stays as it is.</summary>
    [Function(nameof(CancelSubscription))]
    public Task Run([ActivityTrigger] string subscriptionId, CancellationToken ct) => payments.CancelSubscription(subscriptionId, ct);
}
