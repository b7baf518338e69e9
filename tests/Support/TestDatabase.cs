using Npgsql;

namespace ToolboxAI.Tests.Support;

/// <summary>A database of its own for one test or one class, on the test run's PostgreSQL; dropped when disposed.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private readonly string server;
    private readonly string name;

    private TestDatabase(string server, string name)
    {
        this.server = server;
        this.name = name;
        ConnectionString = new NpgsqlConnectionStringBuilder(server) { Database = name }.ConnectionString;
    }

    /// <summary>Connects as the server's superuser; tests that need the application's login make it themselves.</summary>
    public string ConnectionString { get; }

    /// <summary>Creates an empty database.</summary>
    public static async Task<TestDatabase> CreateAsync()
    {
        var database = new TestDatabase(await TestServer.ConnectionStringAsync(), "test_" + Guid.NewGuid().ToString("N")[..12]);
        await Execute(database.server, $"CREATE DATABASE {database.name}");
        return database;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Execute(server, $"DROP DATABASE IF EXISTS {name} WITH (FORCE)");
    }

    private static async Task Execute(string server, string sql)
    {
        await using var connection = new NpgsqlConnection(server);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
