using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Tenants;

namespace ToolboxAI.Tests.Support.Data;

/// <summary>One transaction on an <see cref="InMemoryDatabase"/>: <c>work.Session&lt;InMemoryUnitOfWork&gt;()</c> in the stores' twins.</summary>
public sealed class InMemoryUnitOfWork : ITenantTurns
{
    private readonly InMemoryDatabase database;
    private readonly Dictionary<RowKey, object?> changes = [];
    private readonly HashSet<RowKey> locked = [];
    private readonly List<Func<CancellationToken, Task>> afterCommit = [];
    private readonly bool reads;
    private bool ended;

    internal InMemoryUnitOfWork(InMemoryDatabase database, TenantId? tenant, bool reads = false)
    {
        this.database = database;
        this.reads = reads;
        Tenant = tenant;
    }

    /// <inheritdoc/>
    public TenantId? Tenant { get; private set; }

    /// <inheritdoc/>
    public T Session<T>() where T : class => this as T
        ?? throw new InvalidOperationException($"This unit of work runs in memory, the store expects {typeof(T).Name}.");

    /// <summary>The name of a table in the tenant's schema.</summary>
    public string OfTenant(string table) => Tenant is { } tenant
        ? $"{tenant.Schema}.{table}"
        : throw new InvalidOperationException($"Table {table} is a tenant's: only a tenant session reaches it.");

    /// <summary>SELECT by key: own changes, else what is committed now.</summary>
    public T? Find<T>(string table, object key) where T : class => Current(new(table, key)) as T;

    /// <summary>SELECT of a table, in no order.</summary>
    public IReadOnlyList<T> All<T>(string table) where T : class
    {
        Open();
        var seen = database.CommittedOf(table).Where(row => !changes.ContainsKey(row.Key)).Select(row => row.Value);
        var own = changes.Where(change => change.Key.Table == table && change.Value is not null).Select(change => change.Value!);
        return [.. seen.Concat(own).Cast<T>()];
    }

    /// <summary>SELECT … FOR UPDATE: waits for the row's lock, then reads what is committed; the lock lasts until the end.</summary>
    public async Task<T?> FindForUpdate<T>(string table, object key, CancellationToken ct) where T : class
    {
        await Lock(new(table, key), ct);
        return Find<T>(table, key);
    }

    /// <summary>SELECT … FOR UPDATE SKIP LOCKED: false when another session holds the row.</summary>
    public bool TryLock(string table, object key)
    {
        Open();
        MayWrite();
        return database.TryLock(new(table, key), this) && Held(new(table, key));
    }

    /// <summary>INSERT … ON CONFLICT DO NOTHING: false when the key is there; waits for a session that is adding the same key.</summary>
    public async Task<bool> TryInsert(string table, object key, object row, CancellationToken ct)
    {
        await Lock(new(table, key), ct);
        if (Current(new(table, key)) is not null)
        {
            return false;
        }

        changes[new(table, key)] = row;
        return true;
    }

    /// <summary>INSERT of several … ON CONFLICT DO NOTHING, in an order of their own, so that two sessions never wait for each other.</summary>
    public async Task<IReadOnlyList<bool>> TryInsertAll<T>(
        string table, IReadOnlyList<T> items, Func<T, string> order, Func<T, object> key, Func<T, object> row, CancellationToken ct)
    {
        var added = new bool[items.Count];
        foreach (var (at, item) in items.Index().OrderBy(one => order(one.Item), StringComparer.Ordinal))
        {
            added[at] = await TryInsert(table, key(item), row(item), ct);
        }

        return added;
    }

    /// <summary>INSERT that must succeed; a key that is there is an exception, as a unique violation is.</summary>
    public async Task Insert(string table, object key, object row, CancellationToken ct)
    {
        if (!await TryInsert(table, key, row, ct))
        {
            throw new InvalidOperationException($"Duplicate key {key} in {table}.");
        }
    }

    /// <summary>UPDATE, or INSERT … ON CONFLICT DO UPDATE.</summary>
    public async Task Put(string table, object key, object row, CancellationToken ct)
    {
        await Lock(new(table, key), ct);
        changes[new(table, key)] = row;
    }

    /// <summary>DELETE; false when there is no such row.</summary>
    public async Task<bool> Remove(string table, object key, CancellationToken ct)
    {
        await Lock(new(table, key), ct);
        var existed = Current(new(table, key)) is not null;
        changes[new(table, key)] = null;
        return existed;
    }

    /// <inheritdoc/>
    public Task Enter(TenantId? tenant, CancellationToken ct)
    {
        Open();
        Tenant = tenant is { } entering && !database.Has(entering) ? throw new UnknownTenantException(entering) : tenant;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void AfterCommit(Func<CancellationToken, Task> action) => afterCommit.Add(action);

    /// <inheritdoc/>
    public async Task Commit(CancellationToken ct)
    {
        Open();
        MayWrite();
        ct.ThrowIfCancellationRequested();
        database.Apply(changes);
        End();
        foreach (var action in afterCommit)
        {
            await action(ct);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        End();
        return ValueTask.CompletedTask;
    }

    private object? Current(RowKey key)
    {
        Open();
        return changes.TryGetValue(key, out var own) ? own : database.Committed(key);
    }

    private async Task Lock(RowKey key, CancellationToken ct)
    {
        Open();
        MayWrite();
        await database.Lock(key, this, ct);
        Held(key);
    }

    private bool Held(RowKey key) => locked.Add(key) || locked.Contains(key);

    private void MayWrite()
    {
        if (reads)
        {
            throw new InvalidOperationException("This session is there to look things up in: it writes, locks and commits nothing.");
        }
    }

    private void Open() => ObjectDisposedException.ThrowIf(ended, this);

    private void End()
    {
        if (!ended)
        {
            ended = true;
            database.Unlock(locked);
        }
    }
}
