using ToolboxAI.Shared.Data;

namespace ToolboxAI.Shared.Identity;

/// <summary>
/// Finds the API keys of calls. A good one is kept under a <see cref="KeyLease"/>, for which a revocation and a withdrawal of access wait:
/// once they are answered, the key is refused at the next call, in every process. Calls that come at the same time share a query.
/// </summary>
public sealed class ApiKeys
{
    /// <summary>The most keys that are kept by their hashes, and the most by their ids.</summary>
    public const int MostKept = 10_000;

    private readonly LeasedKeys byHash;
    private readonly LeasedKeys byId;

    /// <summary>One per process.</summary>
    public ApiKeys(IUnitOfWorkFactory units, IApiKeyStore store, MachineClock clock)
    {
        byHash = new(clock.Time, hashes => Read(units, work => store.FindByHash(work, hashes, CancellationToken.None)));
        byId = new(clock.Time, ids => Read(units, work => store.FindById(work, ids, CancellationToken.None)));
    }

    /// <summary>How many keys are in memory.</summary>
    public int Kept => byHash.Count + byId.Count;

    /// <summary>The key whose secret this is, valid or not; null when there is none.</summary>
    public ValueTask<ApiKey?> FindBySecret(string secret, CancellationToken ct) => byHash.Find(Convert.ToHexString(ApiKeySecret.Hash(secret)), ct);

    /// <summary>The key of this id, valid or not; null when there is none.</summary>
    public ValueTask<ApiKey?> FindById(string id, CancellationToken ct) => byId.Find(id, ct);

    private static async Task<IReadOnlyDictionary<string, ApiKey>> Read(
        IUnitOfWorkFactory units, Func<IUnitOfWork, Task<IReadOnlyDictionary<string, ApiKey>>> find)
    {
        await using var work = await units.BeginReads(CancellationToken.None);
        return await find(work);
    }
}
