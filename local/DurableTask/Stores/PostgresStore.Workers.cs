using Npgsql;

namespace ToolboxAI.Local.DurableTask.Stores;

/// <summary>Who works on the hub, who has died, and how the sleeping hear of news.</summary>
internal sealed partial class PostgresStore
{
    private const string Channel = "durable_news";
    private static readonly TimeSpan LookForDead = TimeSpan.FromMilliseconds(500);
    private int[] dead = [];

    public async Task<int> JoinAsync(CancellationToken cancellationToken)
    {
        await FindDeadAsync(cancellationToken).ConfigureAwait(false);
        await using var command = database.CreateCommand("INSERT INTO durable.workers (hub, session) VALUES ($1, $2) RETURNING id");
        Add(command, hub, session.Id);
        return (int)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
    }

    public async Task LeaveAsync(int worker, CancellationToken cancellationToken)
    {
        await using var batch = database.CreateBatch();
        foreach (var sql in (string[])[
            "UPDATE durable.instances SET owner = NULL, attempts = attempts - 1 WHERE hub = $1 AND owner = $2",
            "UPDATE durable.activities SET owner = NULL, attempts = attempts - 1 WHERE hub = $1 AND owner = $2",
            "DELETE FROM durable.workers WHERE hub = $1 AND id = $2"])
        {
            var command = new NpgsqlBatchCommand(sql);
            command.Parameters.Add(new NpgsqlParameter { Value = hub });
            command.Parameters.Add(new NpgsqlParameter { Value = worker });
            batch.BatchCommands.Add(command);
        }

        await batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Calls <paramref name="wake"/> whenever another process has news, and looks after dead workers; until the process ends.</summary>
    public void Listen(Action wake)
    {
        _ = Task.Run(() => ListenAsync(wake));
        _ = Task.Run(() => LookForDeadAsync(wake));
    }

    private async Task ListenAsync(Action wake)
    {
        var options = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, KeepAlive = 15 };
        while (true)
        {
            try
            {
                await using var connection = new NpgsqlConnection(options.ConnectionString);
                connection.Notification += (_, news) =>
                {
                    if (news.Payload == hub.ToString())
                    {
                        wake();
                    }
                };
                await connection.OpenAsync().ConfigureAwait(false);
                await using (var listen = new NpgsqlCommand($"LISTEN {Channel}", connection))
                {
                    await listen.ExecuteNonQueryAsync().ConfigureAwait(false);
                }

                while (true)
                {
                    await connection.WaitAsync().ConfigureAwait(false);
                }
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InvalidCatalogName)
            {
                return;   // the database was dropped
            }
            catch (Exception e) when (e is NpgsqlException or IOException or System.Net.Sockets.SocketException)
            {
                // The database restarts or went away. Workers look for work now and then anyway.
                await Task.Delay(LookForDead).ConfigureAwait(false);
            }
        }
    }

    private async Task LookForDeadAsync(Action wake)
    {
        while (true)
        {
            await Task.Delay(LookForDead).ConfigureAwait(false);
            try
            {
                if (await FindDeadAsync(CancellationToken.None).ConfigureAwait(false))
                {
                    wake();
                }
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InvalidCatalogName)
            {
                return;   // the database was dropped
            }
            catch (Exception e) when (e is NpgsqlException or IOException or System.Net.Sockets.SocketException)
            {
                // Nobody can be found dead while the database is away; the next look will.
                continue;
            }
        }
    }

    /// <summary>Notes the workers whose process has left the installation; true when there are others than before.</summary>
    private async Task<bool> FindDeadAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            SELECT coalesce(array_agg(w.id ORDER BY w.id), '{}') FROM durable.workers w
            WHERE w.hub = $1 AND NOT EXISTS (SELECT FROM installation.live_processes p WHERE p.id = w.session)
            """);
        Add(command, hub);
        var found = (int[])(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
        var changed = !found.SequenceEqual(Volatile.Read(ref dead));
        Volatile.Write(ref dead, found);
        return changed;
    }

    private async Task NotifyAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"SELECT pg_notify('{Channel}', $1)");
        Add(command, hub.ToString());
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    private NpgsqlBatchCommand NotifyOthers()
    {
        var command = new NpgsqlBatchCommand($"SELECT pg_notify('{Channel}', $1)");
        command.Parameters.Add(new NpgsqlParameter { Value = hub.ToString() });
        return command;
    }
}
