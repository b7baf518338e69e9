using Azure.Messaging.ServiceBus;
using Npgsql;
using ToolboxAI.Local.Installation;

namespace ToolboxAI.Local.ServiceBus;

/// <summary>What the parts of a PostgreSQL bus share: the installation, a pool of their own and the hub that wakes sleepers.</summary>
internal sealed class PostgresConnection
{
    private PostgresConnection(InstallationSession installation, NpgsqlDataSource database, PostgresHub hub)
    {
        Installation = installation;
        Database = database;
        Hub = hub;
    }

    public InstallationSession Installation { get; }

    /// <summary>Never part of an ambient transaction: the bus enlists by itself.</summary>
    public NpgsqlDataSource Database { get; }

    public PostgresHub Hub { get; }

    public Guid ProcessId => Installation.Id;

    public static async Task<PostgresConnection> OpenAsync(string connectionString)
    {
        var installation = await InstallationSession.ForAsync(connectionString);
        var options = new NpgsqlConnectionStringBuilder(connectionString)
        {
            Enlist = false,
            MaxAutoPrepare = 40,
            NoResetOnClose = true,   // no statement leaves anything behind in its session
            Timezone = "UTC",
        };
        var database = NpgsqlDataSource.Create(options.ConnectionString);
        await PostgresSchema.InstallAsync(database, CancellationToken.None);
        return new(installation, database, new PostgresHub(connectionString, installation.Id));
    }

    public Task<T?> ScalarAsync<T>(EntityAddress address, string sql, CancellationToken cancellationToken, params object?[] values) =>
        ReachAsync(address, async () =>
        {
            await using var command = Database.CreateCommand(sql);
            Bind(command.Parameters, values);
            return await command.ExecuteScalarAsync(cancellationToken) is T value ? value : default;
        });

    public Task<IReadOnlyList<T>> QueryAsync<T>(
        EntityAddress address, string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken, params object?[] values) =>
        ReachAsync<IReadOnlyList<T>>(address, async () =>
        {
            await using var command = Database.CreateCommand(sql);
            Bind(command.Parameters, values);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            var rows = new List<T>();
            while (await reader.ReadAsync(cancellationToken))
            {
                rows.Add(read(reader));
            }

            return rows;
        });

    /// <summary>
    /// Has the server do something. Once one connection is lost the others in the pool are taken for lost too: each repetition would
    /// come upon the next dead one.
    /// </summary>
    public async Task<T> ReachAsync<T>(EntityAddress address, Func<Task<T>> operation)
    {
        try
        {
            return await PostgresErrors.TranslateAsync(address, operation);
        }
        catch (ServiceBusException e) when (e.Reason == ServiceBusFailureReason.ServiceCommunicationProblem)
        {
            Database.Clear();
            throw;
        }
    }

    public static void Bind(NpgsqlParameterCollection parameters, params object?[] values)
    {
        foreach (var value in values)
        {
            parameters.Add(value as NpgsqlParameter ?? new NpgsqlParameter { Value = value ?? DBNull.Value });
        }
    }
}
