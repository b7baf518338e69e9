using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using ToolboxAI.Shared.Billing.Payments;
using ToolboxAI.Shared.Http;

namespace ToolboxAI.Durable.Billing;

/// <summary>A subscription to cancel.</summary>
/// <param name="SubscriptionId">The subscription.</param>
/// <param name="CorrelationId">The correlation id of the call that moved the run last.</param>
public sealed record CancelSubscriptionInput(string SubscriptionId, string? CorrelationId = null);

/// <summary>Cancels a subscription at once.</summary>
public sealed class CancelSubscription(IPayments payments, ILogger<CancelSubscription> log)
{
    /// <summary>Cancels; one that has ended stays as it is.</summary>
    [Function(nameof(CancelSubscription))]
    public async Task Run([ActivityTrigger] CancelSubscriptionInput input, CancellationToken ct)
    {
        using var cause = Correlation.GoOn(log, input.CorrelationId);
        await payments.CancelSubscription(input.SubscriptionId, ct);
    }
}
