using Npgsql;
using ToolboxAI.Shared.Tenants;

namespace ToolboxAI.Shared.Data;

/// <summary>Transactions on PostgreSQL through the application's login.</summary>
/// <param name="open">Opens a connection.</param>
/// <param name="openForReads">Opens one that can write nothing, for queries of the control plane that stand for themselves.</param>
public sealed class PostgresUnitOfWorkFactory(
    Func<CancellationToken, Task<NpgsqlConnection>> open, Func<CancellationToken, Task<NpgsqlConnection>> openForReads) : IUnitOfWorkFactory
{
    /// <summary>Units of work on sources of connections whose login never changes; without one for reads they are read on the others.</summary>
    public PostgresUnitOfWorkFactory(NpgsqlDataSource database, NpgsqlDataSource? reads = null)
        : this(ct => database.OpenConnectionAsync(ct).AsTask(), ct => (reads ?? database).OpenConnectionAsync(ct).AsTask())
    {
    }

    private const string EnterTenant = "SELECT set_config('role', $1, true), set_config('search_path', $1 || ', pg_temp', true)";

    /// <inheritdoc/>
    public async Task<IUnitOfWork> Begin(CancellationToken ct)
    {
        var connection = await open(ct);
        return new PostgresUnitOfWork(connection, await connection.BeginTransactionAsync(ct), tenant: null);
    }

    /// <inheritdoc/>
    public async Task<IUnitOfWork> BeginReads(CancellationToken ct) => new PostgresUnitOfWork(await openForReads(ct), transaction: null, tenant: null);

    /// <inheritdoc/>
    public async Task<IUnitOfWork> Begin(TenantId tenant, CancellationToken ct)
    {
        var connection = await open(ct);
        var work = new PostgresUnitOfWork(connection, await connection.BeginTransactionAsync(ct), tenant);
        try
        {
            // set_config(…, true) is SET LOCAL with a parameter: it ends with the transaction.
            await using var command = new NpgsqlCommand(EnterTenant, connection);
            command.Parameters.Add(new() { Value = tenant.Schema });
            await command.ExecuteNonQueryAsync(ct);
            return work;
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.InvalidParameterValue or PostgresErrorCodes.InsufficientPrivilege)
        {
            await work.DisposeAsync();
            throw new UnknownTenantException(tenant, e);
        }
        catch
        {
            await work.DisposeAsync();
            throw;
        }
    }

    private sealed class PostgresUnitOfWork(NpgsqlConnection connection, NpgsqlTransaction? transaction, TenantId? tenant) : IUnitOfWork
    {
        private readonly List<Func<CancellationToken, Task>> afterCommit = [];

        public TenantId? Tenant => tenant;

        public T Session<T>() where T : class => connection as T
            ?? throw new InvalidOperationException($"This unit of work runs on PostgreSQL, the store expects {typeof(T).Name}.");

        public void AfterCommit(Func<CancellationToken, Task> action) => afterCommit.Add(action);

        public async Task Commit(CancellationToken ct)
        {
            await (transaction ?? throw new InvalidOperationException("A session to look things up in commits nothing.")).CommitAsync(ct);
            await connection.CloseAsync();
            foreach (var action in afterCommit)
            {
                await action(ct);
            }
        }

        public async ValueTask DisposeAsync()
        {
            await (transaction?.DisposeAsync() ?? ValueTask.CompletedTask);
            await connection.DisposeAsync();
        }
    }
}
