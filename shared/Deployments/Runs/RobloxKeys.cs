using ToolboxAI.Shared.Secrets;
using ToolboxAI.Shared.Tenants;

namespace ToolboxAI.Shared.Deployments.Runs;

/// <summary>Tenants' Open Cloud keys stand in the vault, under names that no two tenants can share.</summary>
public sealed class RobloxKeys(SecretReader reader, ISecrets secrets) : IRobloxKeys
{
    /// <inheritdoc/>
    public async Task<string?> Find(TenantId tenant, string name, CancellationToken ct)
    {
        var stored = NameOf(tenant, name);
        try
        {
            return (await reader.Current(stored, ct)).Value.Reveal();
        }
        catch (SecretsException)
        {
            // Is there no such secret, or does the vault not answer? Only the first is the tenant's to mend.
            if ((await secrets.Versions(stored, ct)).Count == 0)
            {
                return null;
            }

            throw;
        }
    }

    /// <summary>
    /// A secret's name in the vault, which knows letters, digits and dashes only. The slug's length keeps apart what would read the same.
    /// </summary>
    public static string NameOf(TenantId tenant, string name) =>
        FormattableString.Invariant($"roblox-{tenant.Slug.Length}-{tenant.Slug.Replace('_', '-')}-{name}");
}
