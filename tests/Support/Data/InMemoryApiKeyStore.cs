using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Identity;
using ToolboxAI.Tests.Support.Billing;

namespace ToolboxAI.Tests.Support.Data;

/// <inheritdoc cref="IApiKeyStore"/>
public sealed class InMemoryApiKeyStore : IApiKeyStore
{
    private const string Table = "toolbox.api_keys";

    /// <inheritdoc/>
    public Task<ApiKey?> Find(IUnitOfWork work, byte[] hash, CancellationToken ct) =>
        Show(work, work.Session<InMemoryUnitOfWork>().Find<ApiKey>(Table, Convert.ToHexString(hash)));

    /// <inheritdoc/>
    public Task<ApiKey?> Find(IUnitOfWork work, string id, CancellationToken ct) =>
        Show(work, work.Session<InMemoryUnitOfWork>().All<ApiKey>(Table).FirstOrDefault(key => key.Id == id));

    private static Task<ApiKey?> Show(IUnitOfWork work, ApiKey? key)
    {
        var session = work.Session<InMemoryUnitOfWork>();
        var owes = session.All<InMemoryBillingAccounts.Withdrawn>(InMemoryBillingAccounts.WithdrawnAccess).Any(row => row.Tenant == key?.Tenant);
        return Task.FromResult(key is null ? null : key with { AccessWithdrawn = owes });
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
