using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using ToolboxAI.Shared.Billing;
using ToolboxAI.Shared.Billing.Payments;
using ToolboxAI.Shared.Http;

namespace ToolboxAI.Durable.Billing;

/// <summary>A try to call.</summary>
/// <param name="InvoiceId">The invoice.</param>
/// <param name="Key">The try's idempotency key.</param>
/// <param name="Since">When the try was called first.</param>
/// <param name="CorrelationId">The correlation id of the call that moved the run last.</param>
public sealed record TryPaymentInput(string InvoiceId, string Key, DateTimeOffset Since, string? CorrelationId = null);

/// <summary>
/// Takes the invoice's payment. It may run twice (a crash, a repetition), so it reads first; while the key holds, Stripe makes
/// one payment of all calls under it, and after that only the reading decides.
/// </summary>
public sealed partial class TryPayment(IPayments payments, TimeProvider clock, ILogger<TryPayment> log)
{
    /// <summary>Calls the try and says what is known then.</summary>
    [Function(nameof(TryPayment))]
    public async Task<PaymentOutcome> Run([ActivityTrigger] TryPaymentInput input, CancellationToken ct)
    {
        using var cause = Correlation.GoOn(log, input.CorrelationId);
        try
        {
            if (await Read(input, ct) is { } known)
            {
                return known;
            }

            if (!DunningRules.MayRepeat(input.Since, clock.GetUtcNow()))
            {
                return new(PaymentKnowledge.Unclear);
            }

            var answer = await payments.PayInvoice(input.InvoiceId, input.Key, ct);
            PaymentTried(input.InvoiceId, input.Key, answer.Result);
            return answer.Result switch
            {
                PayResult.Paid => new(PaymentKnowledge.Paid),
                PayResult.Declined => new(PaymentKnowledge.Declined, answer.Decline),
                PayResult.Unclear => new(PaymentKnowledge.Unknown),
                PayResult.UnclearForGood => await Read(input, ct) ?? new(PaymentKnowledge.Unclear),

                // Refused as a request and open all the same, for want of a card say: as good as declined.
                _ => await Read(input, ct) ?? new(PaymentKnowledge.Declined, answer.Decline),
            };
        }
        catch (PaymentsException e)
        {
            TryUnknown(input.InvoiceId, input.Key, e);
            return new(PaymentKnowledge.Unknown);
        }
    }

    /// <summary>What the invoice itself tells; null while it is open.</summary>
    private async Task<PaymentOutcome?> Read(TryPaymentInput input, CancellationToken ct) =>
        (await payments.ReadInvoice(input.InvoiceId, ct))?.Status switch
        {
            InvoiceStatus.Paid => new(PaymentKnowledge.Paid),
            InvoiceStatus.Open => null,
            InvoiceStatus.Uncollectible => new(PaymentKnowledge.Uncollectible),
            _ => new(PaymentKnowledge.Void),
        };

    [LoggerMessage(2100, LogLevel.Information, "Invoice {InvoiceId}, {Key}: {Result}")]
    private partial void PaymentTried(string invoiceId, string key, PayResult result);

    [LoggerMessage(2101, LogLevel.Warning, "Invoice {InvoiceId}, {Key}: nothing is known yet")]
    private partial void TryUnknown(string invoiceId, string key, Exception exception);
}
