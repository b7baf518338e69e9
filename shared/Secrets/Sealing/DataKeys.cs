using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Gateways;

namespace ToolboxAI.Shared.Secrets.Sealing;

/// <summary>
/// The keys that encrypt data: random, stored wrapped by the key <c>data-wrapping-key</c>, unwrapped in memory only. A new one is taken
/// every 30 days; old ones stay for what they have encrypted. Replacing the wrapping key touches these few rows and no data.
/// </summary>
public sealed class DataKeys(IDataKeyStore store, IUnitOfWorkFactory units, ISecrets secrets, SecretReader reader, TimeProvider clock) : IDisposable
{
    /// <summary>The length of a key.</summary>
    public const int KeyBytes = 32;

    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private static readonly TimeSpan Used = TimeSpan.FromDays(30);
    private readonly ConcurrentDictionary<string, byte[]> unwrapped = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim turn = new(1);
    private (string Id, DateTimeOffset CreatedAt)? newest;

    /// <summary>The key to encrypt with now.</summary>
    public async Task<(string Id, byte[] Key)> Current(CancellationToken ct)
    {
        await turn.WaitAsync(ct);
        try
        {
            if (newest is not { } known || clock.GetUtcNow() - known.CreatedAt >= Used || !unwrapped.ContainsKey(known.Id))
            {
                newest = known = await FindOrMake(ct);
            }

            return (known.Id, unwrapped[known.Id]);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>The key that encrypted something earlier.</summary>
    public async Task<byte[]> Find(string id, CancellationToken ct)
    {
        if (unwrapped.TryGetValue(id, out var key))
        {
            return key;
        }

        await using var work = await units.Begin(ct);
        var stored = await store.Find(work, id, ct) ?? throw new SecretsException(GatewayFailure.Permanent, $"There is no data key {id}.");
        return unwrapped[id] = await Unwrap(stored, ct);
    }

    /// <summary>Wraps every data key of one version of the wrapping key with another. Safe to repeat.</summary>
    public async Task WrapAnew(Secret from, Secret to, CancellationToken ct)
    {
        while (true)
        {
            await using var work = await units.Begin(ct);
            var left = await store.WrappedBy(work, from.Version.Version, ct);
            if (left.Count == 0)
            {
                return;
            }

            foreach (var key in left)
            {
                var wrapped = Wrap(to.Value, Unwrap(from.Value, key.Wrapped, key.Id), key.Id);
                await store.Rewrap(work, key with { Wrapped = wrapped, WrappedBy = to.Version.Version }, from.Version.Version, ct);
            }

            await work.Commit(ct);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => turn.Dispose();

    /// <summary>Encrypts a key with the wrapping key: nonce, tag, ciphertext; bound to its id.</summary>
    public static byte[] Wrap(SecretValue wrappingKey, byte[] key, string id)
    {
        var wrapped = new byte[NonceBytes + TagBytes + key.Length];
        RandomNumberGenerator.Fill(wrapped.AsSpan(0, NonceBytes));
        using var aes = new AesGcm(Convert.FromBase64String(wrappingKey.Reveal()), TagBytes);
        aes.Encrypt(wrapped.AsSpan(0, NonceBytes), key, wrapped.AsSpan(NonceBytes + TagBytes), wrapped.AsSpan(NonceBytes, TagBytes), Encoding.UTF8.GetBytes(id));
        return wrapped;
    }

    /// <summary>Decrypts what <see cref="Wrap"/> encrypted.</summary>
    /// <exception cref="CryptographicException">Another key wrapped it, or it was changed.</exception>
    public static byte[] Unwrap(SecretValue wrappingKey, byte[] wrapped, string id)
    {
        var key = new byte[wrapped.Length - NonceBytes - TagBytes];
        using var aes = new AesGcm(Convert.FromBase64String(wrappingKey.Reveal()), TagBytes);
        aes.Decrypt(wrapped.AsSpan(0, NonceBytes), wrapped.AsSpan(NonceBytes + TagBytes), wrapped.AsSpan(NonceBytes, TagBytes), key, Encoding.UTF8.GetBytes(id));
        return key;
    }

    private async Task<(string Id, DateTimeOffset CreatedAt)> FindOrMake(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var work = await units.Begin(ct);
        if (await store.Newest(work, ct) is { } stored && now - stored.CreatedAt < Used)
        {
            unwrapped[stored.Id] = await Unwrap(stored, ct);
            return (stored.Id, stored.CreatedAt);
        }

        // Read anew, not from the cache: a wrapping key that is being retired must not wrap one more.
        reader.Forget(SecretNames.DataWrappingKey);
        var wrappingKey = await reader.Current(SecretNames.DataWrappingKey, ct);
        var key = RandomNumberGenerator.GetBytes(KeyBytes);
        var id = Ids.New("dek", now);
        await store.Add(work, new(id, Wrap(wrappingKey.Value, key, id), wrappingKey.Version.Version, now), ct);
        await work.Commit(ct);
        unwrapped[id] = key;
        return (id, now);
    }

    private async Task<byte[]> Unwrap(DataKey stored, CancellationToken ct)
    {
        var known = (await reader.Accepted(SecretNames.DataWrappingKey, ct)).FirstOrDefault(secret => secret.Version.Version == stored.WrappedBy)?.Value
            ?? await secrets.Read(SecretNames.DataWrappingKey, stored.WrappedBy, ct)
            ?? throw new SecretsException(
                GatewayFailure.Transient, $"The data key {stored.Id} is wrapped by the version {stored.WrappedBy} of {SecretNames.DataWrappingKey}, which is disabled: enable it again.");
        return Unwrap(known, stored.Wrapped, stored.Id);
    }
}
