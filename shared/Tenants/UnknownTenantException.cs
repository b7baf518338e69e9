namespace ToolboxAI.Shared.Tenants;

/// <summary>A session was asked for a tenant that does not exist.</summary>
public sealed class UnknownTenantException(TenantId tenant, Exception? inner = null)
    : Exception($"There is no tenant {tenant}.", inner)
{
    /// <summary>The tenant asked for.</summary>
    public TenantId Tenant { get; } = tenant;
}
