using ToolboxAI.Shared.Data;

namespace ToolboxAI.Shared.Identity;

/// <summary>What whoever administers the database may do with operators' keys, also when no operator's key is good.</summary>
public sealed class OperatorKeys(IUnitOfWorkFactory units, IApiKeyStore keys, KeyLease lease, TimeProvider clock)
{
    /// <summary>Makes the first operator's key; its secret, or null when there is an operator's key already.</summary>
    public async Task<string?> CreateFirst(CancellationToken ct)
    {
        var secret = ApiKeySecret.New();
        return await AddFirst(ApiKeySecret.Hash(secret), ct) ? secret : null;
    }

    /// <summary>Adds the first operator's key by the hash of a secret that only its maker knows.</summary>
    /// <param name="hash">SHA-256, 32 bytes.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>False when there is an operator's key already.</returns>
    public async Task<bool> AddFirst(byte[] hash, CancellationToken ct)
    {
        await using var work = await units.Begin(ct);
        if ((await keys.LockOperatorKeys(work, ct)).Count > 0)
        {
            return false;
        }

        await Add(work, "First operator", hash, ct);
        await work.Commit(ct);
        return true;
    }

    /// <summary>
    /// Revokes an operator's key and adds another in one transaction, so that there always is a good one; the last one can be exchanged thus.
    /// When it returns, no process takes the old key any more. Doing so twice changes nothing.
    /// </summary>
    /// <param name="idOrHash">The old key's id, or the SHA-256 of its secret in hexadecimal digits.</param>
    /// <param name="hash">SHA-256 of the new key's secret, 32 bytes.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>Why nothing was done; null when it was.</returns>
    public async Task<string?> Replace(string idOrHash, byte[] hash, CancellationToken ct)
    {
        await using (var work = await units.Begin(ct))
        {
            await keys.LockOperatorKeys(work, ct);
            if (await keys.FindByIdOrHash(work, idOrHash, ct) is not { Tenant: null } old)
            {
                return "There is no operator's key of that id or hash.";
            }

            var now = clock.GetUtcNow();
            var taken = (await keys.FindByHash(work, [Convert.ToHexString(hash)], ct)).Values.SingleOrDefault();
            if (taken is not null && (taken.Id == old.Id || !(taken.Allows(Permission.Operate) && taken.IsValid(now))))
            {
                return "The new key is the old one, or another that is no good operator's key: make a new one.";
            }

            await keys.Revoke(work, old.Id, now, ct);
            if (taken is null)
            {
                await Add(work, "Operator", hash, ct);
            }

            await work.Commit(ct);
        }

        await lease.Lapse(ct);
        return null;
    }

    private Task Add(IUnitOfWork work, string name, byte[] hash, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        return keys.Add(work, new ApiKey(Ids.New("key", now), null, name, [Permission.Operate.Scope()], now, null, null), hash, ct);
    }
}
