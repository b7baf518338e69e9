using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using ToolboxAI.Shared.Data;

namespace ToolboxAI.Shared.Email.SendGrid;

/// <summary>
/// Tells whether SendGrid posted an event webhook: ECDSA P-256 with SHA-256 over the timestamp's and the body's bytes, and no
/// older or newer than <see cref="Tolerance"/>. SendGrid defines no age limit; ours stops a recorded post from being replayed.
/// </summary>
public sealed class SendGridSignature(IOptions<SendGridOptions> options, MachineClock clock)
{
    /// <summary>The header with the signature: base64 of the DER form.</summary>
    public const string SignatureHeader = "X-Twilio-Email-Event-Webhook-Signature";

    /// <summary>The header with the time of signing, in Unix seconds.</summary>
    public const string TimestampHeader = "X-Twilio-Email-Event-Webhook-Timestamp";

    /// <summary>How far the time of signing may be from the machine's.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(10);

    /// <summary>Whether the post is SendGrid's and fresh. The body's bytes must be exactly those received, the last CRLF included.</summary>
    public bool IsGenuine(string? signature, string? timestamp, ReadOnlySpan<byte> body) =>
        long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
        && Math.Abs(clock.UtcNow.ToUnixTimeSeconds() - seconds) <= Tolerance.TotalSeconds
        && Matches(options.Value.WebhookPublicKey, signature, timestamp, body);

    /// <summary>Whether a signature is that of a public key, whatever its age.</summary>
    public static bool Matches(string publicKey, string? signature, string timestamp, ReadOnlySpan<byte> body)
    {
        var der = new byte[signature?.Length ?? 0];
        if (!Convert.TryFromBase64String(signature ?? "", der, out var length))
        {
            return false;
        }

        using var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(Convert.FromBase64String(publicKey), out _);
        byte[] signed = [.. Encoding.UTF8.GetBytes(timestamp), .. body];
        return key.VerifyData(signed, der.AsSpan(0, length), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
    }
}
