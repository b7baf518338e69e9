using Microsoft.Azure.Functions.Worker;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Deployments.Releases;
using ToolboxAI.Shared.Tenants;

namespace ToolboxAI.Durable.Deployments;

/// <summary>An upload that is there.</summary>
public sealed record RememberUploadInput(TenantId Tenant, CachedAsset Asset);

/// <summary>Remembers an upload, so that no deployment makes it again.</summary>
public sealed class RememberUpload(IUnitOfWorkFactory units, IReleases releases)
{
    /// <summary>Remembers; doing so twice changes nothing.</summary>
    [Function(nameof(RememberUpload))]
    public async Task Run([ActivityTrigger] RememberUploadInput input, CancellationToken ct)
    {
        await using var work = await units.Begin(input.Tenant, ct);
        await releases.AddAsset(work, input.Asset, ct);
        await work.Commit(ct);
    }
}
