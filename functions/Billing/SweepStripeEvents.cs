using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using ToolboxAI.Shared.Billing.StripeEvents;

namespace ToolboxAI.Functions.Billing;

/// <summary>Fetches events that Stripe could not deliver, and sends those again that could not be applied to the end.</summary>
public sealed partial class SweepStripeEvents(StripeEventSweep sweep, ILogger<SweepStripeEvents> log)
{
    [Function(nameof(SweepStripeEvents))]
    public async Task Run([TimerTrigger("0 */10 * * * *")] TimerInfo timer, CancellationToken ct)
    {
        var (fetched, sentAgain) = await sweep.Run(ct);
        if (fetched + sentAgain > 0)
        {
            Swept(fetched, sentAgain);
        }
    }

    [LoggerMessage(2200, LogLevel.Warning, "Stripe's events: {Fetched} had not been delivered, {SentAgain} had not been applied to the end")]
    private partial void Swept(int fetched, int sentAgain);
}
