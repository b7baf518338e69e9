using Microsoft.Azure.Functions.Worker;
using ToolboxAI.Shared.Billing.Payments;

namespace ToolboxAI.Durable.Billing;

/// <summary>Pauses a subscription's collection: its later invoices are voided.</summary>
public sealed class PauseCollection(IPayments payments)
{
    /// <summary>Pauses; doing so twice changes nothing.</summary>
    [Function(nameof(PauseCollection))]
    public Task Run([ActivityTrigger] string subscriptionId, CancellationToken ct) => payments.PauseCollection(subscriptionId, ct);
}
