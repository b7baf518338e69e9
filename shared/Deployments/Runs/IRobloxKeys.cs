using ToolboxAI.Shared.Tenants;

namespace ToolboxAI.Shared.Deployments.Runs;

/// <summary>Where the Open Cloud keys are kept. Manifests and histories name them; only the call itself sees them.</summary>
public interface IRobloxKeys
{
    /// <summary>A tenant's key by its secret's name; null when there is none.</summary>
    Task<string?> Find(TenantId tenant, string name, CancellationToken ct);
}
