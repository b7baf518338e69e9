using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Tenants;

namespace ToolboxAI.Tests.Support.Data;

/// <summary>
/// The product's database in memory, for the stores' in-memory twins: READ COMMITTED like the real one, with row locks that
/// last until the transaction ends, unique keys that wait for each other, and roll-back. Rows are immutable records.
/// </summary>
public sealed class InMemoryDatabase(params IEnumerable<TenantId> tenants) : IUnitOfWorkFactory
{
    private readonly HashSet<TenantId> tenants = [.. tenants];
    private readonly Dictionary<string, Dictionary<RowKey, object>> tables = [];
    private readonly Dictionary<RowKey, RowLock> locks = [];
    private readonly Lock gate = new();

    /// <summary>How long a session waits for another's row lock before it takes that for a deadlock (machine time).</summary>
    public TimeSpan LockTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How a session waits for another's row lock: with what it waits for, until the function says that it is free; a simulation decides then
    /// which of those that wait comes first. Null: on the machine, in the order of asking.
    /// </summary>
    public Func<string, Func<bool>, Task>? Waits { get; set; }

    /// <inheritdoc/>
    public Task<IUnitOfWork> Begin(CancellationToken ct) => Task.FromResult<IUnitOfWork>(new InMemoryUnitOfWork(this, null));

    /// <inheritdoc/>
    public Task<IUnitOfWork> BeginReads(CancellationToken ct) => Task.FromResult<IUnitOfWork>(new InMemoryUnitOfWork(this, null, reads: true));

    /// <inheritdoc/>
    public Task<IUnitOfWork> Begin(TenantId tenant, CancellationToken ct) =>
        Has(tenant) ? Task.FromResult<IUnitOfWork>(new InMemoryUnitOfWork(this, tenant)) : throw new UnknownTenantException(tenant);

    /// <inheritdoc/>
    public Task<ITenantTurns> BeginTurns(CancellationToken ct) => Task.FromResult<ITenantTurns>(new InMemoryUnitOfWork(this, null));

    internal bool Has(TenantId tenant) => tenants.Contains(tenant);

    internal object? Committed(RowKey key)
    {
        lock (gate)
        {
            return tables.TryGetValue(key.Table, out var rows) ? rows.GetValueOrDefault(key) : null;
        }
    }

    internal List<KeyValuePair<RowKey, object>> CommittedOf(string table)
    {
        lock (gate)
        {
            return tables.TryGetValue(table, out var rows) ? [.. rows] : [];
        }
    }

    internal void Apply(Dictionary<RowKey, object?> changes)
    {
        lock (gate)
        {
            foreach (var (key, row) in changes)
            {
                if (!tables.TryGetValue(key.Table, out var rows))
                {
                    tables.Add(key.Table, rows = []);
                }

                if (row is null)
                {
                    rows.Remove(key);
                }
                else
                {
                    rows[key] = row;
                }
            }
        }
    }

    internal bool TryLock(RowKey key, object owner)
    {
        lock (gate)
        {
            return !locks.TryGetValue(key, out var held) ? locks.TryAdd(key, new(owner)) : held.Owner == owner;
        }
    }

    internal Task Lock(RowKey key, object owner, CancellationToken ct) =>
        TryLock(key, owner) ? Task.CompletedTask : Waits is { } waits ? Wait(key, owner, waits) : Wait(key, owner, ct);

    private async Task Wait(RowKey key, object owner, Func<string, Func<bool>, Task> waits)
    {
        while (!TryLock(key, owner))
        {
            await waits($"the lock on {key}", () => !locks.ContainsKey(key));
        }
    }

    private async Task Wait(RowKey key, object owner, CancellationToken ct)
    {
        TaskCompletionSource turn;
        lock (gate)
        {
            if (TryLock(key, owner))
            {
                return;
            }

            turn = new(owner, TaskCreationOptions.RunContinuationsAsynchronously);
            locks[key].Waiting.Enqueue(turn);
        }

        try
        {
            await turn.Task.WaitAsync(LockTimeout, ct);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            turn.TrySetCanceled(CancellationToken.None);
            throw e is TimeoutException ? new InvalidOperationException($"Deadlock: nobody gave up the lock on {key}.") : e;
        }
    }

    internal void Unlock(IEnumerable<RowKey> keys)
    {
        lock (gate)
        {
            foreach (var key in keys)
            {
                Pass(key, locks[key]);
            }
        }
    }

    private void Pass(RowKey key, RowLock held)
    {
        while (held.Waiting.TryDequeue(out var next))
        {
            held.Owner = next.Task.AsyncState!;
            if (next.TrySetResult())
            {
                return;
            }
        }

        locks.Remove(key);
    }

    private sealed class RowLock(object owner)
    {
        public object Owner { get; set; } = owner;

        public Queue<TaskCompletionSource> Waiting { get; } = new();
    }
}

/// <summary>A row's table (with the tenant's schema, where it has one) and key.</summary>
internal readonly record struct RowKey(string Table, object Key);
