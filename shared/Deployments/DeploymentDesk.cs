using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Deployments.Plans;
using ToolboxAI.Shared.Deployments.Releases;
using ToolboxAI.Shared.Deployments.Runs;
using ToolboxAI.Shared.Http;
using ToolboxAI.Shared.Identity;
using ToolboxAI.Shared.Tenants;

namespace ToolboxAI.Shared.Deployments;

/// <summary>The stores of this feature.</summary>
public sealed record DeploymentStores(IDeployments Deployments, IExperiences Experiences, IReleases Releases);

/// <summary>What a person asks of deployments. What is asked reaches its run through the outbox, together with what it changes here.</summary>
public sealed class DeploymentDesk(IUnitOfWorkFactory units, DeploymentStores stores, Outbox outbox, TimeProvider clock)
{
    /// <summary>A plan that can be started, as far as it says itself; or why not.</summary>
    public async Task<(DeploymentPlan? Plan, Refusal? Refusal)> Plan(TenantId tenant, string hash, CancellationToken ct)
    {
        await using var work = await units.Begin(tenant, ct);
        return await Plan(work, hash, ct);
    }

    /// <summary>Starts a plan; the deployment, or why not.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="key">Who asks.</param>
    /// <param name="planHash">The plan's hash.</param>
    /// <param name="places">The newest versions of the places at Roblox now; null when Roblox did not say: then the run looks itself before it changes production.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<(Deployment? Deployment, Refusal? Refusal)> Apply(
        TenantId tenant, ApiKey key, string planHash, IReadOnlyDictionary<string, long>? places, CancellationToken ct)
    {
        await using var work = await units.Begin(tenant, ct);
        var (plan, refusal) = await Plan(work, planHash, ct);
        if (plan is null)
        {
            return (null, refusal);
        }

        var now = clock.GetUtcNow();
        var release = plan.Release;
        var experience = await stores.Experiences.Lock(work, ExperienceState.KeyOf(release.Experience, release.Target.Environment), ct);
        if (experience.Holder is { } holder)
        {
            return (null, new ExperienceBusy(holder));
        }

        // Places between versions are brought back before they move on; where there never was a version, forward is the only way.
        var isHalfMoved = experience is { MovingTo: not null, Version: not null };
        if (experience.Revision != plan.BasedOn || isHalfMoved || plan.CreatedAt + PlanRules.Kept < now)
        {
            return (null, new PlanOutdated());
        }

        if (release.Seen is { } seen && places is not null && PlanRules.Moved(seen, places) is { } moved)
        {
            return (null, new PlaceMoved(moved));
        }

        var goal = experience.Version is { } live ? await stores.Releases.Find(work, release.Experience, release.Target.Environment, live, ct) : null;
        return (await Begin(work, experience, key, DeploymentKind.Deploy, release with { Provenance = release.Provenance with { CreatedBy = key.Id } }, goal, now, ct), null);
    }

    /// <summary>Brings an earlier version back, whatever runs; the rollback, or why not.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="key">Who asks.</param>
    /// <param name="id">The deployment that is to be undone.</param>
    /// <param name="version">The version to bring back, the live one included; null for the one that was live when that deployment was started.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<(Deployment? Deployment, Refusal? Refusal)> RollBack(TenantId tenant, ApiKey key, string id, string? version, CancellationToken ct)
    {
        await using var work = await units.Begin(tenant, ct);
        if (await stores.Deployments.Find(work, id, ct) is not { } undone)
        {
            return (null, new DeploymentNotFound());
        }

        var start = undone.Start;
        var experience = await stores.Experiences.Lock(work, start.Key, ct);
        var wanted = version ?? start.Goal?.Version;
        if (wanted is null)
        {
            return (null, new NothingToGoBackTo());
        }

        // What failed before production moved has changed nothing: the version before it is the one that somebody wants to be rid of.
        if (version is null && wanted == experience.Version && experience is { MovingTo: null, Holder: null })
        {
            return (null, new AlreadyLive(wanted));
        }

        if (await stores.Releases.Find(work, start.Experience, start.Environment, wanted, ct) is not { } goal)
        {
            return (null, new VersionNotFound(wanted));
        }

        if (experience.Holder is { } holder && await stores.Deployments.Find(work, holder, ct) is { } loser)
        {
            await outbox.Enqueue(work, DeploymentCall.Queue, DeploymentCall.Of(loser.Start, new(DeploymentSignalKind.Stop, key.Id)), ct);
        }

        return (await Begin(work, experience, key, DeploymentKind.Rollback, null, goal, clock.GetUtcNow(), ct), null);
    }

    /// <summary>Runs a failed deployment again from the step that failed.</summary>
    public async Task<(Deployment? Deployment, Refusal? Refusal)> Retry(TenantId tenant, string id, CancellationToken ct)
    {
        await using var work = await units.Begin(tenant, ct);
        if (await stores.Deployments.Lock(work, id, ct) is not { } failed)
        {
            return (null, new DeploymentNotFound());
        }

        if (failed.State.Status != DeploymentStatus.DeadLettered)
        {
            return (null, new NotAwaited(failed.State.Status.ToString()));
        }

        var experience = await stores.Experiences.Lock(work, failed.Start.Key, ct);
        if (experience.Holder is { } holder)
        {
            return (null, new ExperienceBusy(holder));
        }

        if (experience.Revision != failed.BasedOn)
        {
            return (null, new PlanOutdated());
        }

        var start = failed.Start with { Attempt = failed.Start.Attempt + 1, Fence = experience.Fence + 1 };
        var retried = failed with { Start = start, State = DeploymentRules.Retried(start, failed.State, clock.GetUtcNow()) };
        await stores.Experiences.Save(work, experience with { Fence = start.Fence, Holder = id }, ct);
        await stores.Deployments.Save(work, retried, ct);
        await outbox.Enqueue(work, DeploymentCall.Queue, DeploymentCall.Of(start), ct);
        await work.Commit(ct);
        return (retried, null);
    }

    /// <summary>Tells a waiting deployment a person's word; the deployment as it is, or why not.</summary>
    public async Task<(Deployment? Deployment, Refusal? Refusal)> Tell(TenantId tenant, ApiKey key, string id, DeploymentSignal signal, CancellationToken ct)
    {
        await using var work = await units.Begin(tenant, ct);
        if (await stores.Deployments.Find(work, id, ct) is not { } deployment)
        {
            return (null, new DeploymentNotFound());
        }

        if (!DeploymentRules.Awaits(deployment.State, signal))
        {
            return (null, new NotAwaited(deployment.State.Status.ToString()));
        }

        if (signal.Kind == DeploymentSignalKind.Approve && deployment.StartedBy == key.Id)
        {
            return (null, new OwnDeployment());
        }

        await outbox.Enqueue(work, DeploymentCall.Queue, DeploymentCall.Of(deployment.Start, signal), ct);
        await work.Commit(ct);
        return (deployment, null);
    }

    /// <summary>A deployment; null when there is none.</summary>
    public async Task<Deployment?> Find(TenantId tenant, string id, CancellationToken ct)
    {
        await using var work = await units.Begin(tenant, ct);
        return await stores.Deployments.Find(work, id, ct);
    }

    /// <summary>A page of deployments, the newest first.</summary>
    public async Task<Page<Deployment>> List(TenantId tenant, string? experience, string? after, int limit, CancellationToken ct)
    {
        await using var work = await units.Begin(tenant, ct);
        return Page.Of(await stores.Deployments.Page(work, experience, after, limit + 1, ct), limit, deployment => deployment.Start.Id);
    }

    /// <summary>An experience's environment and its versions; null when nothing was ever deployed to it.</summary>
    public async Task<(ExperienceState State, IReadOnlyList<ReleaseVersion> Versions)?> Experience(TenantId tenant, string experience, string environment, CancellationToken ct)
    {
        await using var work = await units.Begin(tenant, ct);
        return await stores.Experiences.Find(work, ExperienceState.KeyOf(experience, environment), ct) is { } state
            ? (state, await stores.Releases.List(work, experience, environment, Most, ct))
            : null;
    }

    private const int Most = 100;

    private async Task<(DeploymentPlan? Plan, Refusal? Refusal)> Plan(IUnitOfWork work, string hash, CancellationToken ct) => await stores.Deployments.FindPlan(work, hash, ct) switch
    {
        null => (null, new PlanNotFound()),
        { Blocked: [var why, ..] } => (null, new PlanBlocked(why)),
        var plan => (plan, null),
    };

    private async Task<Deployment> Begin(
        IUnitOfWork work, ExperienceState experience, ApiKey key, DeploymentKind kind, Release? release, ReleaseVersion? goal, DateTimeOffset now, CancellationToken ct)
    {
        var (tenant, fence) = (work.Tenant!.Value, experience.Fence + 1);
        var start = new DeploymentStart(tenant, Ids.Of($"{tenant.Slug}/{experience.Key}/{fence}", "dep", now), fence, 1, kind, release, goal);
        var deployment = new Deployment(start, DeploymentRules.Start(kind, now), key.Id, now, experience.Revision);
        await stores.Experiences.Save(work, experience with { Fence = start.Fence, Holder = start.Id }, ct);
        await stores.Deployments.Add(work, deployment, ct);
        await outbox.Enqueue(work, DeploymentCall.Queue, DeploymentCall.Of(start), ct);
        await work.Commit(ct);
        return deployment;
    }
}
