using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace ToolboxAI.Local.Simulators.SendGrid;

/// <summary><c>POST /v3/mail/send</c>: everything that follows from a mail is committed before the answer.</summary>
internal sealed class MailSend(SimulatorContext context)
{
    private const string Request = "POST /v3/mail/send";

    public async Task HandleAsync(HttpContext http)
    {
        if (!http.Request.HasJsonContentType())
        {
            await SendGridSimulator.RefuseAsync(http, MailErrors.Of(415), StatusCodes.Status415UnsupportedMediaType);
            return;
        }

        using var body = await ReadAsync(http);
        if (body is null)
        {
            return;
        }

        // The answer may be lost, the effect not: from here on the caller's going away stops nothing.
        await using var transaction = await context.BeginAsync("sendgrid", CancellationToken.None);
        if (MailValidation.Check(body.RootElement, transaction.Now) is { Count: > 0 } errors)
        {
            await SendGridSimulator.RefuseAsync(http, new(errors), StatusCodes.Status400BadRequest);
            return;
        }

        if (body.RootElement.Setting("sandbox_mode"))
        {
            http.Response.StatusCode = StatusCodes.Status200OK;
            return;
        }

        var messageId = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));
        foreach (var mail in OutgoingMail.From(body.RootElement, messageId, transaction.Now))
        {
            await TakeOnAsync(mail, transaction);
        }

        await transaction.CommitAsync(CancellationToken.None);
        http.Response.StatusCode = StatusCodes.Status202Accepted;
        http.Response.Headers["X-Message-Id"] = messageId;
    }

    private static async Task<JsonDocument?> ReadAsync(HttpContext http)
    {
        try
        {
            return await JsonDocument.ParseAsync(http.Request.Body, default, http.RequestAborted);
        }
        catch (JsonException)
        {
            await SendGridSimulator.RefuseAsync(http, MailErrors.Of(400), StatusCodes.Status400BadRequest);
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            await SendGridSimulator.RefuseAsync(http, MailErrors.Of(413), e.StatusCode);
        }

        return null;
    }

    private static async Task TakeOnAsync(OutgoingMail mail, SimulatorTransaction transaction)
    {
        var behaviour = AddressBehaviours.Of(mail.To);
        var suppressed = mail.BypassSuppressions ? null : await Mailbox.SuppressionAsync(transaction, mail.To);
        suppressed ??= behaviour is AddressBehaviour.Drop ? "Bounced Address" : null;
        if (suppressed is null && behaviour is not (AddressBehaviour.Bounce or AddressBehaviour.Block))
        {
            await Mailbox.PutAsync(transaction, mail);
        }

        if (behaviour is AddressBehaviour.Bounce or AddressBehaviour.Spam)
        {
            await Mailbox.SuppressAsync(transaction, mail.To, behaviour is AddressBehaviour.Bounce ? "Bounced Address" : "Spam Reporting Address");
        }

        foreach (var (type, at, body) in MailEvents.Of(mail, suppressed))
        {
            var fault = await transaction.TakeEventFaultAsync(type, Request, CancellationToken.None);
            var copies = fault?.Kind switch
            {
                FaultKinds.DropEvent => 0,
                FaultKinds.DuplicateEvent => 1 + (fault.Value ?? 1),
                _ => 1,
            };
            var due = fault?.Kind is FaultKinds.ReorderEvents ? at.AddSeconds(fault.Value ?? 2) : at;
            for (var i = 0; i < copies; i++)
            {
                await transaction.DeliverAsync(body["sg_event_id"]!.GetValue<string>(), MailEvents.Post([body]), due, CancellationToken.None);
            }
        }
    }
}
