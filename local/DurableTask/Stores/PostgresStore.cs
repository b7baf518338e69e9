using Npgsql;
using NpgsqlTypes;
using ToolboxAI.Local.DurableTask.Engine;
using ToolboxAI.Local.Installation;

namespace ToolboxAI.Local.DurableTask.Stores;

/// <summary>A task hub in PostgreSQL, schema <c>durable</c>. Several processes may share it.</summary>
internal sealed partial class PostgresStore : IHubStore
{
    private readonly NpgsqlDataSource database;
    private readonly InstallationSession session;
    private readonly string connectionString;
    private readonly int hub;
    private readonly HistoryReads histories;

    private PostgresStore(NpgsqlDataSource database, InstallationSession session, string connectionString, int hub)
    {
        this.connectionString = connectionString;
        this.database = database;
        this.session = session;
        this.hub = hub;
        histories = new HistoryReads(ReadHistoriesAsync);
    }

    /// <summary>Opens a hub; creates the schema and the hub when they are not there yet.</summary>
    public static async Task<PostgresStore> ConnectAsync(string connectionString, InstallationSession session, string hubName)
    {
        var options = new NpgsqlConnectionStringBuilder(connectionString)
        {
            MaxAutoPrepare = 64,
            AutoPrepareMinUsages = 2,
            MaxPoolSize = 16,
            NoResetOnClose = true,   // no statement leaves anything behind in its session
            ApplicationName = "durable",
        };
        var source = NpgsqlDataSource.Create(options.ConnectionString);
        await InstallationSchema.InstallAsync(source, "durable", DurableSchema.Script, CancellationToken.None).ConfigureAwait(false);
        await using var command = source.CreateCommand("""
            INSERT INTO durable.hubs (name) VALUES (lower($1)) ON CONFLICT (name) DO NOTHING;
            """);
        command.Parameters.Add(new() { Value = hubName });
        await command.ExecuteNonQueryAsync().ConfigureAwait(false);
        await using var read = source.CreateCommand("SELECT id FROM durable.hubs WHERE name = lower($1)");
        read.Parameters.Add(new() { Value = hubName });
        return new PostgresStore(source, session, connectionString, (int)(await read.ExecuteScalarAsync().ConfigureAwait(false))!);
    }

    public async Task<bool> StartAsync(NewInstance start, CancellationToken cancellationToken) =>
        (await CommitAsync(0, [new StartCommit(start)], null, cancellationToken).ConfigureAwait(false)).Results[0].Accepted;

    public async Task<bool> SendAsync(NewMessage message, CancellationToken cancellationToken) =>
        (await CommitAsync(0, [new SendCommit(message)], null, cancellationToken).ConfigureAwait(false)).Results[0].Accepted;

    /// <exception cref="InvalidDataException">It can't be read.</exception>
    public async Task<IReadOnlyList<HistoryEvent>> ReadHistoryAsync(long key, CancellationToken cancellationToken) =>
        [.. (await histories.ReadAsync(key, cancellationToken).ConfigureAwait(false)).SelectMany(HistoryJson.ReadEvents)];

    private async Task<IReadOnlyDictionary<long, List<string>>> ReadHistoriesAsync(IReadOnlyList<long> keys)
    {
        await using var command = database.CreateCommand("SELECT instance, events FROM durable.history WHERE instance = ANY ($1) ORDER BY instance, sequence");
        Add(command, keys.ToArray());
        await using var reader = await command.ExecuteReaderAsync().ConfigureAwait(false);
        var found = new Dictionary<long, List<string>>();
        while (await reader.ReadAsync().ConfigureAwait(false))
        {
            var key = reader.GetInt64(0);
            if (!found.TryGetValue(key, out var history))
            {
                found.Add(key, history = []);
            }

            history.Add(reader.GetString(1));
        }

        return found;
    }

    public async Task<DateTimeOffset?> NextDueAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(NextDue);
        Add(command, hub);
        return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is DateTime due ? Utc(due) : null;
    }

    private static void Add(NpgsqlCommand command, params object?[] values)
    {
        foreach (var value in values)
        {
            command.Parameters.Add(value is null ? new NpgsqlParameter { Value = DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text } : new NpgsqlParameter { Value = value });
        }
    }

    private static void Add(NpgsqlParameterCollection parameters, NpgsqlDbType type, object? value) =>
        parameters.Add(new NpgsqlParameter { NpgsqlDbType = type, Value = value ?? DBNull.Value });

    private static DateTimeOffset Utc(DateTime time) => new(DateTime.SpecifyKind(time, DateTimeKind.Utc));
}
