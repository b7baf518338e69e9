using Microsoft.Extensions.Logging;
using ToolboxAI.Shared.Billing.Payments;

namespace ToolboxAI.Shared.Billing.StripeEvents;

/// <summary>A try to make with the customer's card.</summary>
/// <param name="InvoiceId">The invoice that was given up.</param>
/// <param name="Key">The try's idempotency key: one for each card.</param>
/// <param name="Renewed">The card is the same, with other details behind it.</param>
internal sealed record LateTry(string InvoiceId, string Key, bool Renewed);

/// <summary>
/// Tries a customer's new card on what was given up: one try for a card, after which the run stays ended as it is. Paid, the invoice gives back
/// what is withheld, by the event that tells so.
/// </summary>
internal sealed partial class LatePayments(IPayments payments, TimeProvider clock, ILogger log)
{
    /// <summary>Makes the try, unless there is nothing left to pay or the card was refused before. Made again, it is the same try.</summary>
    /// <param name="late">The try.</param>
    /// <param name="since">When the card was given: the try is made only while its key holds from then on.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="PaymentsException">Nothing is known yet: to be made again.</exception>
    public async Task Try(LateTry late, DateTimeOffset? since, CancellationToken ct)
    {
        if (since is not { } given || !DunningRules.MayRepeat(given, clock.GetUtcNow()) || !await MayPay(late, ct))
        {
            return;
        }

        var answer = await payments.PayInvoice(late.InvoiceId, late.Key, ct);
        LateTried(late.InvoiceId, late.Key, answer.Result);
        if (answer.Result == PayResult.Unclear)
        {
            throw new UnclearPaymentsException($"Whether {late.Key} paid is not known yet.", null, new TimeoutException("Stripe gave no clear answer."));
        }
    }

    private async Task<bool> MayPay(LateTry late, CancellationToken ct) =>
        await payments.ReadInvoice(late.InvoiceId, ct) is { Status: InvoiceStatus.Open or InvoiceStatus.Uncollectible } invoice
        && (late.Renewed || invoice.Card != invoice.CustomerCard);

    [LoggerMessage(2001, LogLevel.Information, "Invoice {InvoiceId}, given up before, {Key}: {Result}")]
    private partial void LateTried(string invoiceId, string key, PayResult result);
}
