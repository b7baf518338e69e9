using Azure.Messaging.ServiceBus;

namespace ToolboxAI.Local.ServiceBus;

/// <summary>Keeps <c>servicebus.listeners</c> true for this process: a row per entity (and session) while anybody listens.</summary>
internal sealed class PostgresListeners
{
    private readonly Dictionary<Key, int> counts = [];
    private readonly PostgresConnection connection;
    private Task written = Task.CompletedTask;

    public PostgresListeners(PostgresConnection connection)
    {
        this.connection = connection;
        connection.Hub.Connected += Restore;
    }

    public async Task<IAsyncDisposable> AddAsync(EntityAddress address, int entityId, string? sessionId)
    {
        var key = new Key(address, entityId, sessionId ?? "");
        await CountAsync(key, +1);
        return new Listening(this, key);
    }

    /// <summary>While the server was away this process looked dead, and others may have removed its rows.</summary>
    private void Restore()
    {
        lock (counts)
        {
            foreach (var key in counts.Where(count => count.Value > 0).Select(count => count.Key))
            {
                written = WriteAsync(written, key, listens: true);
            }
        }
    }

    private async Task RemoveAsync(Key key)
    {
        try
        {
            await CountAsync(key, -1);
        }
        catch (ServiceBusException e) when (e.Reason == ServiceBusFailureReason.ServiceCommunicationProblem)
        {
            // A database that is gone has no listeners; one that comes back counts this process's as long as it lives.
            return;
        }
    }

    /// <summary>Writes when the first comes and when the last goes, one after the other.</summary>
    private Task CountAsync(Key key, int change)
    {
        lock (counts)
        {
            var before = counts.GetValueOrDefault(key);
            counts[key] = before + change;
            return (before, before + change) switch
            {
                (0, 1) => written = WriteAsync(written, key, listens: true),
                (1, 0) => written = WriteAsync(written, key, listens: false),
                _ => written,
            };
        }
    }

    private async Task WriteAsync(Task previous, Key key, bool listens)
    {
        await previous.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        const string Add = """
            WITH gone AS (DELETE FROM servicebus.listeners WHERE process_id NOT IN (SELECT id FROM installation.processes)),
                slept AS (DELETE FROM servicebus.sleepers WHERE process_id NOT IN (SELECT id FROM installation.processes))
            INSERT INTO servicebus.listeners VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING
            """;
        const string Remove = """
            WITH used AS (UPDATE servicebus.entities SET used_at = installation.now() WHERE id = $2 AND idle_after IS NOT NULL)
            DELETE FROM servicebus.listeners WHERE process_id = $1 AND entity_id = $2 AND dead = $3 AND session_id = $4
            """;
        await connection.ScalarAsync<object>(
            key.Address, listens ? Add : Remove, CancellationToken.None, connection.ProcessId, key.EntityId, key.Address.IsDeadLetter, key.Session);
    }

    private sealed record Key(EntityAddress Address, int EntityId, string Session);

    private sealed class Listening(PostgresListeners owner, Key key) : IAsyncDisposable
    {
        private int disposed;

        public async ValueTask DisposeAsync()
        {
            if (Interlocked.Exchange(ref disposed, 1) == 0)
            {
                await owner.RemoveAsync(key);
            }
        }
    }
}
