using System.Diagnostics;
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

/// <summary>A command to a run: the call to make, or why not.</summary>
/// <param name="Call">The call.</param>
/// <param name="Refusal">Why the run takes no command.</param>
/// <param name="Before">The run's version before the command.</param>
public sealed record DunningCommand(DunningCall? Call, Refusal? Refusal = null, int Before = 0);

/// <summary>Reading a tenant's runs, and what may be asked of them.</summary>
public sealed class Dunnings(IUnitOfWorkFactory units, IDunningRuns runs, Mails mails)
{
    /// <summary>How long a caller waits until the run has taken a command; the run itself takes it in any case.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

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
            null => new(null, new DunningNotFound()),
            { Ended: true } => new(null, new DunningEnded()),
            { } run => new(new(run.Start, new(kind)), Before: run.Version),
        };
    }

    /// <summary>
    /// The run once it has taken a command that was sent to it; or as it stands after five seconds: a busy or standing engine takes it later.
    /// </summary>
    public async Task<DunningView> After(DunningCommand command, CancellationToken ct)
    {
        var (start, signal) = (command.Call!.Start, command.Call.Signal!);
        var since = Stopwatch.GetTimestamp();
        while (true)
        {
            await using (var work = await units.Begin(start.Tenant, ct))
            {
                var run = (await runs.Find(work, start.InvoiceId, ct))!;
                if (HasTaken(run, signal.Kind, command.Before) || Stopwatch.GetElapsedTime(since) > Patience)
                {
                    return await View(work, run, ct);
                }
            }

            await Task.Delay(Poll, ct);
        }
    }

    private static bool HasTaken(DunningRun run, SignalKind kind, int before) => run.Ended || kind switch
    {
        SignalKind.Pause => run.Status == DunningStatus.Paused,
        SignalKind.Resume => run.Status == DunningStatus.Running,
        SignalKind.Stop => false,
        _ => run.Version > before,
    };

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
