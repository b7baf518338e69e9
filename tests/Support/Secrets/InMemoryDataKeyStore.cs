using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Secrets.Sealing;
using ToolboxAI.Tests.Support.Data;

namespace ToolboxAI.Tests.Support.Secrets;

/// <inheritdoc cref="IDataKeyStore"/>
public sealed class InMemoryDataKeyStore : IDataKeyStore
{
    private const string Table = "toolbox.data_keys";

    /// <inheritdoc/>
    public Task<DataKey?> Find(IUnitOfWork work, string id, CancellationToken ct) =>
        Task.FromResult(All(work).FirstOrDefault(key => key.Id == id));

    /// <inheritdoc/>
    public Task<DataKey?> Newest(IUnitOfWork work, CancellationToken ct) => Task.FromResult(All(work).MaxBy(key => key.Id, StringComparer.Ordinal));

    /// <inheritdoc/>
    public Task<IReadOnlyList<DataKey>> WrappedBy(IUnitOfWork work, string version, CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<DataKey>>([.. All(work).Where(key => key.WrappedBy == version).OrderBy(key => key.Id, StringComparer.Ordinal)]);

    /// <inheritdoc/>
    public Task Add(IUnitOfWork work, DataKey key, CancellationToken ct) => work.Session<InMemoryUnitOfWork>().Put(Table, key.Id, key, ct);

    /// <inheritdoc/>
    public async Task Rewrap(IUnitOfWork work, DataKey key, string wasWrappedBy, CancellationToken ct)
    {
        if (await Find(work, key.Id, ct) is { } found && found.WrappedBy == wasWrappedBy)
        {
            await Add(work, key, ct);
        }
    }

    private static IEnumerable<DataKey> All(IUnitOfWork work) => work.Session<InMemoryUnitOfWork>().All<DataKey>(Table);
}
