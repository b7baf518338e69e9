using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using ToolboxAI.Functions.Http;
using ToolboxAI.Shared.Billing.StripeEvents;
using ToolboxAI.Shared.Email;
using ToolboxAI.Shared.Identity;

namespace ToolboxAI.Functions.Billing;

/// <summary>Takes Stripe's events.</summary>
public sealed class ReceiveStripeEvent(StripeWebhook webhook)
{
    /// <summary>The most bytes of an event.</summary>
    public const int MostBytes = 512 * 1024;

    [Function(nameof(ReceiveStripeEvent)), SignedWebhook("Stripe")]
    [Api("Takes Stripe's events"), Answers(200), Refuses(400, "invalid_signature"), Refuses(413, "body_too_large")]
    public async Task<IResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/webhooks/stripe")] HttpRequest http, CancellationToken ct)
    {
        var body = await http.ReadRawBody(MostBytes, ct);
        return await webhook.Receive(body, http.Headers["Stripe-Signature"], ct) ? Results.Ok() : new InvalidSignature().ToProblem();
    }
}
