using System.Text.Json;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Deployments.Plans;
using ToolboxAI.Shared.Http;

namespace ToolboxAI.Shared.Deployments.Runs;

/// <inheritdoc cref="IDeployments"/>
public sealed class PostgresDeployments : IDeployments
{
    /// <inheritdoc/>
    public Task AddPlan(IUnitOfWork work, DeploymentPlan plan, CancellationToken ct) => work.Execute(
        """
        INSERT INTO deployment_plans (hash, plan, created_at) VALUES (@Hash, CAST(@plan AS jsonb), @CreatedAt)
        ON CONFLICT (hash) DO UPDATE SET plan = excluded.plan, created_at = excluded.created_at
        """,
        new { plan.Hash, plan = JsonSerializer.Serialize(plan, ApiJson.Options), plan.CreatedAt },
        ct);

    /// <inheritdoc/>
    public async Task<DeploymentPlan?> FindPlan(IUnitOfWork work, string hash, CancellationToken ct) =>
        await work.QuerySingle<string>("SELECT plan::text FROM deployment_plans WHERE hash = @hash", new { hash }, ct) is { } plan
            ? JsonSerializer.Deserialize<DeploymentPlan>(plan, ApiJson.Options)
            : null;

    /// <inheritdoc/>
    public Task<int> ForgetPlans(IUnitOfWork work, DateTimeOffset madeBefore, CancellationToken ct) =>
        work.Execute("DELETE FROM deployment_plans WHERE created_at < @madeBefore", new { madeBefore }, ct);

    /// <inheritdoc/>
    public async Task<IReadOnlySet<string>> UsedContent(IUnitOfWork work, DateTimeOffset failedAfter, CancellationToken ct)
    {
        var plans = await work.Query<string>("SELECT plan::text FROM deployment_plans", null, ct);
        var deployments = await work.Query<string>(
            "SELECT deployment::text FROM deployments WHERE NOT (deployment #>> '{state,status}' = ANY (@over))", new { over = Over }, ct);
        return plans.SelectMany(plan => JsonSerializer.Deserialize<DeploymentPlan>(plan, ApiJson.Options)!.Release.Contents)
            .Concat(deployments.Select(row => Read(row)!).Where(deployment => deployment.NeedsContent(failedAfter)).SelectMany(deployment => deployment.Contents)).ToHashSet();
    }

    /// <inheritdoc/>
    public Task Add(IUnitOfWork work, Deployment deployment, CancellationToken ct) => work.Execute(
        "INSERT INTO deployments (id, experience, deployment) VALUES (@Id, @Experience, CAST(@body AS jsonb))", Row(deployment), ct);

    /// <inheritdoc/>
    public async Task<Deployment?> Find(IUnitOfWork work, string id, CancellationToken ct) =>
        Read(await work.QuerySingle<string>("SELECT deployment::text FROM deployments WHERE id = @id", new { id }, ct));

    /// <inheritdoc/>
    public async Task<Deployment?> Lock(IUnitOfWork work, string id, CancellationToken ct) =>
        Read(await work.QuerySingle<string>("SELECT deployment::text FROM deployments WHERE id = @id FOR UPDATE", new { id }, ct));

    /// <inheritdoc/>
    public Task Save(IUnitOfWork work, Deployment deployment, CancellationToken ct) =>
        work.Execute("UPDATE deployments SET deployment = CAST(@body AS jsonb) WHERE id = @Id", Row(deployment), ct);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Deployment>> UnderWay(IUnitOfWork work, DateTimeOffset startedBefore, CancellationToken ct)
    {
        var rows = await work.Query<string>("SELECT deployment::text FROM deployments WHERE NOT (deployment #>> '{state,status}' = ANY (@over)) ORDER BY id", new { over = Over }, ct);
        return [.. rows.Select(row => Read(row)!).Where(deployment => !deployment.State.Ended && deployment.StartedAt < startedBefore)];
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Deployment>> Page(IUnitOfWork work, string? experience, string? before, int limit, CancellationToken ct)
    {
        var rows = await work.Query<string>(
            """
            SELECT deployment::text FROM deployments
            WHERE (@experience::text IS NULL OR experience = @experience) AND (@before::text IS NULL OR id < @before)
            ORDER BY id DESC LIMIT @limit
            """,
            new { experience, before, limit },
            ct);
        return [.. rows.Select(row => Read(row)!)];
    }

    /// <summary>The statuses of deployments that need nothing any more, as the rows have them.</summary>
    private static readonly string[] Over = [.. new[] { DeploymentStatus.Succeeded, DeploymentStatus.RolledBack, DeploymentStatus.Rejected, DeploymentStatus.Superseded }
        .Select(status => JsonNamingPolicy.CamelCase.ConvertName(status.ToString()))];

    private static object Row(Deployment deployment) =>
        new { deployment.Start.Id, deployment.Start.Experience, body = JsonSerializer.Serialize(deployment, ApiJson.Options) };

    private static Deployment? Read(string? body) => body is null ? null : JsonSerializer.Deserialize<Deployment>(body, ApiJson.Options);
}
