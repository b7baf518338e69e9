using ToolboxAI.Shared.Data;

namespace ToolboxAI.Shared.Identity;

/// <summary>The first operator's key of an installation.</summary>
public sealed class OperatorKeys(IUnitOfWorkFactory units, IApiKeyStore keys, TimeProvider clock)
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

        var now = clock.GetUtcNow();
        await keys.Add(work, new ApiKey(Ids.New("key", now), null, "First operator", [Permission.Operate.Scope()], now, null, null), hash, ct);
        await work.Commit(ct);
        return true;
    }
}
