using System.Security.Cryptography;
using ToolboxAI.Shared.Gateways;
using ToolboxAI.Shared.Secrets.Sealing;

namespace ToolboxAI.Shared.Secrets.Rotation;

/// <summary>The key that signs our tokens: random, and worthless once disabled. Tokens live for less than the overlap, so none outlives its key.</summary>
public sealed class TokenKeySource : ICredentialSource
{
    private const int KeyBytes = 32;

    /// <inheritdoc/>
    public string Name => SecretNames.TokenSigningKey;

    /// <inheritdoc/>
    public Task<MadeCredential> Make(string rotationId, CancellationToken ct) => Task.FromResult(New());

    /// <inheritdoc/>
    public Task Verify(Secret secret, CancellationToken ct) => OwnKeys.CheckForm(secret);

    /// <inheritdoc/>
    public Task Revoke(Secret secret, Secret? kept, CancellationToken ct) => Task.CompletedTask;

    internal static MadeCredential New() => new(new(Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes))));
}

/// <summary>The key that wraps the data keys. Before a version ends, every data key that it wraps is wrapped anew by the one that stays.</summary>
public sealed class WrappingKeySource(DataKeys keys, SecretReader secrets) : ICredentialSource
{
    /// <inheritdoc/>
    public string Name => SecretNames.DataWrappingKey;

    /// <inheritdoc/>
    public Task<MadeCredential> Make(string rotationId, CancellationToken ct) => Task.FromResult(TokenKeySource.New());

    /// <inheritdoc/>
    public async Task Verify(Secret secret, CancellationToken ct)
    {
        await OwnKeys.CheckForm(secret);
        var probe = RandomNumberGenerator.GetBytes(DataKeys.KeyBytes);
        if (!DataKeys.Unwrap(secret.Value, DataKeys.Wrap(secret.Value, probe, "probe"), "probe").AsSpan().SequenceEqual(probe))
        {
            throw new SecretsException(GatewayFailure.Permanent, "What the new wrapping key wraps it does not unwrap.");
        }
    }

    /// <inheritdoc/>
    public async Task Revoke(Secret secret, Secret? kept, CancellationToken ct) =>
        await keys.WrapAnew(secret, kept ?? await secrets.Current(Name, ct), ct);
}

internal static class OwnKeys
{
    public static Task CheckForm(Secret secret) => SecretCatalogue.Problem(SecretCatalogue.Find(secret.Version.Name)!, secret.Value.Reveal()) is { } problem
        ? throw new SecretsException(GatewayFailure.Permanent, problem)
        : Task.CompletedTask;
}
