using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;

namespace ToolboxAI.Local.Functions;

/// <summary>What came of a look at a request's key.</summary>
public enum KeyVerdict
{
    /// <summary>It may pass.</summary>
    Admitted,

    /// <summary>It shows no key, or one that nobody knows.</summary>
    Unauthorized,

    /// <summary>It shows a key that opens something else.</summary>
    Forbidden,
}

/// <summary>
/// The host's keys. They are kept as hashes. In Development the master key is <c>tbx_local_master_key</c>; elsewhere the setting
/// <c>ToolboxLocal__MasterKey</c> says it.
/// </summary>
public sealed class HostKeys
{
    private const string DevelopmentMasterKey = "tbx_local_master_key";
    private const string MasterName = "_master";
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(5);

    private readonly Lazy<Task<IKeyStore>> store;
    private readonly byte[]? givenMaster;
    private (IReadOnlyList<StoredKey> Keys, long ReadAt)? known;

    internal HostKeys(IConfiguration settings, LocalInstallation installation)
    {
        givenMaster = settings["ToolboxLocal:MasterKey"] is { Length: > 0 } key ? Hash(key)
            : installation.IsDevelopment ? Hash(DevelopmentMasterKey) : null;
        store = new(async () => await installation.SessionAsync().ConfigureAwait(false) is { } session ? new PostgresKeyStore(session) : new MemoryKeyStore());
    }

    /// <summary>
    /// The key of an extension's endpoints, for example <c>durabletask_extension</c>. It is derived from a secret of the installation,
    /// so that it can be put into the addresses that an extension hands out.
    /// </summary>
    public async Task<string> SystemKeyAsync(string name, CancellationToken cancellationToken)
    {
        var secret = await (await store.Value.ConfigureAwait(false)).SecretAsync(cancellationToken).ConfigureAwait(false);
        return Convert.ToBase64String(HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes("system key " + name)))
            .TrimEnd('=').Replace('+', '-').Replace('/', '_');
    }

    /// <summary>Whether a request to an extension's endpoints may pass: it must show that extension's key or the master key.</summary>
    public async ValueTask<KeyVerdict> CheckSystemAsync(HttpRequest request, string extension, CancellationToken cancellationToken)
    {
        if (Presented(request) is not { } hash)
        {
            return KeyVerdict.Unauthorized;
        }

        if (IsGivenMaster(hash) || Same(hash, Hash(await SystemKeyAsync(extension, cancellationToken).ConfigureAwait(false))))
        {
            return KeyVerdict.Admitted;
        }

        var key = await FindAsync(hash, cancellationToken).ConfigureAwait(false);
        return key switch
        {
            null => KeyVerdict.Unauthorized,
            { Kind: KeyKind.Master } => KeyVerdict.Admitted,
            { Kind: KeyKind.System } when key.Name == extension => KeyVerdict.Admitted,
            _ => KeyVerdict.Forbidden,
        };
    }

    internal static string Generate() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(40)).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    /// <summary>Whether a request may pass at a level; <paramref name="function"/> is the one that it asks for, if any.</summary>
    internal async ValueTask<bool> AdmitsAsync(HttpRequest request, AuthorizationLevel level, string? function, CancellationToken cancellationToken)
    {
        if (level is AuthorizationLevel.Anonymous or AuthorizationLevel.User)
        {
            return true;
        }

        if (Presented(request) is not { } hash)
        {
            return false;
        }

        if (IsGivenMaster(hash))
        {
            return true;
        }

        var key = await FindAsync(hash, cancellationToken).ConfigureAwait(false);
        return key?.Kind switch
        {
            KeyKind.Master => true,
            KeyKind.Host => level == AuthorizationLevel.Function,
            KeyKind.Function => level == AuthorizationLevel.Function && string.Equals(key.Scope, function, StringComparison.OrdinalIgnoreCase),
            KeyKind.System => level == AuthorizationLevel.System,
            _ => false,
        };
    }

    internal async Task<IReadOnlyList<StoredKey>> ListAsync(KeyKind kind, string scope, CancellationToken cancellationToken)
    {
        var keys = await (await store.Value.ConfigureAwait(false)).ReadAsync(cancellationToken).ConfigureAwait(false);
        return [.. keys.Where(key => key.Kind == kind && key.Scope == Scope(scope))];
    }

    internal async Task<bool> SetAsync(KeyKind kind, string scope, string name, string value, CancellationToken cancellationToken)
    {
        var actual = name == MasterName ? KeyKind.Master : kind;
        var isNew = await (await store.Value.ConfigureAwait(false)).WriteAsync(new(actual, Scope(scope), name, Hash(value)), cancellationToken).ConfigureAwait(false);
        known = null;
        return isNew;
    }

    internal async Task<bool> RemoveAsync(KeyKind kind, string scope, string name, CancellationToken cancellationToken)
    {
        var removed = await (await store.Value.ConfigureAwait(false)).RemoveAsync(kind, Scope(scope), name, cancellationToken).ConfigureAwait(false);
        known = null;
        return removed;
    }

    // Another process may have changed the keys: what was read is good for a few seconds.
    private async ValueTask<StoredKey?> FindAsync(byte[] hash, CancellationToken cancellationToken)
    {
        if (known is not { } read || TimeProvider.System.GetElapsedTime(read.ReadAt) > Freshness)
        {
            var keys = await (await store.Value.ConfigureAwait(false)).ReadAsync(cancellationToken).ConfigureAwait(false);
            known = read = (keys, TimeProvider.System.GetTimestamp());
        }

        return read.Keys.FirstOrDefault(key => Same(key.Hash, hash));
    }

    private bool IsGivenMaster(byte[] hash) => givenMaster is not null && Same(hash, givenMaster);

    private static bool Same(byte[] one, byte[] other) => CryptographicOperations.FixedTimeEquals(one, other);

    // The header goes before the query.
    private static byte[]? Presented(HttpRequest request)
    {
        var key = request.Headers["x-functions-key"] is [{ Length: > 0 } header, ..] ? header : request.Query["code"].FirstOrDefault();
        return string.IsNullOrEmpty(key) ? null : Hash(key);
    }

    private static string Scope(string scope) => scope.ToLowerInvariant();

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
