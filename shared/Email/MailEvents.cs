using Microsoft.Extensions.Logging;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Email.SendGrid;
using ToolboxAI.Shared.Tenants;

namespace ToolboxAI.Shared.Email;

/// <summary>
/// Applies SendGrid's events, each once: the mail's change and the mark that the event was handled are one transaction of the
/// tenant. The inbox, written last, records every event and what became of it; a post that is cut short before that is
/// answered with an error, so SendGrid posts it again.
/// </summary>
public sealed partial class MailEvents(
    IMailStore store, IUnitOfWorkFactory units, IInbox inbox, IHandledMessages handled, TimeProvider clock, ILogger<MailEvents> log)
{
    private const string Sender = "sendgrid";

    /// <summary>Applies the events of a post.</summary>
    public async Task Apply(IReadOnlyList<SendGridEvent> events, CancellationToken ct)
    {
        var outcomes = new List<(SendGridEvent Event, string Outcome)>();
        foreach (var ofTenant in events.DistinctBy(e => e.Id).GroupBy(e => e.Tenant))
        {
            outcomes.AddRange(await ApplyTo(ofTenant.Key, [.. ofTenant], ct));
        }

        await using var work = await units.Begin(ct);
        foreach (var (e, outcome) in outcomes.OrderBy(o => o.Event.Id, StringComparer.Ordinal))
        {
            if (await inbox.TryAdd(work, Record(e, outcome), ct))
            {
                MailMetrics.Events.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
            }
        }

        await work.Commit(ct);
    }

    private InboxEvent Record(SendGridEvent e, string outcome)
    {
        var ofTenant = outcome is MailEventOutcome.Applied or MailEventOutcome.Unchanged;
        return new(Sender, e.Id, e.Happened.Type, ofTenant ? e.Id : null, outcome, clock.GetUtcNow());
    }

    private async Task<IReadOnlyList<(SendGridEvent Event, string Outcome)>> ApplyTo(string? slug, List<SendGridEvent> events, CancellationToken ct)
    {
        if (slug is null)
        {
            return [.. events.Select(e => (e, MailEventOutcome.NotOurs))];
        }

        try
        {
            await using var work = await units.Begin(new TenantId(slug), ct);
            var outcomes = new List<(SendGridEvent, string)>();

            // Always in the same order, so that two posts about the same mails cannot wait for each other in a circle.
            foreach (var e in events.OrderBy(e => e.MailId, StringComparer.Ordinal).ThenBy(e => e.Id, StringComparer.Ordinal))
            {
                outcomes.Add((e, await ApplyOne(work, e, ct)));
            }

            await work.Commit(ct);
            return outcomes;
        }
        catch (Exception e) when (e is UnknownTenantException or ArgumentException { ParamName: "slug" })
        {
            return [.. events.Select(e => (e, MailEventOutcome.UnknownTenant))];
        }
    }

    private async Task<string> ApplyOne(IUnitOfWork work, SendGridEvent e, CancellationToken ct)
    {
        if (e.MailId is null)
        {
            return MailEventOutcome.NotOurs;
        }

        if (await store.Lock(work, e.MailId, ct) is not { } mail)
        {
            UnknownMail(e.Id, e.Happened.Type, e.MailId);
            return MailEventOutcome.UnknownMail;
        }

        var changed = MailRules.Apply(mail, e.Happened);
        var outcome = changed == mail ? MailEventOutcome.Unchanged : MailEventOutcome.Applied;
        if (await handled.TryAdd(work, Sender, e.Id, outcome, clock.GetUtcNow(), ct) && changed != mail)
        {
            await store.Update(work, changed, ct);
            Applied(e.Happened.Type, e.MailId, work.Tenant?.Slug ?? "", changed.State);
        }

        return outcome;
    }

    [LoggerMessage(3010, LogLevel.Information, "Event {EventType}: mail {MailId} of {Tenant} is {State}")]
    private partial void Applied(string eventType, string mailId, string tenant, MailState state);

    [LoggerMessage(3011, LogLevel.Warning, "Event {EventId} ({EventType}) is about a mail that does not exist: {MailId}")]
    private partial void UnknownMail(string eventId, string eventType, string mailId);
}

/// <summary>What becomes of an event, as the inbox records it.</summary>
public static class MailEventOutcome
{
    /// <summary>The mail has moved on.</summary>
    public const string Applied = "applied";

    /// <summary>It says nothing that is not known already.</summary>
    public const string Unchanged = "unchanged";

    /// <summary>It is not about a mail of ours.</summary>
    public const string NotOurs = "not_ours";

    /// <summary>The mail that it names does not exist.</summary>
    public const string UnknownMail = "unknown_mail";

    /// <summary>The tenant that it names does not exist.</summary>
    public const string UnknownTenant = "unknown_tenant";
}
