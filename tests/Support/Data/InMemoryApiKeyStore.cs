using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Identity;
using ToolboxAI.Tests.Support.Billing;

namespace ToolboxAI.Tests.Support.Data;

/// <inheritdoc cref="IApiKeyStore"/>
public sealed class InMemoryApiKeyStore : IApiKeyStore
{
    private const string Table = "toolbox.api_keys";

    /// <inheritdoc/>
    public Task<IReadOnlyDictionary<string, ApiKey>> FindByHash(IUnitOfWork work, IReadOnlyCollection<string> hashes, CancellationToken ct) =>
        Show(work, hashes, (session, hash) => session.Find<Row>(Table, hash));

    /// <inheritdoc/>
    public Task<IReadOnlyDictionary<string, ApiKey>> FindById(IUnitOfWork work, IReadOnlyCollection<string> ids, CancellationToken ct) =>
        Show(work, ids, ById);

    /// <inheritdoc/>
    public Task Add(IUnitOfWork work, ApiKey key, byte[] hash, CancellationToken ct)
    {
        var name = Convert.ToHexString(hash);
        return work.Session<InMemoryUnitOfWork>().Insert(Table, name, new Row(name, key), ct);
    }

    /// <inheritdoc/>
    public async Task<ApiKey?> Revoke(IUnitOfWork work, string id, DateTimeOffset at, CancellationToken ct)
    {
        var session = work.Session<InMemoryUnitOfWork>();
        if (ById(session, id) is not { } seen)
        {
            return null;
        }

        var row = (await session.FindForUpdate<Row>(Table, seen.Hash, ct))!;
        await session.Put(Table, row.Hash, row with { Key = row.Key with { RevokedAt = row.Key.RevokedAt ?? at } }, ct);
        return (await FindById(work, [id], ct))[id];
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ApiKey>> LockOperatorKeys(IUnitOfWork work, CancellationToken ct)
    {
        var session = work.Session<InMemoryUnitOfWork>();
        await session.FindForUpdate<object>("operator keys", "", ct);
        return [.. session.All<Row>(Table).Select(row => row.Key).Where(key => key.Tenant is null)];
    }

    private static Row? ById(InMemoryUnitOfWork session, string id) => session.All<Row>(Table).FirstOrDefault(row => row.Key.Id == id);

    private static Task<IReadOnlyDictionary<string, ApiKey>> Show(
        IUnitOfWork work, IReadOnlyCollection<string> names, Func<InMemoryUnitOfWork, string, Row?> find)
    {
        var session = work.Session<InMemoryUnitOfWork>();
        var owing = session.All<InMemoryBillingAccounts.Withdrawn>(InMemoryBillingAccounts.WithdrawnAccess).Select(row => row.Tenant).ToList();
        var found = new Dictionary<string, ApiKey>();
        foreach (var name in names)
        {
            if (find(session, name)?.Key is { } key)
            {
                found.Add(name, key with { AccessWithdrawn = owing.Exists(tenant => tenant == key.Tenant) });
            }
        }

        return Task.FromResult<IReadOnlyDictionary<string, ApiKey>>(found);
    }

    private sealed record Row(string Hash, ApiKey Key);
}
