using System.Text.Json.Serialization;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Deployments.Plans;

namespace ToolboxAI.Shared.Deployments.Runs;

/// <summary>A deployment as it is stored.</summary>
/// <param name="Start">What its run is started from.</param>
/// <param name="State">How far it is.</param>
/// <param name="StartedBy">The API key's id.</param>
/// <param name="StartedAt">Business time.</param>
/// <param name="BasedOn">The experience's revision when it was started.</param>
public sealed record Deployment(DeploymentStart Start, DeploymentState State, string StartedBy, DateTimeOffset StartedAt, long BasedOn)
{
    /// <summary>The content that it needs, now or when it is tried again.</summary>
    [JsonIgnore]
    public IEnumerable<string> Contents =>
        [.. Start.Release?.Contents ?? [], .. Start.Goal?.Contents ?? [], .. State.Rendered.Values, .. State.BundleSha256 is null ? [] : new[] { State.BundleSha256 }];

    /// <summary>May it still need its content? What failed before a time is not tried again.</summary>
    public bool NeedsContent(DateTimeOffset failedAfter) => State.Status == DeploymentStatus.DeadLettered ? StartedAt > failedAfter : !State.Ended;
}

/// <summary>Plans and deployments. A tenant's.</summary>
public interface IDeployments
{
    /// <summary>Keeps a plan under its hash.</summary>
    Task AddPlan(IUnitOfWork work, DeploymentPlan plan, CancellationToken ct);

    /// <summary>A plan; null when there is none.</summary>
    Task<DeploymentPlan?> FindPlan(IUnitOfWork work, string hash, CancellationToken ct);

    /// <summary>Forgets plans that were made before a time; the number of them.</summary>
    Task<int> ForgetPlans(IUnitOfWork work, DateTimeOffset madeBefore, CancellationToken ct);

    /// <summary>Adds a deployment.</summary>
    Task Add(IUnitOfWork work, Deployment deployment, CancellationToken ct);

    /// <summary>A deployment; null when there is none.</summary>
    Task<Deployment?> Find(IUnitOfWork work, string id, CancellationToken ct);

    /// <summary>Locks a deployment; null when there is none.</summary>
    Task<Deployment?> Lock(IUnitOfWork work, string id, CancellationToken ct);

    /// <summary>Saves a deployment that is locked.</summary>
    Task Save(IUnitOfWork work, Deployment deployment, CancellationToken ct);

    /// <summary>The content that plans name, and deployments that have not ended or that failed after a time: those may be tried again.</summary>
    Task<IReadOnlySet<string>> UsedContent(IUnitOfWork work, DateTimeOffset failedAfter, CancellationToken ct);

    /// <summary>Deployments that were started before a time and have neither ended nor failed.</summary>
    Task<IReadOnlyList<Deployment>> UnderWay(IUnitOfWork work, DateTimeOffset startedBefore, CancellationToken ct);

    /// <summary>The newest first, of one experience or of all, those before an id.</summary>
    Task<IReadOnlyList<Deployment>> Page(IUnitOfWork work, string? experience, string? before, int limit, CancellationToken ct);
}
