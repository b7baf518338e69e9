using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Options;
using SendGrid;
using SendGrid.Helpers.Mail;
using ToolboxAI.Shared.Gateways;
using ToolboxAI.Shared.Secrets;
using ToolboxAI.Shared.Tenants;

namespace ToolboxAI.Shared.Email.SendGrid;

/// <summary>Sends mail through SendGrid: one <c>POST /v3/mail/send</c>, no retries.</summary>
public sealed class SendGridMailGateway(HttpClient http, IOptions<SendGridOptions> options) : ISendMail
{
    /// <summary>Carries our id of the mail in every event about it. Prefixed, because SendGrid puts it beside its own members.</summary>
    public const string MailIdArg = "tbx_mail_id";

    /// <summary>Carries the tenant in every event about the mail.</summary>
    public const string TenantArg = "tbx_tenant";

    private const int LongestReason = 300;

    private readonly SendGridClient client = new(http, new SendGridClientOptions
    {
        ApiKey = BearerSecretHandler.Placeholder,
        Host = options.Value.ApiBase is { Length: > 0 } address ? address : "https://api.sendgrid.com",
    });

    /// <inheritdoc/>
    public async Task<string> Send(TenantId tenant, string mailId, string to, RenderedMail mail, CancellationToken ct)
    {
        var answer = await Post(Message(tenant, mailId, to, mail), ct);
        if (answer.IsSuccessStatusCode)
        {
            return answer.Headers.TryGetValues("X-Message-Id", out var ids) ? ids.First() : "";
        }

        throw new SendMailException(Failure(answer.StatusCode), $"{(int)answer.StatusCode}: {await Reason(answer, ct)}");
    }

    private async Task<Response> Post(SendGridMessage message, CancellationToken ct)
    {
        try
        {
            return await client.SendEmailAsync(message, ct);
        }
        catch (SecretsException e)
        {
            throw new SendMailException(GatewayFailure.Transient, "The key for SendGrid can't be had: nothing was sent.", e);
        }
        catch (HttpRequestException e) when (e.HttpRequestError
            is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError)
        {
            throw new SendMailException(GatewayFailure.Transient, "SendGrid could not be reached.", e);
        }
        catch (Exception e) when (e is HttpRequestException || (e is TaskCanceledException && !ct.IsCancellationRequested))
        {
            throw new SendMailException(GatewayFailure.Unclear, "SendGrid did not answer.", e) { Answered = false };
        }
    }

    private SendGridMessage Message(TenantId tenant, string mailId, string to, RenderedMail mail)
    {
        var message = new SendGridMessage
        {
            From = MailHelper.StringToEmailAddress(options.Value.Sender),
            Subject = mail.Subject,
            PlainTextContent = mail.Text,
            HtmlContent = mail.Html,
        };
        message.AddTo(to);
        message.AddGlobalCustomArg(MailIdArg, mailId);
        message.AddGlobalCustomArg(TenantArg, tenant.Slug);
        message.AddGlobalHeader("Auto-Submitted", "auto-generated");
        message.AddCategory("billing");

        // Rewritten links and invisible pictures have no place in a mail about a payment.
        message.SetClickTracking(enable: false, enableText: false);
        message.SetOpenTracking(enable: false);
        return message;
    }

    /// <summary>
    /// A wrong key or an unverified sender (401, 403) is ours to mend, so the mail waits for that. 408, 429 and 503 say that
    /// nothing was taken on; any other 5xx leaves it open.
    /// </summary>
    private static GatewayFailure Failure(HttpStatusCode status) => (int)status switch
    {
        401 or 403 or 408 or 429 or 503 => GatewayFailure.Transient,
        >= 500 => GatewayFailure.Unclear,
        _ => GatewayFailure.Permanent,
    };

    private static async Task<string> Reason(Response answer, CancellationToken ct)
    {
        const string None = "no reason given";
        try
        {
            using var body = JsonDocument.Parse(await answer.Body.ReadAsStreamAsync(ct));
            return ForeignText.Clean(body.RootElement.GetProperty("errors")[0].GetProperty("message").GetString() ?? None, LongestReason);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or IndexOutOfRangeException)
        {
            return None;                                                         // a proxy's page, not SendGrid's answer
        }
    }
}
