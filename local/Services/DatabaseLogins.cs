using Npgsql;

namespace ToolboxAI.Local.Services;

/// <summary>The database of the installation and its three logins, none of which is a superuser.</summary>
internal static class DatabaseLogins
{
    public const string Database = "toolbox";

    /// <summary>Owns the schemas of the local runtime.</summary>
    public const string Local = "toolbox_local";

    /// <summary>Runs the migrations: owns the product's schemas and makes the tenants' roles.</summary>
    public const string Migrator = "toolbox_migrator";

    /// <summary>The application: owner of nothing.</summary>
    public const string Application = "toolbox_app";

    /// <summary>The first of the two logins that a rotation of the database password alternates between.</summary>
    public const string Alternating = "toolbox_app_blue";

    /// <summary>Makes what is missing, and sets the passwords of this data folder.</summary>
    public static async Task EnsureAsync(PostgresServer server, DataFolder data, CancellationToken cancellationToken)
    {
        await using (var cluster = NpgsqlDataSource.Create(server.SuperuserConnectionString("postgres")))
        {
            foreach (var (login, rights) in new[] { (Local, "NOCREATEROLE"), (Migrator, "CREATEROLE"), (Application, "NOCREATEROLE") })
            {
                await ExecuteAsync(cluster, Role(login, rights, data.Password(login)), cancellationToken);
            }

            await using var known = cluster.CreateCommand($"SELECT 1 FROM pg_database WHERE datname = '{Database}'");
            if (await known.ExecuteScalarAsync(cancellationToken) is null)
            {
                await ExecuteAsync(cluster, $"CREATE DATABASE {Database}", cancellationToken);
            }
        }

        const string Grants = $"""
            REVOKE ALL ON DATABASE {Database} FROM PUBLIC;
            REVOKE ALL ON DATABASE postgres FROM PUBLIC;
            REVOKE ALL ON SCHEMA public FROM PUBLIC;
            GRANT CONNECT, CREATE, TEMPORARY ON DATABASE {Database} TO {Local}, {Migrator};
            GRANT CONNECT ON DATABASE {Database} TO {Application};
            ALTER ROLE {Migrator} SET createrole_self_grant = 'set, inherit';
            """;
        await using var database = NpgsqlDataSource.Create(server.SuperuserConnectionString(Database));
        await ExecuteAsync(database, Grants, cancellationToken);
        foreach (var file in Directory.GetFiles(ServiceFiles.SelfHosted, "*.sql").Order(StringComparer.Ordinal))
        {
            await ExecuteAsync(database, await File.ReadAllTextAsync(file, cancellationToken), cancellationToken);
        }

        await ExecuteAsync(database, FirstPassword(data.Password(Alternating)), cancellationToken);
    }

    // As long as none has a password: later ones are the application's own affair.
    private static string FirstPassword(string password) => $"""
        DO $first$ BEGIN
            IF NOT EXISTS (SELECT FROM pg_authid WHERE starts_with(rolname, 'toolbox_app_') AND rolpassword IS NOT NULL) THEN
                ALTER ROLE {Alternating} PASSWORD '{password}';
            END IF;
        END $first$;
        """;

    // The password is hexadecimal, so it needs no quoting.
    private static string Role(string login, string rights, string password) => $"""
        DO $make$ BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{login}') THEN CREATE ROLE {login}; END IF;
        END $make$;
        ALTER ROLE {login} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOREPLICATION {rights} PASSWORD '{password}';
        """;

    private static async Task ExecuteAsync(NpgsqlDataSource database, string sql, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
