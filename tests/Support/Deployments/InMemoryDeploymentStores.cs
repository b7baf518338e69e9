using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Deployments.Plans;
using ToolboxAI.Shared.Deployments.Releases;
using ToolboxAI.Shared.Deployments.Runs;
using ToolboxAI.Tests.Support.Data;

namespace ToolboxAI.Tests.Support.Deployments;

/// <inheritdoc cref="IExperiences"/>
public sealed class InMemoryExperiences : IExperiences
{
    /// <inheritdoc/>
    public Task<ExperienceState?> Find(IUnitOfWork work, string key, CancellationToken ct)
    {
        var session = work.Session<InMemoryUnitOfWork>();
        return Task.FromResult(session.Find<ExperienceState>(Table(session), key));
    }

    /// <inheritdoc/>
    public async Task<ExperienceState> Lock(IUnitOfWork work, string key, CancellationToken ct)
    {
        var session = work.Session<InMemoryUnitOfWork>();
        await session.TryInsert(Table(session), key, new ExperienceState { Key = key }, ct);
        return (await session.FindForUpdate<ExperienceState>(Table(session), key, ct))!;
    }

    /// <inheritdoc/>
    public Task Save(IUnitOfWork work, ExperienceState state, CancellationToken ct)
    {
        var session = work.Session<InMemoryUnitOfWork>();
        return session.Put(Table(session), state.Key, state, ct);
    }

    /// <inheritdoc/>
    public Task<bool> TryBegin(IUnitOfWork work, BegunCall call, CancellationToken ct)
    {
        var session = work.Session<InMemoryUnitOfWork>();
        return session.TryInsert(Calls(session), call.Id, new Call(call, false), ct);
    }

    /// <inheritdoc/>
    public async Task End(IUnitOfWork work, string id, CancellationToken ct)
    {
        var session = work.Session<InMemoryUnitOfWork>();
        if (session.Find<Call>(Calls(session), id) is { } call)
        {
            await session.Put(Calls(session), id, call with { Ended = true }, ct);
        }
    }

    /// <inheritdoc/>
    public async Task Unbegin(IUnitOfWork work, IReadOnlyList<string> ids, CancellationToken ct)
    {
        var session = work.Session<InMemoryUnitOfWork>();
        foreach (var id in ids)
        {
            await session.Remove(Calls(session), id, ct);
        }
    }

    /// <inheritdoc/>
    public Task<bool> AnyUnderWay(IUnitOfWork work, string key, long beforeFence, DateTimeOffset beganAfter, CancellationToken ct)
    {
        var session = work.Session<InMemoryUnitOfWork>();
        return Task.FromResult(session.All<Call>(Calls(session)).Any(call =>
            !call.Ended && call.Begun.Changes && call.Begun.Key == key && call.Begun.Fence < beforeFence && call.Begun.BeganAt > beganAfter));
    }

    /// <inheritdoc/>
    public async Task<int> Forget(IUnitOfWork work, DateTimeOffset beganBefore, CancellationToken ct)
    {
        var session = work.Session<InMemoryUnitOfWork>();
        var old = session.All<Call>(Calls(session)).Where(call => call.Begun.BeganAt < beganBefore && !call.Begun.Id.StartsWith("paid ", StringComparison.Ordinal)).ToList();
        foreach (var call in old)
        {
            await session.Remove(Calls(session), call.Begun.Id, ct);
        }

        return old.Count;
    }

    private static string Table(InMemoryUnitOfWork session) => session.OfTenant("experiences");

    private static string Calls(InMemoryUnitOfWork session) => session.OfTenant("roblox_calls");

    private sealed record Call(BegunCall Begun, bool Ended);
}

/// <inheritdoc cref="IDeployments"/>
public sealed class InMemoryDeployments : IDeployments
{
    /// <inheritdoc/>
    public Task AddPlan(IUnitOfWork work, DeploymentPlan plan, CancellationToken ct)
    {
        var session = work.Session<InMemoryUnitOfWork>();
        return session.Put(session.OfTenant("deployment_plans"), plan.Hash, plan, ct);
    }

    /// <inheritdoc/>
    public Task<DeploymentPlan?> FindPlan(IUnitOfWork work, string hash, CancellationToken ct)
    {
        var session = work.Session<InMemoryUnitOfWork>();
        return Task.FromResult(session.Find<DeploymentPlan>(session.OfTenant("deployment_plans"), hash));
    }

    /// <inheritdoc/>
    public async Task<int> ForgetPlans(IUnitOfWork work, DateTimeOffset madeBefore, CancellationToken ct)
    {
        var session = work.Session<InMemoryUnitOfWork>();
        var old = session.All<DeploymentPlan>(session.OfTenant("deployment_plans")).Where(plan => plan.CreatedAt < madeBefore).ToList();
        foreach (var plan in old)
        {
            await session.Remove(session.OfTenant("deployment_plans"), plan.Hash, ct);
        }

        return old.Count;
    }

    /// <inheritdoc/>
    public Task<IReadOnlySet<string>> UsedContent(IUnitOfWork work, DateTimeOffset failedAfter, CancellationToken ct)
    {
        var session = work.Session<InMemoryUnitOfWork>();
        return Task.FromResult<IReadOnlySet<string>>(session.All<DeploymentPlan>(session.OfTenant("deployment_plans")).SelectMany(plan => plan.Release.Contents)
            .Concat(session.All<Deployment>(Table(session)).Where(deployment => deployment.NeedsContent(failedAfter)).SelectMany(deployment => deployment.Contents)).ToHashSet());
    }

    /// <inheritdoc/>
    public async Task Add(IUnitOfWork work, Deployment deployment, CancellationToken ct)
    {
        var session = work.Session<InMemoryUnitOfWork>();
        if (!await session.TryInsert(Table(session), deployment.Start.Id, deployment, ct))
        {
            throw new InvalidOperationException($"There is a deployment {deployment.Start.Id}.");
        }
    }

    /// <inheritdoc/>
    public Task<Deployment?> Find(IUnitOfWork work, string id, CancellationToken ct)
    {
        var session = work.Session<InMemoryUnitOfWork>();
        return Task.FromResult(session.Find<Deployment>(Table(session), id));
    }

    /// <inheritdoc/>
    public Task<Deployment?> Lock(IUnitOfWork work, string id, CancellationToken ct)
    {
        var session = work.Session<InMemoryUnitOfWork>();
        return session.FindForUpdate<Deployment>(Table(session), id, ct);
    }

    /// <inheritdoc/>
    public Task Save(IUnitOfWork work, Deployment deployment, CancellationToken ct)
    {
        var session = work.Session<InMemoryUnitOfWork>();
        return session.Put(Table(session), deployment.Start.Id, deployment, ct);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<Deployment>> UnderWay(IUnitOfWork work, DateTimeOffset startedBefore, CancellationToken ct)
    {
        var session = work.Session<InMemoryUnitOfWork>();
        return Task.FromResult<IReadOnlyList<Deployment>>(
            [.. session.All<Deployment>(Table(session)).Where(found => !found.State.Ended && found.StartedAt < startedBefore).OrderBy(found => found.Start.Id, StringComparer.Ordinal)]);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<Deployment>> Page(IUnitOfWork work, string? experience, string? before, int limit, CancellationToken ct)
    {
        var session = work.Session<InMemoryUnitOfWork>();
        return Task.FromResult<IReadOnlyList<Deployment>>(
        [
            .. session.All<Deployment>(Table(session))
                .Where(found => (experience is null || found.Start.Experience == experience) && (before is null || string.CompareOrdinal(found.Start.Id, before) < 0))
                .OrderByDescending(found => found.Start.Id, StringComparer.Ordinal).Take(limit),
        ]);
    }

    private static string Table(InMemoryUnitOfWork session) => session.OfTenant("deployments");
}

/// <inheritdoc cref="IReleases"/>
public sealed class InMemoryReleases : IReleases
{
    /// <inheritdoc/>
    public Task Add(IUnitOfWork work, ReleaseVersion version, CancellationToken ct)
    {
        var session = work.Session<InMemoryUnitOfWork>();
        return session.TryInsert(Table(session), (version.Experience, version.Environment, version.Version), version, ct);
    }

    /// <inheritdoc/>
    public Task<ReleaseVersion?> Find(IUnitOfWork work, string experience, string environment, string version, CancellationToken ct)
    {
        var session = work.Session<InMemoryUnitOfWork>();
        return Task.FromResult(session.Find<ReleaseVersion>(Table(session), (experience, environment, version)));
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<ReleaseVersion>> List(IUnitOfWork work, string experience, string environment, int limit, CancellationToken ct)
    {
        var session = work.Session<InMemoryUnitOfWork>();
        return Task.FromResult<IReadOnlyList<ReleaseVersion>>(
        [
            .. session.All<ReleaseVersion>(Table(session)).Where(version => version.Experience == experience && version.Environment == environment)
                .OrderByDescending(version => version.CompletedAt).ThenByDescending(version => version.Version, StringComparer.Ordinal).Take(limit),
        ]);
    }

    /// <inheritdoc/>
    public Task<CachedAsset?> FindAsset(IUnitOfWork work, string owner, string type, string sha256, CancellationToken ct)
    {
        var session = work.Session<InMemoryUnitOfWork>();
        return Task.FromResult(session.Find<CachedAsset>(session.OfTenant("uploaded_assets"), (owner, type, sha256)));
    }

    /// <inheritdoc/>
    public Task AddAsset(IUnitOfWork work, CachedAsset asset, CancellationToken ct)
    {
        var session = work.Session<InMemoryUnitOfWork>();
        return session.TryInsert(session.OfTenant("uploaded_assets"), (asset.Owner, asset.Type, asset.Sha256), asset, ct);
    }

    /// <inheritdoc/>
    public Task<IReadOnlySet<string>> UsedContent(IUnitOfWork work, CancellationToken ct)
    {
        var session = work.Session<InMemoryUnitOfWork>();
        return Task.FromResult<IReadOnlySet<string>>(session.All<ReleaseVersion>(Table(session)).SelectMany(version => version.Contents).ToHashSet());
    }

    private static string Table(InMemoryUnitOfWork session) => session.OfTenant("release_versions");
}
