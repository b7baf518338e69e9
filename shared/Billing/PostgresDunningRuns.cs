using System.Text.Json;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Http;

namespace ToolboxAI.Shared.Billing;

/// <inheritdoc cref="IDunningRuns"/>
public sealed class PostgresDunningRuns : IDunningRuns
{
    private const string Select =
        "SELECT invoice_id, status, stage, started_at, next_try_at, tries::text, start::text, version FROM dunning_runs";

    private const string SelectUnended = $"{Select} WHERE status IN ('running', 'paused') ORDER BY invoice_id";

    private const string SelectUnsettled = $"""
        {Select} WHERE status IN ('running', 'paused') OR (status IN ('suspended', 'uncollectible')
            AND NOT EXISTS (SELECT FROM paid_invoices WHERE paid_invoices.invoice_id = dunning_runs.invoice_id))
        ORDER BY invoice_id
        """;

    /// <summary>Adds the queries of an account's runs to its tenant's turn.</summary>
    internal static void AddTo(TenantBatch turns, AccountWanted wanted)
    {
        if (wanted.Invoices.Count > 0)
        {
            turns.Query($"{Select} WHERE invoice_id = ANY($1)", wanted.Invoices.ToArray());
        }

        if (wanted.Unsettled)
        {
            turns.Query(SelectUnsettled);
        }
    }

    /// <summary>What these queries found.</summary>
    internal static async Task<IReadOnlyList<DunningRun>> Next(TenantBatch turns, AccountWanted wanted, CancellationToken ct)
    {
        var found = wanted.Invoices.Count > 0 ? await turns.Next<Row>(ct) : [];
        var unsettled = wanted.Unsettled ? await turns.Next<Row>(ct) : [];
        return [.. found.Concat(unsettled).Select(row => row.ToRun())];
    }

    /// <inheritdoc/>
    public async Task<bool> TryAdd(IUnitOfWork work, DunningRun run, CancellationToken ct) => await work.Execute(
        """
        INSERT INTO dunning_runs (invoice_id, status, stage, started_at, next_try_at, tries, start, version)
        VALUES (@InvoiceId, @Status, @Stage, @StartedAt, @NextTryAt, CAST(@Tries AS jsonb), CAST(@Start AS jsonb), @Version)
        ON CONFLICT DO NOTHING
        """,
        Row.Of(run),
        ct) == 1;

    /// <inheritdoc/>
    public async Task<DunningRun?> Find(IUnitOfWork work, string invoiceId, CancellationToken ct) =>
        (await work.QuerySingle<Row>($"{Select} WHERE invoice_id = @invoiceId", new { invoiceId }, ct))?.ToRun();

    /// <inheritdoc/>
    public async Task<DunningRun?> Lock(IUnitOfWork work, string invoiceId, CancellationToken ct) =>
        (await work.QuerySingle<Row>($"{Select} WHERE invoice_id = @invoiceId FOR UPDATE", new { invoiceId }, ct))?.ToRun();

    /// <inheritdoc/>
    public Task Save(IUnitOfWork work, DunningRun run, CancellationToken ct) => work.Execute(
        """
        UPDATE dunning_runs
        SET status = @Status, stage = @Stage, next_try_at = @NextTryAt, tries = CAST(@Tries AS jsonb), version = @Version
        WHERE invoice_id = @InvoiceId
        """,
        Row.Of(run),
        ct);

    /// <inheritdoc/>
    public Task<IReadOnlyList<DunningRun>> Unended(IUnitOfWork work, CancellationToken ct) => Read(work, SelectUnended, ct);

    /// <inheritdoc/>
    public Task<IReadOnlyList<DunningRun>> Unsettled(IUnitOfWork work, CancellationToken ct) => Read(work, SelectUnsettled, ct);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<DunningRun>> Page(
        IUnitOfWork work, DunningStatus? status, DunningPosition? after, int limit, CancellationToken ct)
    {
        const string Rest = """
            WHERE (CAST(@status AS text) IS NULL OR status = @status)
              AND (CAST(@invoiceId AS text) IS NULL OR (started_at, invoice_id) < (@startedAt, @invoiceId))
            ORDER BY started_at DESC, invoice_id DESC LIMIT @limit
            """;
        var args = new
        {
            status = status is { } wanted ? Row.Word(wanted) : null,
            startedAt = after?.StartedAt ?? DateTimeOffset.UnixEpoch,
            invoiceId = after?.InvoiceId,
            limit,
        };
        return [.. (await work.Query<Row>($"{Select} {Rest}", args, ct)).Select(row => row.ToRun())];
    }

    private static async Task<IReadOnlyList<DunningRun>> Read(IUnitOfWork work, string sql, CancellationToken ct) =>
        [.. (await work.Query<Row>(sql, null, ct)).Select(row => row.ToRun())];

    private sealed record Row(
        string InvoiceId, string Status, string Stage, DateTimeOffset StartedAt, DateTimeOffset? NextTryAt, string Tries, string Start, int Version)
    {
        public static string Word(DunningStatus status) => JsonNamingPolicy.CamelCase.ConvertName(status.ToString());

        public static Row Of(DunningRun run) => new(
            run.Start.InvoiceId,
            Word(run.Status),
            run.Stage,
            run.StartedAt,
            run.NextTryAt,
            JsonSerializer.Serialize(run.Tries, ApiJson.Options),
            JsonSerializer.Serialize(run.Start, ApiJson.Options),
            run.Version);

        public DunningRun ToRun() => new()
        {
            Start = JsonSerializer.Deserialize<DunningStart>(Start, ApiJson.Options)!,
            Status = Enum.Parse<DunningStatus>(Status, ignoreCase: true),
            Stage = Stage,
            StartedAt = StartedAt,
            NextTryAt = NextTryAt,
            Tries = JsonSerializer.Deserialize<List<DunningTry>>(Tries, ApiJson.Options)!,
            Version = Version,
        };
    }
}

/// <inheritdoc cref="IDunningPolicies"/>
public sealed class PostgresDunningPolicies : IDunningPolicies
{
    /// <inheritdoc/>
    public async Task<DunningPolicy?> Find(IUnitOfWork work, string plan, CancellationToken ct)
    {
        const string Sql = "SELECT policy::text FROM toolbox.dunning_policies WHERE plan = @plan";
        return await work.QuerySingle<string>(Sql, new { plan }, ct) is { } json
            ? JsonSerializer.Deserialize<DunningPolicy>(json, ApiJson.Options)
            : null;
    }

    /// <inheritdoc/>
    public Task Put(IUnitOfWork work, string plan, DunningPolicy policy, DateTimeOffset at, CancellationToken ct) => work.Execute(
        """
        INSERT INTO toolbox.dunning_policies (plan, policy, updated_at) VALUES (@plan, CAST(@policy AS jsonb), @at)
        ON CONFLICT (plan) DO UPDATE SET policy = excluded.policy, updated_at = excluded.updated_at
        """,
        new { plan, policy = JsonSerializer.Serialize(policy, ApiJson.Options), at },
        ct);
}
