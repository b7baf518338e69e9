namespace ToolboxAI.Shared.Secrets.Rotation;

/// <summary>A credential that its issuer has made.</summary>
/// <param name="Value">The value.</param>
/// <param name="IssuerId">What the issuer calls it; null when it has no name there.</param>
public sealed record MadeCredential(SecretValue Value, string? IssuerId = null);

/// <summary>Whoever issues a secret: Stripe, SendGrid, the database, or this platform. Every method may be called again after a crash.</summary>
/// <exception cref="SecretsException">Every method, when the issuer can't be reached or refuses.</exception>
public interface ICredentialSource
{
    /// <summary>The secret that it issues.</summary>
    string Name { get; }

    /// <summary>Makes a credential. Called again for the same rotation, it first ends what the earlier call may have left behind.</summary>
    Task<MadeCredential> Make(string rotationId, CancellationToken ct);

    /// <summary>Uses a credential in the smallest way.</summary>
    Task Verify(Secret secret, CancellationToken ct);

    /// <summary>Makes a credential worthless at its issuer.</summary>
    /// <param name="secret">The one to end.</param>
    /// <param name="kept">The one that stays; null when the one to end was never handed out.</param>
    /// <param name="ct">Cancels.</param>
    Task Revoke(Secret secret, Secret? kept, CancellationToken ct);
}
