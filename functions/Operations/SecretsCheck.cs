using Microsoft.Extensions.Options;
using ToolboxAI.Shared.Secrets;
using ToolboxAI.Shared.Secrets.Rotation;

namespace ToolboxAI.Functions.Operations;

/// <summary>Every secret has a version that can be used; told besides is how many need looking after.</summary>
public sealed class SecretsCheck(SecretInventory inventory, SecretReader reader, TimeProvider clock, IOptions<SecretsOptions> options) : IReadinessCheck
{
    /// <inheritdoc/>
    public string Name => "secrets";

    /// <inheritdoc/>
    public async Task Check(CancellationToken ct)
    {
        foreach (var kind in inventory.Needed)
        {
            await reader.Current(kind.Name, ct);
        }
    }

    /// <inheritdoc/>
    public async Task<string?> Detail(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var expiring = 0;
        foreach (var kind in inventory.Needed)
        {
            var versions = (await reader.Accepted(kind.Name, ct)).Select(secret => secret.Version).ToList();
            expiring += RotationRules.State(versions, options.Value, now) == SecretState.Expiring ? 1 : 0;
        }

        return expiring == 0 ? null : $"{expiring} expire within {options.Value.AlertBefore.TotalDays:0} days";
    }
}
