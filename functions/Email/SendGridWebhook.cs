using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using ToolboxAI.Functions.Http;
using ToolboxAI.Shared.Email;
using ToolboxAI.Shared.Email.SendGrid;
using ToolboxAI.Shared.Http;
using ToolboxAI.Shared.Identity;

namespace ToolboxAI.Functions.Email;

/// <summary>Takes SendGrid's events about our mails.</summary>
public sealed class SendGridWebhook(SendGridSignature signature, MailEvents events)
{
    /// <summary>The most bytes of a post: SendGrid's own limit.</summary>
    public const int MostBytes = 768 * 1024;

    [Function(nameof(SendGridWebhook)), SignedWebhook("SendGrid")]
    [Api("Takes SendGrid's events about mails"), Answers(200), Refuses(400, "invalid_signature", "malformed_body"), Refuses(413, "body_too_large")]
    public async Task<IResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/webhooks/sendgrid")] HttpRequest http, CancellationToken ct)
    {
        var body = await http.ReadRawBody(MostBytes, ct);
        if (!signature.IsGenuine(http.Headers[SendGridSignature.SignatureHeader], http.Headers[SendGridSignature.TimestampHeader], body))
        {
            return new InvalidSignature().ToProblem();
        }

        if (SendGridEvent.Read(body) is not { } posted)
        {
            return new MalformedBody("A post of events is a JSON array.").ToProblem();
        }

        await events.Apply(posted, ct);
        return Results.Ok();
    }
}
