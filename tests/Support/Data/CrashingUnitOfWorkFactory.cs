using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Tenants;

namespace ToolboxAI.Tests.Support.Data;

/// <summary>Where the process dies.</summary>
public enum CommitPoint
{
    /// <summary>Before the commit: nothing remains.</summary>
    BeforeCommit,

    /// <summary>After the commit, before anybody hears of it: everything remains, what should follow does not happen.</summary>
    AfterCommit,
}

/// <summary>The process ended here; nothing of product code may catch this.</summary>
public sealed class SimulatedCrashException(CommitPoint point) : Exception($"Simulated crash: {point}");

/// <summary>Crashes a process at its commits, on either implementation of the database.</summary>
/// <param name="inner">The database.</param>
/// <param name="crashAt">Asked at each point of each commit.</param>
public sealed class CrashingUnitOfWorkFactory(IUnitOfWorkFactory inner, Func<CommitPoint, bool> crashAt) : IUnitOfWorkFactory
{
    /// <inheritdoc/>
    public async Task<IUnitOfWork> Begin(CancellationToken ct) => new Crashing(await inner.Begin(ct), crashAt);

    /// <inheritdoc/>
    public Task<IUnitOfWork> BeginReads(CancellationToken ct) => inner.BeginReads(ct);

    /// <inheritdoc/>
    public async Task<IUnitOfWork> Begin(TenantId tenant, CancellationToken ct) => new Crashing(await inner.Begin(tenant, ct), crashAt);

    /// <inheritdoc/>
    public async Task<ITenantTurns> BeginTurns(CancellationToken ct) => new Crashing(await inner.BeginTurns(ct), crashAt);

    private sealed class Crashing(IUnitOfWork inner, Func<CommitPoint, bool> crashAt) : ITenantTurns
    {
        private readonly List<Func<CancellationToken, Task>> afterCommit = [];

        public TenantId? Tenant => inner.Tenant;

        public T Session<T>() where T : class => inner.Session<T>();

        public Task Enter(TenantId? tenant, CancellationToken ct) => ((ITenantTurns)inner).Enter(tenant, ct);

        public void AfterCommit(Func<CancellationToken, Task> action) => afterCommit.Add(action);

        public async Task Commit(CancellationToken ct)
        {
            CrashIf(CommitPoint.BeforeCommit);
            await inner.Commit(ct);
            CrashIf(CommitPoint.AfterCommit);
            foreach (var action in afterCommit)
            {
                await action(ct);
            }
        }

        public ValueTask DisposeAsync() => inner.DisposeAsync();

        private void CrashIf(CommitPoint point)
        {
            if (crashAt(point))
            {
                throw new SimulatedCrashException(point);
            }
        }
    }
}
