using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Deployments.Content;
using ToolboxAI.Shared.Tenants;

namespace ToolboxAI.Shared.Deployments;

/// <summary>Forgets what nobody needs any more. What a version needs to be brought back is kept for ever.</summary>
public sealed class DeploymentRetention(IUnitOfWorkFactory units, DeploymentStores stores, IContentStore content, TimeProvider clock)
{
    private static readonly TimeSpan Calls = TimeSpan.FromDays(7);
    private static readonly TimeSpan UnusedContent = TimeSpan.FromDays(30);

    /// <summary>Forgets a tenant's calls after a week and content that no version names after 30 days; the numbers of both.</summary>
    public async Task<(int Calls, int Contents)> Run(TenantId tenant, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        IReadOnlySet<string> used;
        int calls;
        await using (var work = await units.Begin(tenant, ct))
        {
            used = await stores.Releases.UsedContent(work, ct);
            calls = await stores.Experiences.Forget(work, now - Calls, ct);
            await work.Commit(ct);
        }

        return (calls, await content.DeleteUnused(tenant, used, now - UnusedContent, ct));
    }

    /// <summary>All tenants.</summary>
    public async Task<IReadOnlyList<TenantId>> Tenants(CancellationToken ct)
    {
        await using var work = await units.Begin(ct);
        return [.. (await work.Query<string>("SELECT tenant FROM toolbox.tenants ORDER BY tenant", null, ct)).Select(slug => new TenantId(slug))];
    }
}
