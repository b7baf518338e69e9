using Microsoft.Extensions.Logging;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Http;
using ToolboxAI.Shared.Tenants;

namespace ToolboxAI.Shared.Identity;

/// <summary>A key that is refused.</summary>
/// <param name="Id">The key's id.</param>
/// <param name="Tenant">Whose it was; null for an operator's.</param>
/// <param name="Name">The owner's words for it.</param>
/// <param name="RevokedAt">Since when.</param>
public sealed record RevokedKey(string Id, TenantId? Tenant, string Name, DateTimeOffset RevokedAt);

/// <summary>Takes keys back.</summary>
public sealed partial class KeyRevocation(IUnitOfWorkFactory units, IApiKeyStore keys, KeyLease lease, TimeProvider clock, ILogger<KeyRevocation> log)
{
    /// <summary>Revokes a key; doing so twice changes nothing. When it returns, no process takes the key any more.</summary>
    /// <param name="idOrHash">The key's id, or the SHA-256 of its secret in hexadecimal digits.</param>
    /// <param name="ct">Gives up.</param>
    public async Task<(RevokedKey? Key, Refusal? Refusal)> Revoke(string idOrHash, CancellationToken ct)
    {
        var (key, refusal) = await Commit(idOrHash, ct);
        if (key is not null)
        {
            Revoked(key.Id, key.Tenant?.Slug, key.RevokedAt);
            await lease.Lapse(ct);                      // also the second time: the first may have been cut short here
        }

        return (key, refusal);
    }

    private async Task<(RevokedKey? Key, Refusal? Refusal)> Commit(string idOrHash, CancellationToken ct)
    {
        await using var work = await units.Begin(ct);
        var now = clock.GetUtcNow();
        var operators = (await keys.LockOperatorKeys(work, ct)).Where(key => key.Allows(Permission.Operate) && key.IsValid(now)).ToList();
        if (await keys.FindByIdOrHash(work, idOrHash, ct) is not { Id: var id })
        {
            return (null, new KeyNotFound());
        }

        if (operators is [var last] && last.Id == id)
        {
            return (null, new LastOperatorKey());
        }

        var key = (await keys.Revoke(work, id, now, ct))!;          // keys are never deleted

        await work.Commit(ct);
        return (new(key.Id, key.Tenant, key.Name, key.RevokedAt!.Value), null);
    }

    [LoggerMessage(1300, LogLevel.Information, "Key {KeyId} of {Tenant} is revoked since {RevokedAt}")]
    private partial void Revoked(string keyId, string? tenant, DateTimeOffset revokedAt);
}
