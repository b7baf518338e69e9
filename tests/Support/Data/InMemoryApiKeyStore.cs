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
        Show(work, hashes.Select(hash => (hash, work.Session<InMemoryUnitOfWork>().Find<ApiKey>(Table, hash))));

    /// <inheritdoc/>
    public Task<IReadOnlyDictionary<string, ApiKey>> FindById(IUnitOfWork work, IReadOnlyCollection<string> ids, CancellationToken ct) =>
        Show(work, ids.Select(id => (id, work.Session<InMemoryUnitOfWork>().All<ApiKey>(Table).FirstOrDefault(key => key.Id == id))));

    private static Task<IReadOnlyDictionary<string, ApiKey>> Show(IUnitOfWork work, IEnumerable<(string Name, ApiKey? Key)> found)
    {
        var session = work.Session<InMemoryUnitOfWork>();
        var owing = session.All<InMemoryBillingAccounts.Withdrawn>(InMemoryBillingAccounts.WithdrawnAccess).Select(row => row.Tenant).ToList();
        return Task.FromResult<IReadOnlyDictionary<string, ApiKey>>(found.Where(one => one.Key is not null).ToDictionary(
            one => one.Name, one => one.Key! with { AccessWithdrawn = owing.Exists(tenant => tenant == one.Key.Tenant) }));
    }

    /// <inheritdoc/>
    public Task Add(IUnitOfWork work, ApiKey key, byte[] hash, CancellationToken ct) =>
        work.Session<InMemoryUnitOfWork>().Insert(Table, Convert.ToHexString(hash), key, ct);

    /// <inheritdoc/>
    public async Task<bool> AnyOperatorKey(IUnitOfWork work, CancellationToken ct)
    {
        var session = work.Session<InMemoryUnitOfWork>();
        await session.FindForUpdate<object>("first operator key", "", ct);
        return session.All<ApiKey>(Table).Any(key => key.Tenant is null);
    }
}
