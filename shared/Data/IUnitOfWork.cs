using ToolboxAI.Shared.Tenants;

namespace ToolboxAI.Shared.Data;

/// <summary>
/// One transaction. Every store takes it as its first parameter, so that changes in several stores become one.
/// Disposed without <see cref="Commit"/>, it is rolled back. Not for use by two threads at once.
/// </summary>
public interface IUnitOfWork : IAsyncDisposable
{
    /// <summary>The tenant whose session this is; null on the control plane.</summary>
    TenantId? Tenant { get; }

    /// <summary>The underlying session that a store's implementation is written for, e.g. <c>NpgsqlConnection</c>.</summary>
    T Session<T>() where T : class;

    /// <summary>Registers what to do once the commit is certain; it runs inside <see cref="Commit"/> and must not throw.</summary>
    void AfterCommit(Func<CancellationToken, Task> action);

    /// <summary>Commits, then runs what was registered. An exception from the commit itself leaves the outcome unclear.</summary>
    Task Commit(CancellationToken ct);
}

/// <summary>One transaction in which several tenants have their turn, one after the other. Between their turns it is the control plane's.</summary>
public interface ITenantTurns : IUnitOfWork
{
    /// <summary>
    /// Begins a tenant's turn: from now on the session is that tenant's, as one that was begun for it is, and sees nothing of another.
    /// Null: the turn ends.
    /// </summary>
    /// <exception cref="UnknownTenantException">There is no such tenant.</exception>
    Task Enter(TenantId? tenant, CancellationToken ct);
}

/// <summary>Begins transactions: the process boundary to the database. READ COMMITTED, as PostgreSQL's default.</summary>
public interface IUnitOfWorkFactory
{
    /// <summary>A session of the control plane (schema <c>toolbox</c>): it sees no tenant's schema.</summary>
    Task<IUnitOfWork> Begin(CancellationToken ct);

    /// <summary>
    /// A session of the control plane to look things up in by their keys: each query stands for itself and is one round trip. It can write
    /// nothing, and two queries may see two states.
    /// </summary>
    Task<IUnitOfWork> BeginReads(CancellationToken ct);

    /// <summary>A tenant's session, the only way to its data: its role, its schema, and its own rows in <c>toolbox</c>.</summary>
    /// <exception cref="UnknownTenantException">There is no such tenant.</exception>
    Task<IUnitOfWork> Begin(TenantId tenant, CancellationToken ct);

    /// <summary>
    /// A transaction for several tenants. There are few of them at a time: who may have to wait for somebody's lock begins one of the tenant's own.
    /// </summary>
    Task<ITenantTurns> BeginTurns(CancellationToken ct);
}
