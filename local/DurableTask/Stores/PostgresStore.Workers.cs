using System.Collections.Concurrent;
using Npgsql;

namespace ToolboxAI.Local.DurableTask.Stores;

/// <summary>Who works on the hub, who has died, and how the sleeping hear of news.</summary>
internal sealed partial class PostgresStore
{
    private const string Channel = "durable_news";

    /// <summary>Tells the workers of other processes; without any, no commit waits in the queue of notifications.</summary>
    private const string NotifySql =
        $"SELECT pg_notify('{Channel}', $1) WHERE EXISTS (SELECT FROM durable.workers WHERE hub = $2 AND session <> $3)";

    private static readonly TimeSpan LookForDead = TimeSpan.FromMilliseconds(500);
    private readonly ConcurrentDictionary<int, byte> own = [];

    public async Task<int> JoinAsync(CancellationToken cancellationToken)
    {
        await BuryDeadAsync(cancellationToken).ConfigureAwait(false);
        await using var command = database.CreateCommand("SELECT durable.join_hub($1, $2)");
        Add(command, hub, session.Id);
        var worker = (int)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
        own.TryAdd(worker, 0);
        return worker;
    }

    public async Task LeaveAsync(int worker, CancellationToken cancellationToken)
    {
        own.TryRemove(worker, out _);
        await using var batch = database.CreateBatch();
        foreach (var sql in (string[])["SELECT durable.free($1, ARRAY[$2]::integer[], 1)", "DELETE FROM durable.workers WHERE hub = $1 AND id = $2"])
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
                if (await BuryDeadAsync(CancellationToken.None).ConfigureAwait(false))
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

    /// <summary>Frees what workers hold whose process has left the installation; true when there were any.</summary>
    private async Task<bool> BuryDeadAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT durable.bury($1, $2, $3)");
        Add(command, hub, session.Id, own.Keys.ToArray());
        return (bool)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
    }

    private async Task NotifyAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(NotifySql);
        Add(command, hub.ToString(), hub, session.Id);
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    private NpgsqlBatchCommand NotifyOthers()
    {
        var command = new NpgsqlBatchCommand(NotifySql);
        command.Parameters.Add(new NpgsqlParameter { Value = hub.ToString() });
        command.Parameters.Add(new NpgsqlParameter { Value = hub });
        command.Parameters.Add(new NpgsqlParameter { Value = session.Id });
        return command;
    }
}
