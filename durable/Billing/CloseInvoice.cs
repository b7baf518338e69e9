using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using ToolboxAI.Shared.Billing;
using ToolboxAI.Shared.Billing.Payments;
using ToolboxAI.Shared.Http;

namespace ToolboxAI.Durable.Billing;

/// <summary>An invoice to bring to the policy's end.</summary>
/// <param name="InvoiceId">The invoice.</param>
/// <param name="Ending">The policy's end.</param>
/// <param name="CorrelationId">The correlation id of the call that moved the run last.</param>
public sealed record CloseInvoiceInput(string InvoiceId, DunningEnding Ending, string? CorrelationId = null);

/// <summary>
/// Voids an open invoice or marks it uncollectible, as the ending says, and tells how it stands then: paid after all is paid.
/// </summary>
public sealed class CloseInvoice(IPayments payments, ILogger<CloseInvoice> log)
{
    /// <summary>Closes the invoice; one that is not open any more stays as it is.</summary>
    [Function(nameof(CloseInvoice))]
    public async Task<InvoiceStatus> Run([ActivityTrigger] CloseInvoiceInput input, CancellationToken ct)
    {
        using var cause = Correlation.GoOn(log, input.CorrelationId);
        var status = await Read(input.InvoiceId, ct);
        if (status != InvoiceStatus.Open || input.Ending == DunningEnding.Pause)
        {
            return status;
        }

        try
        {
            await (input.Ending == DunningEnding.Cancel
                ? payments.VoidInvoice(input.InvoiceId, ct)
                : payments.MarkUncollectible(input.InvoiceId, ct));
        }
        catch (PermanentPaymentsException)
        {
            // Stripe refuses what is not open: it was paid between our reading and the call.
            if (await Read(input.InvoiceId, ct) == InvoiceStatus.Open)
            {
                throw;
            }
        }

        return await Read(input.InvoiceId, ct);
    }

    private async Task<InvoiceStatus> Read(string invoiceId, CancellationToken ct) =>
        (await payments.ReadInvoice(invoiceId, ct))?.Status ?? InvoiceStatus.Void;
}
