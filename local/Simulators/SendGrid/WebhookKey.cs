using System.Security.Cryptography;
using System.Text;
using ToolboxAI.Local.Installation;

namespace ToolboxAI.Local.Simulators.SendGrid;

/// <summary>
/// The key pair that signs this installation's event webhooks. It is made once and kept in the database, so that the public
/// key that an application was started with stays right over a restart of the simulator.
/// </summary>
internal sealed class WebhookKey(ECDsa key)
{
    /// <summary>The public key as SendGrid shows it: base64 of the SubjectPublicKeyInfo.</summary>
    public string PublicKey => Convert.ToBase64String(key.ExportSubjectPublicKeyInfo());

    /// <summary>Reads the installation's key pair; makes it when there is none yet.</summary>
    public static async Task<WebhookKey> LoadAsync(InstallationSession session, CancellationToken cancellationToken)
    {
        using var fresh = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await using var command = session.Database.CreateCommand(
            """
            INSERT INTO simulators.sendgrid_key (pkcs8) VALUES ($1) ON CONFLICT (id) DO UPDATE SET id = true RETURNING pkcs8
            """);
        command.Parameters.Add(new() { Value = fresh.ExportPkcs8PrivateKey() });
        var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey((byte[])(await command.ExecuteScalarAsync(cancellationToken))!, out _);
        return new(key);
    }

    /// <summary>Signs timestamp and body, as the service does: ECDSA with SHA-256, DER, base64.</summary>
    public string Sign(string timestamp, string body) => Convert.ToBase64String(
        key.SignData(Encoding.UTF8.GetBytes(timestamp + body), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
}
