using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Email;
using ToolboxAI.Tests.Support.Data;

namespace ToolboxAI.Tests.Support.Email;

/// <inheritdoc cref="IMailStore"/>
public sealed class InMemoryMailStore : IMailStore
{
    private const string Table = "mails";

    /// <inheritdoc/>
    public Task<bool> TryAdd(IUnitOfWork work, Mail mail, CancellationToken ct)
    {
        var session = work.Session<InMemoryUnitOfWork>();
        return session.TryInsert(session.OfTenant(Table), mail.Id, mail, ct);
    }

    /// <inheritdoc/>
    public Task<Mail?> Lock(IUnitOfWork work, string id, CancellationToken ct)
    {
        var session = work.Session<InMemoryUnitOfWork>();
        return session.FindForUpdate<Mail>(session.OfTenant(Table), id, ct);
    }

    /// <inheritdoc/>
    public async Task Update(IUnitOfWork work, Mail mail, CancellationToken ct)
    {
        var session = work.Session<InMemoryUnitOfWork>();
        if (await session.FindForUpdate<Mail>(session.OfTenant(Table), mail.Id, ct) is { } before)
        {
            var written = before with
            {
                State = mail.State,
                Sends = mail.Sends,
                Unanswered = mail.Unanswered,
                Resends = mail.Resends,
                LastSendAt = mail.LastSendAt,
                SentAt = mail.SentAt,
                MessageId = mail.MessageId,
                Reason = mail.Reason,
            };
            await session.Put(session.OfTenant(Table), mail.Id, written, ct);
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<Mail>> About(IUnitOfWork work, string about, CancellationToken ct)
    {
        var session = work.Session<InMemoryUnitOfWork>();
        IReadOnlyList<Mail> mails =
        [
            .. session.All<Mail>(session.OfTenant(Table)).Where(mail => mail.About == about)
                .OrderBy(mail => mail.CreatedAt).ThenBy(mail => mail.Id, StringComparer.Ordinal),
        ];
        return Task.FromResult(mails);
    }
}
