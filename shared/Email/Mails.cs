using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Tenants;

namespace ToolboxAI.Shared.Email;

/// <summary>The message of the queue <c>email</c>: look at this mail and do what its state asks for.</summary>
/// <param name="Tenant">Whose mail.</param>
/// <param name="MailId">Which mail.</param>
public sealed record EmailMessage(TenantId Tenant, string MailId)
{
    /// <summary>The queue's name.</summary>
    public const string Queue = "email";
}

/// <summary>How other features send mail.</summary>
public sealed class Mails(IMailStore store, Outbox outbox, TimeProvider clock)
{
    /// <summary>
    /// Writes a mail into a tenant's unit of work; it leaves when that commits. The same id again is never a second mail,
    /// whatever it says: false, and nothing changes.
    /// </summary>
    /// <param name="work">The tenant's session in which the change that causes the mail is made.</param>
    /// <param name="id">Derived from the cause, for example <c>dunning-in_123/final_notice</c>; unique within the tenant.</param>
    /// <param name="about">The object that it is about, for example the invoice id.</param>
    /// <param name="template">One of <see cref="MailTemplate"/>.</param>
    /// <param name="to">The recipient's address.</param>
    /// <param name="model">What it says.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<bool> Enqueue(
        IUnitOfWork work, string id, string about, string template, string to, PaymentMail model, CancellationToken ct)
    {
        var tenant = work.Tenant ?? throw new InvalidOperationException("A mail belongs to a tenant: begin the unit of work for one.");
        if (!MailTemplate.All.Contains(template))
        {
            throw new ArgumentException($"There is no template {template}.", nameof(template));
        }

        if (!await store.TryAdd(work, new Mail(id, about, template, to, model, clock.GetUtcNow()), ct))
        {
            return false;
        }

        await outbox.Enqueue(work, EmailMessage.Queue, new EmailMessage(tenant, id), ct);
        return true;
    }

    /// <summary>The mails about an object, the oldest first.</summary>
    public Task<IReadOnlyList<Mail>> About(IUnitOfWork work, string about, CancellationToken ct) => store.About(work, about, ct);
}
