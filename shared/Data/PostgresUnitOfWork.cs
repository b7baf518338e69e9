using Npgsql;
using ToolboxAI.Shared.Tenants;

namespace ToolboxAI.Shared.Data;

/// <summary>Transactions on PostgreSQL through the application's login.</summary>
/// <param name="open">Opens a connection for a kind of work.</param>
public sealed class PostgresUnitOfWorkFactory(Func<ConnectionKind, CancellationToken, Task<NpgsqlConnection>> open) : IUnitOfWorkFactory
{
    /// <summary>Units of work on sources of connections whose login never changes; what has no source of its own uses the first.</summary>
    public PostgresUnitOfWorkFactory(NpgsqlDataSource database, NpgsqlDataSource? reads = null, NpgsqlDataSource? turns = null)
        : this((kind, ct) => (kind switch { ConnectionKind.Reads => reads, ConnectionKind.Turns => turns, _ => null } ?? database).OpenConnectionAsync(ct).AsTask())
    {
    }

    /// <inheritdoc/>
    public async Task<IUnitOfWork> Begin(CancellationToken ct) => await BeginOn(ConnectionKind.Transactions, ct);

    /// <inheritdoc/>
    public async Task<IUnitOfWork> BeginReads(CancellationToken ct) => new PostgresUnitOfWork(await open(ConnectionKind.Reads, ct), transaction: null);

    /// <inheritdoc/>
    public async Task<ITenantTurns> BeginTurns(CancellationToken ct) => await BeginOn(ConnectionKind.Turns, ct);

    /// <inheritdoc/>
    public async Task<IUnitOfWork> Begin(TenantId tenant, CancellationToken ct)
    {
        var work = await BeginOn(ConnectionKind.Transactions, ct);
        try
        {
            await work.Enter(tenant, ct);
            return work;
        }
        catch
        {
            await work.DisposeAsync();
            throw;
        }
    }

    private async Task<PostgresUnitOfWork> BeginOn(ConnectionKind kind, CancellationToken ct)
    {
        // A caller who has gone already is noticed only here: the connection must not go with him.
        var connection = await open(kind, ct);
        try
        {
            return new(connection, await connection.BeginTransactionAsync(ct));
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private sealed class PostgresUnitOfWork(NpgsqlConnection connection, NpgsqlTransaction? transaction) : ITenantTurns
    {
        private readonly List<Func<CancellationToken, Task>> afterCommit = [];

        public TenantId? Tenant { get; private set; }

        public T Session<T>() where T : class => connection as T
            ?? throw new InvalidOperationException($"This unit of work runs on PostgreSQL, the store expects {typeof(T).Name}.");

        public async Task Enter(TenantId? tenant, CancellationToken ct)
        {
            await using var turn = new TenantBatch(connection);
            turn.Enter(tenant);
            await turn.Run(ct);
            Tenant = tenant;
        }

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
            try
            {
                await (transaction?.DisposeAsync() ?? ValueTask.CompletedTask);
            }
            finally
            {
                await connection.DisposeAsync();
            }
        }
    }
}
