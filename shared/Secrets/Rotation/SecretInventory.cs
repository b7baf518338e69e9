using Microsoft.Extensions.Options;
using ToolboxAI.Shared.Data;

namespace ToolboxAI.Shared.Secrets.Rotation;

/// <summary>A version as it is shown: never with its value.</summary>
/// <param name="Version">The store's id.</param>
/// <param name="State"><c>current</c>, <c>accepted</c>, <c>pending</c>, <c>expired</c> or <c>disabled</c>.</param>
/// <param name="CreatedAt">When it was added.</param>
/// <param name="AgeDays">Whole days since then.</param>
/// <param name="ExpiresAt">From when on it is not used; null for never.</param>
public sealed record SecretVersionView(string Version, string State, DateTimeOffset CreatedAt, int AgeDays, DateTimeOffset? ExpiresAt);

/// <summary>A secret as it is shown.</summary>
/// <param name="Name">Its name in the vault.</param>
/// <param name="Purpose">What it is for.</param>
/// <param name="State">How it is.</param>
/// <param name="MadeByUs">Whether a rotation makes the value; otherwise an operator brings it.</param>
/// <param name="RotateAt">When its age calls for a rotation; null when there is none.</param>
/// <param name="Versions">The newest first.</param>
public sealed record SecretView(string Name, string Purpose, SecretState State, bool MadeByUs, DateTimeOffset? RotateAt, IReadOnlyList<SecretVersionView> Versions)
{
    /// <summary>Where its rotation stands; null when none runs.</summary>
    public string? Rotation { get; init; }
}

/// <summary>What secrets this installation has, and how they are.</summary>
public sealed class SecretInventory(ISecrets secrets, TimeProvider clock, IOptions<SecretsOptions> options, IOptions<DataOptions> data)
{
    /// <summary>The secrets that this installation needs.</summary>
    public IReadOnlyList<SecretKind> Needed =>
        [.. SecretCatalogue.All.Where(kind => kind.Name != SecretNames.DatabaseLogin || data.Value.LoginIsSecret)];

    /// <summary>The secret of this name; null when this installation has none such.</summary>
    public SecretKind? Find(string name) => Needed.FirstOrDefault(kind => string.Equals(kind.Name, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>All of them.</summary>
    public async Task<IReadOnlyList<SecretView>> List(CancellationToken ct) => await Task.WhenAll(Needed.Select(kind => Show(kind, ct)));

    /// <summary>One of them.</summary>
    public async Task<SecretView> Show(SecretKind kind, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var versions = await secrets.Versions(kind.Name, ct);
        var current = SecretRules.Current(versions, now);
        return new(
            kind.Name,
            kind.Purpose,
            RotationRules.State(versions, options.Value, now),
            kind.MadeByUs,
            current is null ? null : RotationRules.RotateAt(current, options.Value),
            [.. versions.Select(version => new SecretVersionView(version.Version, State(version, current, now), version.CreatedAt, (int)(now - version.CreatedAt).TotalDays, version.ExpiresAt))]);
    }

    private static string State(SecretVersion version, SecretVersion? current, DateTimeOffset now) =>
        !version.Enabled ? "disabled"
        : !SecretRules.IsUsable(version, now) ? "expired"
        : version.Pending ? "pending"
        : version == current ? "current"
        : "accepted";
}
