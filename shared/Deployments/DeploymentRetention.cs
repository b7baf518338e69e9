using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Deployments.Content;
using ToolboxAI.Shared.Tenants;

namespace ToolboxAI.Shared.Deployments;

/// <summary>What was forgotten.</summary>
/// <param name="Calls">Notes of calls to Roblox.</param>
/// <param name="Plans">Plans that can't be applied any more.</param>
/// <param name="Contents">Content that nothing names, and unfinished uploads.</param>
public sealed record ForgottenDeployments(int Calls, int Plans, int Contents);

/// <summary>Forgets what nobody needs any more. What a version needs to be brought back is kept for ever.</summary>
public sealed class DeploymentRetention(IUnitOfWorkFactory units, DeploymentStores stores, IContentStore content, TimeProvider clock)
{
    /// <summary>How long notes of calls, and plans, are kept.</summary>
    public static readonly TimeSpan Notes = TimeSpan.FromDays(7);

    /// <summary>How long content is kept that no version, plan or unfinished deployment names; and a failed deployment's.</summary>
    public static readonly TimeSpan UnusedContent = TimeSpan.FromDays(30);

    /// <summary>Forgets what a tenant needs no longer.</summary>
    public async Task<ForgottenDeployments> Run(TenantId tenant, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        HashSet<string> used;
        int calls, plans;
        await using (var work = await units.Begin(tenant, ct))
        {
            calls = await stores.Experiences.Forget(work, now - Notes, ct);
            plans = await stores.Deployments.ForgetPlans(work, now - Notes, ct);
            used = [.. await stores.Releases.UsedContent(work, ct), .. await stores.Deployments.UsedContent(work, now - UnusedContent, ct)];
            await work.Commit(ct);
        }

        return new(calls, plans, await content.DeleteUnused(tenant, used, now - UnusedContent, ct));
    }

    /// <summary>All tenants.</summary>
    public async Task<IReadOnlyList<TenantId>> Tenants(CancellationToken ct)
    {
        await using var work = await units.Begin(ct);
        return [.. (await work.Query<string>("SELECT tenant FROM toolbox.tenants ORDER BY tenant", null, ct)).Select(slug => new TenantId(slug))];
    }
}
