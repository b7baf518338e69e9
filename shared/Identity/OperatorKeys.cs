using ToolboxAI.Shared.Data;

namespace ToolboxAI.Shared.Identity;

/// <summary>The first operator's key of an installation.</summary>
public sealed class OperatorKeys(IUnitOfWorkFactory units, IApiKeyStore keys, TimeProvider clock)
{
    /// <summary>Makes the first operator's key; its secret, or null when there is an operator's key already.</summary>
    public async Task<string?> CreateFirst(CancellationToken ct)
    {
        await using var work = await units.Begin(ct);
        if (await keys.AnyOperatorKey(work, ct))
        {
            return null;
        }

        var now = clock.GetUtcNow();
        var secret = ApiKeySecret.New();
        var key = new ApiKey(Ids.New("key", now), null, "First operator", [Permission.Operate.Scope()], now, null, null);
        await keys.Add(work, key, ApiKeySecret.Hash(secret), ct);
        await work.Commit(ct);
        return secret;
    }
}
