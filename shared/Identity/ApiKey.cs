using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Tenants;

namespace ToolboxAI.Shared.Identity;

/// <summary>An API key as it is stored: without its secret.</summary>
/// <param name="Id">Sortable, <c>key_…</c>; may stand in logs.</param>
/// <param name="Tenant">Whose calls it makes; null for an operator's key.</param>
/// <param name="Name">The owner's words for it.</param>
/// <param name="Scopes">What it may do.</param>
/// <param name="CreatedAt">Business time.</param>
/// <param name="ExpiresAt">From when on it is refused; null for never.</param>
/// <param name="RevokedAt">Since when it is refused; null while it isn't.</param>
public sealed record ApiKey(
    string Id, TenantId? Tenant, string Name, IReadOnlyList<string> Scopes, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt)
{
    /// <summary>The tenant owes an invoice that was given up: the key opens billing only. Not the key's own, but known with it.</summary>
    public bool AccessWithdrawn { get; init; }

    /// <summary>Whether a token stands for it here: with that no other token is given.</summary>
    public bool ByToken { get; init; }

    /// <summary>Is it good at this time?</summary>
    public bool IsValid(DateTimeOffset now) => RevokedAt is null && !(ExpiresAt <= now);

    /// <summary>Does it hold a permission? Only a key without a tenant can be an operator's, only one with a tenant can be a tenant's.</summary>
    public bool Allows(Permission permission) =>
        Scopes.Contains(permission.Scope()) && (permission == Permission.Operate) == Tenant is null;
}

/// <summary>What a caller sends: <c>tbx_</c> and 43 random characters. Shown once, kept as a hash.</summary>
public static class ApiKeySecret
{
    /// <summary>The longest secret that is looked at.</summary>
    public const int MaxLength = 200;

    /// <summary>A new secret of 256 random bits.</summary>
    public static string New() => "tbx_" + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>Is it what <c>sha256sum</c> says of a secret: 64 hexadecimal digits? No key's id is.</summary>
    public static bool IsHash(string text) => text.Length == 2 * SHA256.HashSizeInBytes && text.All(char.IsAsciiHexDigit);

    /// <summary>SHA-256. The secrets are random and long, so neither salt nor a slow hash adds anything.</summary>
    public static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}

/// <summary>The API keys. Control plane.</summary>
public interface IApiKeyStore
{
    /// <summary>The keys with these hashes (hexadecimal digits, in capitals), valid or not, by their hashes.</summary>
    Task<IReadOnlyDictionary<string, ApiKey>> FindByHash(IUnitOfWork work, IReadOnlyCollection<string> hashes, CancellationToken ct);

    /// <summary>The keys of these ids, valid or not, by their ids.</summary>
    Task<IReadOnlyDictionary<string, ApiKey>> FindById(IUnitOfWork work, IReadOnlyCollection<string> ids, CancellationToken ct);

    /// <summary>Adds a key.</summary>
    Task Add(IUnitOfWork work, ApiKey key, byte[] hash, CancellationToken ct);

    /// <summary>Revokes a key; one that was revoked before stays so since then.</summary>
    /// <returns>The key as it is now; null when there is none.</returns>
    Task<ApiKey?> Revoke(IUnitOfWork work, string id, DateTimeOffset at, CancellationToken ct);

    /// <summary>
    /// The operators' keys, valid or not. Until the transaction ends no other one gets an answer, so that the first key is made once and the
    /// last is not lost.
    /// </summary>
    Task<IReadOnlyList<ApiKey>> LockOperatorKeys(IUnitOfWork work, CancellationToken ct);
}

/// <summary>What people ask of the store.</summary>
internal static class ApiKeyStoreQuestions
{
    /// <summary>The key of this id, or with this hash of its secret in hexadecimal digits: whoever holds a leaked key knows no more.</summary>
    public static async Task<ApiKey?> FindByIdOrHash(this IApiKeyStore keys, IUnitOfWork work, string idOrHash, CancellationToken ct) =>
        (ApiKeySecret.IsHash(idOrHash)
            ? await keys.FindByHash(work, [idOrHash.ToUpperInvariant()], ct)
            : await keys.FindById(work, [idOrHash], ct)).Values.SingleOrDefault();
}
