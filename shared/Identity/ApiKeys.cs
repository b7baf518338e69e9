using ToolboxAI.Shared.Data;

namespace ToolboxAI.Shared.Identity;

/// <summary>
/// Finds the API keys of calls, as they are in the database when they are asked for: one that was revoked, and a tenant whose access was
/// withdrawn, are refused at the next call, in every process. Calls that come at the same time share a query.
/// </summary>
public sealed class ApiKeys
{
    private readonly IUnitOfWorkFactory units;
    private readonly SharedReads<string, ApiKey> byHash;
    private readonly SharedReads<string, ApiKey> byId;

    /// <summary>One per process.</summary>
    public ApiKeys(IUnitOfWorkFactory units, IApiKeyStore store)
    {
        this.units = units;
        byHash = new(hashes => Read(work => store.FindByHash(work, hashes, CancellationToken.None)));
        byId = new(ids => Read(work => store.FindById(work, ids, CancellationToken.None)));
    }

    /// <summary>The key whose secret this is, valid or not; null when there is none.</summary>
    public Task<ApiKey?> FindBySecret(string secret, CancellationToken ct) => byHash.Get(Convert.ToHexString(ApiKeySecret.Hash(secret)), ct);

    /// <summary>The key of this id, valid or not; null when there is none.</summary>
    public Task<ApiKey?> FindById(string id, CancellationToken ct) => byId.Get(id, ct);

    private async Task<IReadOnlyDictionary<string, ApiKey>> Read(Func<IUnitOfWork, Task<IReadOnlyDictionary<string, ApiKey>>> find)
    {
        await using var work = await units.BeginReads(CancellationToken.None);
        return await find(work);
    }
}
