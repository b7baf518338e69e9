using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Email;
using ToolboxAI.Shared.Http;
using ToolboxAI.Shared.Tenants;

namespace ToolboxAI.Shared.Billing;

/// <summary>A mail of a run as the API shows it.</summary>
public sealed record DunningMailView(string Template, DateTimeOffset? SentAt, string? MessageId);

/// <summary>A run as the API shows it.</summary>
public sealed record DunningView(
    string InvoiceId,
    string CustomerId,
    string SubscriptionId,
    DunningStatus Status,
    string Stage,
    DateTimeOffset StartedAt,
    DateTimeOffset? NextTryAt,
    IReadOnlyList<DunningTry> Tries,
    IReadOnlyList<DunningMailView> Mails);

/// <summary>A command to a run: the run as it is, with the call to make, or why not.</summary>
public sealed record DunningCommand(DunningView? View, DunningCall? Call, Refusal? Refusal = null);

/// <summary>Reading a tenant's runs, and what may be asked of them.</summary>
public sealed class Dunnings(IUnitOfWorkFactory units, IDunningRuns runs, Mails mails)
{
    /// <summary>A page of runs, the newest first; null when the position is none that a page gave.</summary>
    public async Task<Page<DunningView>?> List(TenantId tenant, DunningStatus? status, string? position, int limit, CancellationToken ct)
    {
        DunningPosition? after = null;
        if (position is not null && (after = Position(position)) is null)
        {
            return null;
        }

        await using var work = await units.Begin(tenant, ct);
        var rows = await runs.Page(work, status, after, limit + 1, ct);
        var page = Page.Of(rows, limit, run => $"{run.StartedAt.UtcTicks}/{run.Start.InvoiceId}");
        var views = new List<DunningView>();
        foreach (var run in page.Items)
        {
            views.Add(await View(work, run, ct));
        }

        return new(views, page.NextCursor);
    }

    /// <summary>An invoice's run; null when it never had one.</summary>
    public async Task<DunningView?> Find(TenantId tenant, string invoiceId, CancellationToken ct)
    {
        await using var work = await units.Begin(tenant, ct);
        return await runs.Find(work, invoiceId, ct) is { } run ? await View(work, run, ct) : null;
    }

    /// <summary>Checks whether a run takes a command.</summary>
    public async Task<DunningCommand> Command(TenantId tenant, string invoiceId, SignalKind kind, CancellationToken ct)
    {
        await using var work = await units.Begin(tenant, ct);
        return await runs.Find(work, invoiceId, ct) switch
        {
            null => new(null, null, new DunningNotFound()),
            { Ended: true } => new(null, null, new DunningEnded()),
            { } run => new(await View(work, run, ct), new(run.Start, new(kind))),
        };
    }

    private async Task<DunningView> View(IUnitOfWork work, DunningRun run, CancellationToken ct)
    {
        var about = await mails.About(work, run.Start.InvoiceId, ct);
        return new(
            run.Start.InvoiceId,
            run.Start.CustomerId,
            run.Start.SubscriptionId,
            run.Status,
            run.Stage,
            run.StartedAt,
            run.NextTryAt,
            run.Tries,
            [.. about.Select(mail => new DunningMailView(mail.Template, mail.SentAt, mail.MessageId))]);
    }

    private static DunningPosition? Position(string position) =>
        position.Split('/', 2) is [var ticks, var invoiceId]
        && long.TryParse(ticks, out var at) && at >= 0 && at <= DateTimeOffset.MaxValue.UtcTicks
            ? new(new(at, TimeSpan.Zero), invoiceId)
            : null;
}
