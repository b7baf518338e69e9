using Microsoft.Extensions.Logging;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Gateways;

namespace ToolboxAI.Shared.Email;

/// <summary>
/// Handles the messages of the queue <c>email</c>. The state <c>sending</c> is committed before the call, the outcome after it;
/// whatever dies in between is found again in that state.
/// </summary>
public sealed partial class MailDelivery(
    IMailStore store, IUnitOfWorkFactory units, ISendMail gateway, Outbox outbox, TimeProvider clock, ILogger<MailDelivery> log)
{
    /// <summary>Does what the mail's state asks for. May be called any number of times for one mail.</summary>
    public async Task Handle(EmailMessage message, CancellationToken ct)
    {
        if (await Begin(message, ct) is not { } begun)
        {
            return;
        }

        try
        {
            var id = await gateway.Send(message.Tenant, message.MailId, begun.Mail.To, begun.Content, ct);
            await Change(message, mail => (MailRules.Accepted(mail, id), null), ct);
            Count("accepted");
            Accepted(message.MailId, message.Tenant.Slug, id);
        }
        catch (SendMailException e)
        {
            NotSent(message.MailId, message.Tenant.Slug, e.Failure, e);
            await Change(message, mail => MailRules.Failed(mail, e.Failure, e.Answered, e.Message, clock.GetUtcNow()), ct);
            Count(e.Failure.ToString().ToLowerInvariant());
        }
    }

    private async Task<(Mail Mail, RenderedMail Content)?> Begin(EmailMessage message, CancellationToken ct)
    {
        await using var work = await units.Begin(message.Tenant, ct);
        if (await store.Lock(work, message.MailId, ct) is not { } mail)
        {
            Unknown(message.MailId, message.Tenant.Slug);
            return null;
        }

        var now = clock.GetUtcNow();
        switch (MailRules.Next(mail, now))
        {
            case MailStep.Send send:
                var content = MailTemplates.Render(mail.Template, mail.Model);
                await store.Update(work, MailRules.Begin(mail, send, now), ct);
                await work.Commit(ct);
                if (send.Again)
                {
                    MailMetrics.Resends.Add(1);
                    SentAgain(message.MailId, message.Tenant.Slug, mail.LastSendAt);
                }

                return (mail, content);

            case MailStep.Wait wait:
                await outbox.Enqueue(work, EmailMessage.Queue, message, ct, wait.Until);
                await work.Commit(ct);
                return null;

            case MailStep.GiveUp:
                await store.Update(work, MailRules.GivenUp(mail), ct);
                await work.Commit(ct);
                MailMetrics.Unconfirmed.Add(1);
                GaveUp(message.MailId, message.Tenant.Slug, mail.Sends);
                return null;

            default:
                return null;
        }
    }

    private async Task Change(EmailMessage message, Func<Mail, (Mail Mail, DateTimeOffset? LookAgainAt)> change, CancellationToken ct)
    {
        await using var work = await units.Begin(message.Tenant, ct);
        var mail = await store.Lock(work, message.MailId, ct)
            ?? throw new InvalidOperationException($"The mail {message.MailId} is gone.");
        var (changed, lookAgainAt) = change(mail);
        await store.Update(work, changed, ct);
        if (lookAgainAt is not null)
        {
            await outbox.Enqueue(work, EmailMessage.Queue, message, ct, lookAgainAt);
        }

        await work.Commit(ct);
    }

    private static void Count(string outcome) => MailMetrics.Sends.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    [LoggerMessage(3004, LogLevel.Information, "Mail {MailId} of {Tenant} was accepted as {MessageId}")]
    private partial void Accepted(string mailId, string tenant, string messageId);

    [LoggerMessage(3000, LogLevel.Warning, "Mail {MailId} of {Tenant} was not sent ({Failure})")]
    private partial void NotSent(string mailId, string tenant, GatewayFailure failure, Exception exception);

    [LoggerMessage(3001, LogLevel.Warning, "Mail {MailId} of {Tenant} is sent again: no event came since the unclear call of {LastSendAt}; this may be a duplicate")]
    private partial void SentAgain(string mailId, string tenant, DateTimeOffset? lastSendAt);

    [LoggerMessage(3002, LogLevel.Error, "Mail {MailId} of {Tenant} stays unconfirmed after {Sends} calls; it is not sent again")]
    private partial void GaveUp(string mailId, string tenant, int sends);

    [LoggerMessage(3003, LogLevel.Error, "There is no mail {MailId} of {Tenant}")]
    private partial void Unknown(string mailId, string tenant);
}
