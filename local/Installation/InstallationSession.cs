using System.Collections.Concurrent;
using Npgsql;

namespace ToolboxAI.Local.Installation;

/// <summary>
/// One process's membership of an installation (a PostgreSQL database that applications, services and their clock share).
/// It holds one connection for as long as the process lives: by it the others know that the process is there, and over it
/// the process hears of each advance of the moved clock.
/// </summary>
public sealed class InstallationSession : IAsyncDisposable
{
    private static readonly ConcurrentDictionary<string, Lazy<Task<InstallationSession>>> Shared = new();

    private readonly CancellationTokenSource stopping = new();
    private readonly TaskCompletionSource joined = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string kind;
    private Task listening = Task.CompletedTask;

    private InstallationSession(string connectionString, string kind)
    {
        ConnectionString = connectionString;

        // Without the password in its own connection string: that one is the pool's name, which stands in the metrics.
        Database = NpgsqlDataSource.Create(connectionString);
        this.kind = kind;
    }

    /// <summary>The session's id, new at each start.</summary>
    public Guid Id { get; } = Guid.NewGuid();

    /// <summary>The database with its password, for components that need connections outside the pool. For no log.</summary>
    public string ConnectionString { get; }

    /// <summary>The installation's database, pooled.</summary>
    public NpgsqlDataSource Database { get; }

    /// <summary>The installation's moved clock.</summary>
    public MovedTimeProvider Clock { get; } = new();

    /// <summary>The session that all components of this process share for one database. It lives until the process ends.</summary>
    public static Task<InstallationSession> ForAsync(string connectionString) =>
        Shared.GetOrAdd(connectionString, static key => new(() => JoinAsync(key, "member", CancellationToken.None))).Value;

    /// <summary>Joins the installation; creates its schema when it is not there yet.</summary>
    public static async Task<InstallationSession> JoinAsync(string connectionString, string kind, CancellationToken cancellationToken)
    {
        var session = new InstallationSession(connectionString, kind);
        await InstallationSchema.InstallAsync(session.Database, cancellationToken).ConfigureAwait(false);
        session.listening = Task.Run(session.ListenAsync, CancellationToken.None);
        var first = await Task.WhenAny(session.joined.Task, session.listening).WaitAsync(cancellationToken).ConfigureAwait(false);
        await first.ConfigureAwait(false);
        return session;
    }

    /// <summary>Tells the others what this process is (<c>application</c>, <c>services</c>) and at which address it answers.</summary>
    public async Task AnnounceAsync(string newKind, string? address, CancellationToken cancellationToken)
    {
        await using var command = Database.CreateCommand("UPDATE installation.processes SET kind = $2, address = $3 WHERE id = $1");
        command.Parameters.Add(new() { Value = Id });
        command.Parameters.Add(new() { Value = newKind });
        command.Parameters.Add(new() { Value = (object?)address ?? DBNull.Value });
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        announced = (newKind, address);
    }

    /// <summary>The addresses of the live processes of one kind, the longest-running first.</summary>
    public async Task<IReadOnlyList<string>> AddressesAsync(string ofKind, CancellationToken cancellationToken)
    {
        await using var command = Database.CreateCommand(
            "SELECT address FROM installation.live_processes WHERE kind = $1 AND address IS NOT NULL ORDER BY backend_start, id");
        command.Parameters.Add(new() { Value = ofKind });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var addresses = new List<string>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            addresses.Add(reader.GetString(0));
        }

        return addresses;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync().ConfigureAwait(false);
        await listening.ConfigureAwait(false);
        stopping.Dispose();
        await Database.DisposeAsync().ConfigureAwait(false);
    }

    private (string Kind, string? Address)? announced;

    private async Task ListenAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await FollowClockAsync(stopping.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (PostgresException e) when (joined.Task.IsCompleted && e.SqlState == PostgresErrorCodes.InvalidCatalogName)
            {
                // The database was dropped: nobody can come back to it.
                return;
            }
            catch (Exception e) when (joined.Task.IsCompleted && (e is NpgsqlException or IOException or System.Net.Sockets.SocketException))
            {
                // The database restarts or went away: the clock stands where it was; join again when it is back.
                await Task.Delay(TimeSpan.FromMilliseconds(250)).ConfigureAwait(false);
            }
        }
    }

    private async Task FollowClockAsync(CancellationToken cancellationToken)
    {
        var options = new NpgsqlConnectionStringBuilder(ConnectionString) { Pooling = false, KeepAlive = 15 };
        await using var connection = new NpgsqlConnection(options.ConnectionString);
        await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using (var listen = new NpgsqlCommand("LISTEN installation_clock", connection))
        {
            await listen.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }

        await RegisterAsync(connection, cancellationToken).ConfigureAwait(false);
        while (true)
        {
            await AcknowledgeAsync(connection, cancellationToken).ConfigureAwait(false);
            joined.TrySetResult();
            // A notification that comes while we read is not waited for again, so look once a second all the same.
            await connection.WaitAsync(TimeSpan.FromSeconds(1), cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task RegisterAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        const string Sql = """
            DELETE FROM installation.processes WHERE id NOT IN (SELECT id FROM installation.live_processes);
            INSERT INTO installation.processes (id, kind, address, pid, backend_pid, backend_start, clock_version)
            SELECT @id, @kind, @address, @pid, pid, backend_start, -1 FROM pg_stat_activity WHERE pid = pg_backend_pid()
            ON CONFLICT (id) DO UPDATE SET backend_pid = excluded.backend_pid, backend_start = excluded.backend_start;
            """;
        await using var command = new NpgsqlCommand(Sql, connection);
        command.Parameters.AddWithValue("id", Id);
        command.Parameters.AddWithValue("kind", announced?.Kind ?? kind);
        command.Parameters.AddWithValue("address", (object?)announced?.Address ?? DBNull.Value);
        command.Parameters.AddWithValue("pid", Environment.ProcessId);
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task AcknowledgeAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        long version;
        await using (var read = new NpgsqlCommand("SELECT shift, version FROM installation.clock", connection))
        {
            await using var reader = await read.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            Clock.MoveTo(reader.GetFieldValue<TimeSpan>(0));
            version = reader.GetInt64(1);
        }

        await using var write = new NpgsqlCommand("UPDATE installation.processes SET clock_version = $2 WHERE id = $1", connection);
        write.Parameters.Add(new() { Value = Id });
        write.Parameters.Add(new() { Value = version });
        await write.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }
}
