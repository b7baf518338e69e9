using System.Security.Cryptography;
using System.Text.Json;
using ToolboxAI.Shared.Gateways;

namespace ToolboxAI.Shared.Secrets;

/// <summary>
/// Secrets in one encrypted file, for an installation without a vault: AES-256-GCM over the whole, written anew at each change, under a
/// lock that all processes of the machine share. The key lies in a file of its own.
/// </summary>
public sealed class FileSecrets(SecretsFileOptions options, TimeProvider clock) : ISecrets
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int VersionCharacters = 32;
    private static readonly byte[] Mark = "TBXSECRETS1"u8.ToArray();
    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LockPoll = TimeSpan.FromMilliseconds(20);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<SecretVersion>> Versions(string name, CancellationToken ct) =>
        [.. (await Load(ct)).Where(kept => Same(kept.Version.Name, name)).Select(kept => kept.Version).Reverse()];

    /// <inheritdoc/>
    public async Task<SecretValue?> Read(string name, string version, CancellationToken ct) =>
        (await Load(ct)).Find(kept => Same(kept.Version.Name, name) && kept.Version.Version == version) is { Version.Enabled: true } found
            ? new SecretValue(found.Value)
            : null;

    /// <inheritdoc/>
    public async Task<SecretVersion> Add(string name, NewSecret secret, CancellationToken ct)
    {
        SecretVersion? added = null;
        await Change(all =>
        {
            added = all.Find(kept => Same(kept.Version.Name, name) && kept.Version.Operation == secret.Operation)?.Version;
            if (added is null)
            {
                var now = DateTimeOffset.FromUnixTimeSeconds(clock.GetUtcNow().ToUnixTimeSeconds());
                added = new(name, RandomNumberGenerator.GetHexString(VersionCharacters, lowercase: true), now)
                {
                    Pending = secret.Pending,
                    ExpiresAt = secret.ExpiresAt,
                    Operation = secret.Operation,
                    IssuerId = secret.IssuerId,
                };
                all.Add(new(added, secret.Value.Reveal()));
            }
        }, ct);
        return added!;
    }

    /// <inheritdoc/>
    public Task SetPending(string name, string version, bool pending, CancellationToken ct) =>
        Change(name, version, found => found with { Pending = pending }, ct);

    /// <inheritdoc/>
    public Task Disable(string name, string version, CancellationToken ct) => Change(name, version, found => found with { Enabled = false }, ct);

    private static bool Same(string left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);

    private Task Change(string name, string version, Func<SecretVersion, SecretVersion> change, CancellationToken ct) => Change(all =>
    {
        var at = all.FindIndex(kept => Same(kept.Version.Name, name) && kept.Version.Version == version);
        if (at < 0)
        {
            throw new SecretsException(GatewayFailure.Permanent, $"The secret {name} has no version {version}.");
        }

        all[at] = all[at] with { Version = change(all[at].Version) };
    }, ct);

    private async Task Change(Action<List<Kept>> change, CancellationToken ct)
    {
        await using var held = await Lock(ct);
        var all = await Load(ct);
        change(all);
        await Save(all, ct);
    }

    /// <summary>Another process's change takes milliseconds; a crashed one's lock is gone with it.</summary>
    private async Task<FileStream> Lock(CancellationToken ct)
    {
        var end = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(options.Path + ".lock", Private(FileMode.OpenOrCreate));
            }
            catch (IOException e)
            {
                if (TimeProvider.System.GetElapsedTime(end) > LockPatience)
                {
                    throw new SecretsException(GatewayFailure.Transient, $"{options.Path} is locked by another process, or can't be written.", e);
                }

                await Task.Delay(LockPoll, ct);
            }
        }
    }

    private async Task<List<Kept>> Load(CancellationToken ct)
    {
        try
        {
            if (!File.Exists(options.Path))
            {
                return [];
            }

            var sealedText = await File.ReadAllBytesAsync(options.Path, ct);
            return JsonSerializer.Deserialize<List<Kept>>(Open(sealedText, SecretsFileKey.Read(options.KeyFile)))!;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SecretsException(GatewayFailure.Transient, $"{options.Path} can't be read.", e);
        }
        catch (Exception e) when (e is CryptographicException or JsonException)
        {
            throw new SecretsException(GatewayFailure.Transient, $"{options.Path} does not fit the key in {options.KeyFile}, or is damaged.", e);
        }
    }

    /// <summary>Replaced whole or not at all: a crash in between leaves the file as it was.</summary>
    private async Task Save(List<Kept> all, CancellationToken ct)
    {
        var half = options.Path + ".new";
        await using (var file = new FileStream(half, Private(FileMode.Create)))
        {
            await file.WriteAsync(Seal(JsonSerializer.SerializeToUtf8Bytes(all), SecretsFileKey.Read(options.KeyFile)), ct);
            file.Flush(flushToDisk: true);
        }

        File.Move(half, options.Path, overwrite: true);
    }

    private static FileStreamOptions Private(FileMode mode) => OperatingSystem.IsWindows()
        ? new() { Mode = mode, Access = FileAccess.ReadWrite, Share = FileShare.None }
        : new() { Mode = mode, Access = FileAccess.ReadWrite, Share = FileShare.None, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite };

    private static byte[] Seal(byte[] plain, byte[] key)
    {
        var file = new byte[Mark.Length + NonceBytes + TagBytes + plain.Length];
        Mark.CopyTo(file, 0);
        var nonce = file.AsSpan(Mark.Length, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(key, TagBytes);
        aes.Encrypt(nonce, plain, file.AsSpan(Mark.Length + NonceBytes + TagBytes), file.AsSpan(Mark.Length + NonceBytes, TagBytes), Mark);
        return file;
    }

    private static byte[] Open(byte[] file, byte[] key)
    {
        if (file.Length < Mark.Length + NonceBytes + TagBytes || !file.AsSpan(0, Mark.Length).SequenceEqual(Mark))
        {
            throw new CryptographicException("The file does not begin as one of ours does.");
        }

        var plain = new byte[file.Length - Mark.Length - NonceBytes - TagBytes];
        using var aes = new AesGcm(key, TagBytes);
        aes.Decrypt(
            file.AsSpan(Mark.Length, NonceBytes), file.AsSpan(Mark.Length + NonceBytes + TagBytes),
            file.AsSpan(Mark.Length + NonceBytes, TagBytes), plain, Mark);
        return plain;
    }

    private sealed record Kept(SecretVersion Version, string Value);
}
