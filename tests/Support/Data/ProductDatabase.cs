using System.Reflection;
using Npgsql;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Tenants;

namespace ToolboxAI.Tests.Support.Data;

/// <summary>
/// A database of its own with the product's migrations and the development tenants, made the way an installation makes it: by
/// a migration login that is no superuser, and used through the application's login.
/// </summary>
public sealed class ProductDatabase : IAsyncDisposable
{
    private const string Migrator = "toolbox_migrator";
    private const string App = "toolbox_app";
    private readonly TestDatabase database;
    private readonly NpgsqlDataSource reads;
    private readonly NpgsqlDataSource turns;

    private ProductDatabase(TestDatabase database)
    {
        this.database = database;
        Application = NpgsqlDataSource.Create(As(App));
        reads = DatabaseConnections.ForReads(new(As(App))).Build();
        turns = DatabaseConnections.ForTurns(new(As(App))).Build();
        Units = new PostgresUnitOfWorkFactory(Application, reads, turns);
    }

    /// <summary>The tenant of the key <c>tbx_local_development_key</c>.</summary>
    public static TenantId Demo { get; } = new("demo");

    /// <summary>The tenant of the key <c>tbx_local_other_key</c>.</summary>
    public static TenantId Other { get; } = new("other");

    /// <summary>Connections as <c>toolbox_app</c>.</summary>
    public NpgsqlDataSource Application { get; }

    /// <summary>The application's connection string.</summary>
    public string ApplicationConnectionString => As(App);

    /// <summary>The connection string of the login that runs migrations.</summary>
    public string MigrationConnectionString => As(Migrator);

    /// <summary>The connection string of the server's superuser.</summary>
    public string SuperuserConnectionString => database.ConnectionString;

    /// <summary>The application's units of work.</summary>
    public IUnitOfWorkFactory Units { get; }

    /// <summary>Creates the database with all migrations and the development data.</summary>
    public static async Task<ProductDatabase> CreateAsync()
    {
        var empty = await TestDatabase.CreateAsync();
        var product = new ProductDatabase(empty);
        await using var cluster = await ConnectAsync(await TestServer.ConnectionStringAsync());
        await Execute(cluster, "SELECT pg_advisory_lock(7071)");      // roles belong to the whole server: one migration at a time
        await Execute(cluster, $"""
            DO $$ BEGIN
                IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{App}') THEN CREATE ROLE {App} LOGIN PASSWORD '{App}'; END IF;
                IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{Migrator}') THEN CREATE ROLE {Migrator} LOGIN CREATEROLE PASSWORD '{Migrator}'; END IF;
            END $$;
            ALTER DATABASE {new NpgsqlConnectionStringBuilder(empty.ConnectionString).Database} OWNER TO {Migrator};
            """);
        await using var migration = await ConnectAsync(product.As(Migrator));
        foreach (var script in Scripts("ToolboxAI.Migrations.", typeof(IUnitOfWork).Assembly)
            .Concat(Scripts("ToolboxAI.Development.", typeof(ProductDatabase).Assembly)))
        {
            await using var transaction = await migration.BeginTransactionAsync();
            await Execute(migration, script);
            await transaction.CommitAsync();
        }

        return product;
    }

    /// <summary>Empties the tables that tests write to; keys, tenants and migrations stay.</summary>
    public async Task ClearAsync()
    {
        await using var connection = await ConnectAsync(database.ConnectionString);
        await Execute(connection, """
            DO $$
            DECLARE
                target record;
            BEGIN
                FOR target IN
                    SELECT schemaname, tablename FROM pg_tables
                    WHERE schemaname LIKE 'tenant\_%'
                       OR (schemaname = 'toolbox' AND tablename NOT IN ('tenants', 'tenant_tables', 'api_keys', 'migrations'))
                LOOP
                    EXECUTE format('DELETE FROM %I.%I', target.schemaname, target.tablename);
                END LOOP;
            END $$;
            """);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Application.DisposeAsync();
        await reads.DisposeAsync();
        await turns.DisposeAsync();
        await database.DisposeAsync();
    }

    private string As(string login) =>
        new NpgsqlConnectionStringBuilder(database.ConnectionString) { Username = login, Password = login }.ConnectionString;

    private static IEnumerable<string> Scripts(string prefix, Assembly assembly) => assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal)
        .Select(name =>
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            return reader.ReadToEnd();
        });

    private static async Task<NpgsqlConnection> ConnectAsync(string connectionString)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    private static async Task Execute(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
