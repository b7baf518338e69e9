using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using Npgsql;

namespace ToolboxAI.Local.ServiceBus;

/// <summary>Wakes this process's sleepers: at once for what this process does itself, by a notification for what others do.</summary>
internal sealed class PostgresHub
{
    private static readonly TimeSpan Reconnect = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<int, TaskCompletionSource> signals = new();
    private readonly TaskCompletionSource ready = NewSignal();
    private readonly string connectionString;
    private readonly string channel;
    private int started;

    /// <summary>
    /// Runs when a message of an entity, by its number, was locked for this process; with the message itself if it is small. Once it has
    /// a receiver, wake the entity.
    /// </summary>
    public event Action<int, long, Delivery?>? Handed;

    /// <summary>Runs whenever notifications begin to arrive, again after each loss of the server.</summary>
    public event Action? Connected;

    public PostgresHub(string connectionString, Guid processId)
    {
        this.connectionString = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, KeepAlive = 15, Enlist = false }.ConnectionString;
        channel = "servicebus_" + processId.ToString("N");
    }

    /// <summary>Ends when notifications arrive from other processes.</summary>
    public Task ListeningAsync()
    {
        if (Interlocked.Exchange(ref started, 1) == 0)
        {
            _ = Task.Run(ListenAsync);
        }

        return ready.Task;
    }

    /// <summary>Ends at the next change of the entity. Take it before looking.</summary>
    public Task Next(int entityId) => signals.GetOrAdd(entityId, static _ => NewSignal()).Task;

    public void Wake(int entityId)
    {
        if (signals.TryRemove(entityId, out var signal))
        {
            signal.TrySetResult();
        }
    }

    private async Task ListenAsync()
    {
        while (true)
        {
            try
            {
                await ListenOnceAsync();
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InvalidCatalogName)
            {
                // The database was dropped: nobody can come back to it.
                WakeAll();
                return;
            }
            catch (Exception e) when (e is NpgsqlException or IOException or SocketException)
            {
                // The server restarts or went away. Whoever sleeps looks again, and registers again when it is back.
                await Task.Delay(Reconnect);
                WakeAll();
            }
        }
    }

    private async Task ListenOnceAsync()
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        connection.Notification += (_, notification) => Hear(notification.Payload);
        await using (var listen = new NpgsqlCommand($"LISTEN {channel}", connection))
        {
            await listen.ExecuteNonQueryAsync();
        }

        ready.TrySetResult();
        Connected?.Invoke();
        WakeAll();
        while (true)
        {
            await connection.WaitAsync();
        }
    }

    /// <summary>An entity's id; if a message was handed over its number too, and the message if it is small.</summary>
    private void Hear(string told)
    {
        var parts = told.Split(' ', 3);
        var entityId = int.Parse(parts[0], CultureInfo.InvariantCulture);
        if (parts.Length == 1)
        {
            Wake(entityId);
        }
        else
        {
            Handed?.Invoke(entityId, long.Parse(parts[1], CultureInfo.InvariantCulture), parts.Length == 3 ? ToldMessage.Read(parts[2]) : null);
        }
    }

    private void WakeAll()
    {
        foreach (var entityId in signals.Keys)
        {
            Wake(entityId);
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
