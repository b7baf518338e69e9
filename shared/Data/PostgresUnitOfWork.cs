using Npgsql;
using ToolboxAI.Shared.Tenants;

namespace ToolboxAI.Shared.Data;

/// <summary>Transactions on PostgreSQL through the application's login.</summary>
public sealed class PostgresUnitOfWorkFactory(Func<CancellationToken, Task<NpgsqlConnection>> open) : IUnitOfWorkFactory
{
    /// <summary>Units of work on one source of connections, whose login never changes.</summary>
    public PostgresUnitOfWorkFactory(NpgsqlDataSource database) : this(ct => database.OpenConnectionAsync(ct).AsTask())
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

    private sealed class PostgresUnitOfWork(NpgsqlConnection connection, NpgsqlTransaction transaction, TenantId? tenant) : IUnitOfWork
    {
        private readonly List<Func<CancellationToken, Task>> afterCommit = [];

        public TenantId? Tenant => tenant;

        public T Session<T>() where T : class => transaction as T
            ?? throw new InvalidOperationException($"This unit of work runs on PostgreSQL, the store expects {typeof(T).Name}.");

        public void AfterCommit(Func<CancellationToken, Task> action) => afterCommit.Add(action);

        public async Task Commit(CancellationToken ct)
        {
            await transaction.CommitAsync(ct);
            await connection.CloseAsync();
            foreach (var action in afterCommit)
            {
                await action(ct);
            }
        }

        public async ValueTask DisposeAsync()
        {
            await transaction.DisposeAsync();
            await connection.DisposeAsync();
        }
    }
}
