using System.Security.Cryptography;
using System.Text;

namespace ToolboxAI.Shared.Secrets.Sealing;

/// <summary>
/// Encrypts what must not lie in the database in the clear: AES-256-GCM under a data key, bound to where it lies, so that a row's content
/// can't be moved to another row.
/// </summary>
public sealed class DataSealer(DataKeys keys)
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private static readonly byte[] Mark = [0x54, 0x42, 0x58, 0x01];            // "TBX", form 1

    /// <summary>Encrypts: mark, length and id of the data key, nonce, tag, ciphertext.</summary>
    /// <param name="plain">What to encrypt; nothing stays nothing.</param>
    /// <param name="place">Where it will lie: opening it needs the same.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<byte[]> Seal(byte[] plain, string place, CancellationToken ct)
    {
        if (plain.Length == 0)
        {
            return plain;
        }

        var (id, key) = await keys.Current(ct);
        var name = Encoding.ASCII.GetBytes(id);
        byte[] head = [.. Mark, (byte)name.Length, .. name];
        var content = new byte[head.Length + NonceBytes + TagBytes + plain.Length];
        head.CopyTo(content, 0);
        var nonce = content.AsSpan(head.Length, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(key, TagBytes);
        aes.Encrypt(nonce, plain, content.AsSpan(head.Length + NonceBytes + TagBytes), content.AsSpan(head.Length + NonceBytes, TagBytes), Encoding.UTF8.GetBytes(place));
        return content;
    }

    /// <summary>Decrypts; what was never encrypted is given as it is.</summary>
    /// <exception cref="CryptographicException">It was changed, or lies elsewhere than it was sealed for.</exception>
    public async Task<byte[]> Open(byte[] content, string place, CancellationToken ct)
    {
        if (content.Length < Mark.Length + 1 || !content.AsSpan(0, Mark.Length).SequenceEqual(Mark))
        {
            return content;
        }

        var at = Mark.Length + 1 + content[Mark.Length];
        var key = await keys.Find(Encoding.ASCII.GetString(content, Mark.Length + 1, content[Mark.Length]), ct);
        var plain = new byte[content.Length - at - NonceBytes - TagBytes];
        using var aes = new AesGcm(key, TagBytes);
        aes.Decrypt(
            content.AsSpan(at, NonceBytes), content.AsSpan(at + NonceBytes + TagBytes), content.AsSpan(at + NonceBytes, TagBytes), plain, Encoding.UTF8.GetBytes(place));
        return plain;
    }
}
