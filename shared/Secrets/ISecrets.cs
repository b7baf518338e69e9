using ToolboxAI.Shared.Gateways;

namespace ToolboxAI.Shared.Secrets;

/// <summary>
/// Where the secrets are kept: Azure Key Vault, or an encrypted file. Every change of a value is a new version; versions are
/// disabled, never deleted. Reads are asked again while the vault throttles; a change is not: its caller does, by the operation's id.
/// </summary>
/// <exception cref="SecretsException">Every method, when the store can't be reached or refuses.</exception>
public interface ISecrets
{
    /// <summary>The versions of a secret, the newest first; none when there is no such secret.</summary>
    Task<IReadOnlyList<SecretVersion>> Versions(string name, CancellationToken ct);

    /// <summary>The value of an enabled version; null when it is disabled or not there. <c>exp</c> is not looked at: see <see cref="SecretRules"/>.</summary>
    Task<SecretValue?> Read(string name, string version, CancellationToken ct);

    /// <summary>Adds a version. When one of the same operation is there already, it is that one and nothing is added.</summary>
    Task<SecretVersion> Add(string name, NewSecret secret, CancellationToken ct);

    /// <summary>Hands a version out, or holds it back. Safe to repeat.</summary>
    Task SetPending(string name, string version, bool pending, CancellationToken ct);

    /// <summary>Disables a version for good. Safe to repeat.</summary>
    Task Disable(string name, string version, CancellationToken ct);
}

/// <summary>A version of a secret, without its value.</summary>
/// <param name="Name">The secret, for example <c>stripe-api-key</c>.</param>
/// <param name="Version">The store's id of the version.</param>
/// <param name="CreatedAt">When it was added (business time, to the second).</param>
public sealed record SecretVersion(string Name, string Version, DateTimeOffset CreatedAt)
{
    /// <summary>Whether it may be read at all.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Added by a rotation and not handed out yet: it is accepted from others, but not used by us.</summary>
    public bool Pending { get; init; }

    /// <summary>Before this it is not used; null for no such time.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>From this on it is not used; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The operation that added it, a rotation's id say; null when it was added by hand.</summary>
    public string? Operation { get; init; }

    /// <summary>What the issuer calls this credential, so that it can be revoked there; null when it isn't known.</summary>
    public string? IssuerId { get; init; }
}

/// <summary>A version to add.</summary>
/// <param name="Value">The value.</param>
/// <param name="Operation">Names the change, so that its repetition adds nothing.</param>
public sealed record NewSecret(SecretValue Value, string Operation)
{
    /// <summary>Whether it waits to be handed out.</summary>
    public bool Pending { get; init; }

    /// <summary>From this on it is not used; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>What the issuer calls it.</summary>
    public string? IssuerId { get; init; }
}

/// <summary>The store can't be reached, refuses, or has no usable version.</summary>
public sealed class SecretsException(GatewayFailure failure, string message, Exception? inner = null) : GatewayException(failure, message, inner)
{
    /// <summary>There is no version that may be used.</summary>
    public static SecretsException None(string name) =>
        new(GatewayFailure.Transient, $"The secret {name} has no version that is enabled and not expired.");
}
