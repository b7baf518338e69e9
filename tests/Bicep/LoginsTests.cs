using Npgsql;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Bicep;

/// <summary>The logins of the database on Azure: <c>bicep/database/logins.sql</c> on a server whose Entra function is a double.</summary>
public sealed class LoginsTests
{
    private const string Identity = "0f0e0d0c-0b0a-4908-8706-050403020100";

    [Fact]
    public async Task The_application_gets_its_login_once_and_may_only_connect()
    {
        await using var database = await TestDatabase.CreateAsync();
        var (name, app) = (new NpgsqlConnectionStringBuilder(database.ConnectionString).Database!, "app_" + Guid.NewGuid().ToString("N")[..12]);
        await using var server = NpgsqlDataSource.Create(database.ConnectionString);
        await Run(server, $"""
            CREATE FUNCTION pgaadauth_create_principal_with_oid(role text, oid text, kind text, admin bool, mfa bool) RETURNS text LANGUAGE plpgsql AS $$
            BEGIN EXECUTE format('CREATE ROLE %I LOGIN', role); EXECUTE format('COMMENT ON ROLE %I IS %L', role, kind || ' ' || oid); RETURN role; END $$;
            """);
        var sql = (await File.ReadAllTextAsync(Path.Combine(Repository.Root, "bicep", "database", "logins.sql"), TestContext.Current.CancellationToken))
            .Replace("toolbox_app", app).Replace("DATABASE toolbox ", $"DATABASE {name} ");
        try
        {
            for (var i = 0; i < 2; i++)
            {
                await Run(server, $"SET toolbox.identity = '{Identity}'; {sql}");
            }

            Assert.Equal($"service {Identity}", await Ask(server, $"SELECT shobj_description('{app}'::regrole, 'pg_authid')"));
            Assert.Equal("CONNECT", await Ask(server, $"""
                SELECT string_agg(may, ',') FROM unnest(ARRAY['CONNECT', 'CREATE', 'TEMPORARY']) may WHERE has_database_privilege('{app}', '{name}', may)
                """));
        }
        finally
        {
            await Run(server, $"ALTER ROLE CURRENT_USER RESET createrole_self_grant; DO $$ BEGIN IF to_regrole('{app}') IS NOT NULL THEN REVOKE ALL ON DATABASE {name} FROM {app}; DROP ROLE {app}; END IF; END $$;");
        }
    }

    [Fact]
    public async Task An_identity_that_is_none_is_refused()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var server = NpgsqlDataSource.Create(database.ConnectionString);
        var sql = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "bicep", "database", "logins.sql"), TestContext.Current.CancellationToken);

        var error = await Assert.ThrowsAsync<PostgresException>(() => Run(server, $"SET toolbox.identity = ''; {sql}"));

        Assert.Contains("is not an object id", error.MessageText);
    }

    private static async Task Run(NpgsqlDataSource server, string sql)
    {
        await using var command = server.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<string?> Ask(NpgsqlDataSource server, string sql)
    {
        await using var command = server.CreateCommand(sql);
        return await command.ExecuteScalarAsync() as string;
    }
}
