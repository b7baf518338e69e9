using Npgsql;
using ToolboxAI.Shared.Data;
using ToolboxAI.Tests.Support.Data;

namespace ToolboxAI.Tests.Tenants;

/// <summary>A tenant's session reaches that tenant's data and nothing else, whatever SQL runs in it.</summary>
public sealed class TenantIsolationTests(TenantIsolationTests.Fixture fixture) : IClassFixture<TenantIsolationTests.Fixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> Forbidden =>
    [
        "SELECT * FROM tenant_other.secrets",
        "INSERT INTO tenant_other.secrets VALUES ('x')",
        "CREATE TABLE tenant_demo.mine (a int)",
        "DROP TABLE tenant_demo.secrets",
        "ALTER TABLE tenant_demo.secrets DISABLE ROW LEVEL SECURITY",
        "SELECT * FROM toolbox.api_keys",
        "SELECT * FROM toolbox.inbox",
        "SELECT * FROM toolbox.idempotency",
        "SELECT * FROM toolbox.outbox",
        "DELETE FROM toolbox.handled_messages",
        "UPDATE toolbox.tenants SET name = 'x'",
        "SELECT toolbox.create_tenant('evil', 'e', 'e@e.example', '2026-01-01Z')",
        "SELECT toolbox.run_in_tenant('other', 'SELECT 1')",
        "SELECT toolbox.add_tenant_tables('9999', 'SELECT 1')",
        "INSERT INTO toolbox.outbox (id, queue, body, tenant, created_at) VALUES ('m', 'email', '{}', 'other', '2026-01-01Z')",
        "INSERT INTO toolbox.outbox (id, queue, body, tenant, created_at) VALUES ('m', 'email', '{}', NULL, '2026-01-01Z')",
        "INSERT INTO toolbox.handled_messages VALUES ('c', 'm', 'other', 'o', '2026-01-01Z')",
        "CREATE ROLE evil",
        "CREATE SCHEMA evil",
        "ALTER ROLE tenant_demo BYPASSRLS",
        "COPY tenant_demo.secrets TO PROGRAM 'cat'",
        "SELECT pg_read_file('/etc/passwd')",
    ];

    [Theory, MemberData(nameof(Forbidden))]
    public async Task A_tenant_s_session_may_not(string sql)
    {
        await using var work = await fixture.Database.Units.Begin(ProductDatabase.Demo, Ct);
        var refused = await Assert.ThrowsAsync<PostgresException>(() => work.Execute(sql, null, Ct));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }

    [Theory, MemberData(nameof(Forbidden))]
    public async Task A_tenant_s_turn_in_a_transaction_of_several_may_not_either(string sql)
    {
        await using var work = await fixture.Database.Units.BeginTurns(Ct);
        await work.Enter(ProductDatabase.Other, Ct);
        await work.Enter(ProductDatabase.Demo, Ct);
        var refused = await Assert.ThrowsAsync<PostgresException>(() => work.Execute(sql, null, Ct));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }

    [Fact]
    public async Task Names_without_a_schema_are_those_of_the_tenant_whose_turn_it_is()
    {
        for (var again = 0; again < 3; again++)
        {
            await using var work = await fixture.Database.Units.BeginTurns(Ct);
            await using var batch = new TenantBatch(work.Session<NpgsqlConnection>());
            foreach (var tenant in new[] { ProductDatabase.Demo, ProductDatabase.Other, ProductDatabase.Demo })
            {
                batch.Enter(tenant);
                batch.Query("SELECT word FROM secrets");
            }

            batch.Enter(null);
            foreach (var word in new[] { "demo's", "other's", "demo's" })
            {
                Assert.Equal(word, Assert.Single(await batch.Next<Secret>(Ct)).Word);
            }

            await batch.DisposeAsync();
            await work.Enter(ProductDatabase.Other, Ct);
            Assert.Equal(["other's"], await work.Query<string>("SELECT word FROM secrets", null, Ct));
        }
    }

    [Fact]
    public async Task After_the_turns_the_session_is_the_control_plane_s_again()
    {
        await using var work = await fixture.Database.Units.BeginTurns(Ct);
        await work.Enter(ProductDatabase.Demo, Ct);
        await work.Enter(null, Ct);
        Assert.Equal("toolbox_app", await work.QuerySingle<string>("SELECT current_user::text", null, Ct));
        Assert.DoesNotContain("tenant", await work.QuerySingle<string>("SHOW search_path", null, Ct));
        var refused = await Assert.ThrowsAsync<PostgresException>(() => work.Query<string>("SELECT word FROM tenant_demo.secrets", null, Ct));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }

    [Fact]
    public async Task Names_without_a_schema_are_the_tenant_s_own()
    {
        Assert.Equal(["demo's"], await Read(ProductDatabase.Demo));
        Assert.Equal(["other's"], await Read(ProductDatabase.Other));

        async Task<IReadOnlyList<string>> Read(ToolboxAI.Shared.Tenants.TenantId tenant)
        {
            await using var work = await fixture.Database.Units.Begin(tenant, Ct);
            return await work.Query<string>("SELECT word FROM secrets", null, Ct);
        }
    }

    [Fact]
    public async Task A_tenant_sees_its_own_row_among_the_tenants_only()
    {
        await using var work = await fixture.Database.Units.Begin(ProductDatabase.Demo, Ct);
        Assert.Equal(["billing@demo.example"], await work.Query<string>("SELECT billing_email FROM toolbox.tenants", null, Ct));
    }

    [Fact]
    public async Task The_session_ends_with_its_transaction()
    {
        await using (var work = await fixture.Database.Units.Begin(ProductDatabase.Demo, Ct))
        {
            Assert.Equal("tenant_demo", await work.QuerySingle<string>("SELECT current_user::text", null, Ct));
            await work.Commit(Ct);
        }

        for (var i = 0; i < 10; i++)
        {
            await using var work = await fixture.Database.Units.Begin(Ct);
            Assert.Equal("toolbox_app", await work.QuerySingle<string>("SELECT current_user::text", null, Ct));
            Assert.DoesNotContain("tenant", await work.QuerySingle<string>("SHOW search_path", null, Ct));
        }
    }

    [Fact]
    public async Task The_control_plane_sees_no_tenant_s_schema()
    {
        await using var work = await fixture.Database.Units.Begin(Ct);
        var refused = await Assert.ThrowsAsync<PostgresException>(() => work.Query<string>("SELECT word FROM tenant_demo.secrets", null, Ct));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }

    [Fact]
    public async Task The_application_s_login_owns_nothing_and_has_no_special_right()
    {
        await using var work = await fixture.Database.Units.Begin(Ct);
        var rights = await work.QuerySingle<bool>(
            "SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication FROM pg_roles WHERE rolname = current_user", null, Ct);
        Assert.False(rights);
        var owned = await work.QuerySingle<long>(
            """
            SELECT (SELECT count(*) FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE r.rolname = 'toolbox_app' OR r.rolname LIKE 'tenant\_%')
                 + (SELECT count(*) FROM pg_namespace n JOIN pg_roles r ON r.oid = n.nspowner WHERE r.rolname = 'toolbox_app' OR r.rolname LIKE 'tenant\_%')
                 + (SELECT count(*) FROM pg_proc p JOIN pg_roles r ON r.oid = p.proowner WHERE r.rolname = 'toolbox_app' OR r.rolname LIKE 'tenant\_%')
            """,
            null,
            Ct);
        Assert.Equal(0, owned);
    }

    [Fact]
    public async Task Every_table_of_the_control_plane_forces_row_level_security()
    {
        await using var work = await fixture.Database.Units.Begin(Ct);
        var open = await work.Query<string>(
            """
            SELECT relname::text FROM pg_class WHERE relnamespace = 'toolbox'::regnamespace AND relkind IN ('r', 'p')
            AND NOT (relrowsecurity AND relforcerowsecurity)
            """,
            null,
            Ct);
        Assert.Empty(open);
    }

    [Fact]
    public async Task The_application_can_neither_change_the_schema_nor_make_tenants()
    {
        foreach (var sql in new[]
        {
            "CREATE TABLE toolbox.mine (a int)",
            "CREATE SCHEMA mine",
            "SELECT toolbox.create_tenant('evil', 'e', 'e@e.example', '2026-01-01Z')",
            "INSERT INTO toolbox.tenant_tables VALUES ('9999', 'DROP SCHEMA toolbox')",
        })
        {
            await using var work = await fixture.Database.Units.Begin(Ct);
            var refused = await Assert.ThrowsAsync<PostgresException>(() => work.Execute(sql, null, Ct));
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
        }
    }

    [Fact]
    public async Task Tables_that_come_later_reach_tenants_that_exist_and_tenants_that_come_after()
    {
        await using var migration = new NpgsqlConnection(fixture.Database.MigrationConnectionString);
        await migration.OpenAsync(Ct);
        await using (var command = new NpgsqlCommand(
            """
            SELECT toolbox.add_tenant_tables('9998_later', 'CREATE TABLE later (id text PRIMARY KEY)');
            SELECT toolbox.create_tenant('third', 'Third', 'billing@third.example', '2026-01-01Z');
            """, migration))
        {
            await command.ExecuteNonQueryAsync(Ct);
        }

        foreach (var tenant in new[] { "demo", "third" })
        {
            await using var work = await fixture.Database.Units.Begin(new(tenant), Ct);
            Assert.Equal(1, await work.Execute("INSERT INTO later VALUES ('1')", null, Ct));
        }
    }

    private sealed record Secret(string Word);

    public sealed class Fixture : IAsyncLifetime
    {
        public ProductDatabase Database { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Database = await ProductDatabase.CreateAsync();
            await using var migration = new NpgsqlConnection(Database.MigrationConnectionString);
            await migration.OpenAsync();
            await using var command = new NpgsqlCommand("SELECT toolbox.add_tenant_tables('9000_secrets', 'CREATE TABLE secrets (word text)')", migration);
            await command.ExecuteNonQueryAsync();
            foreach (var tenant in new[] { ProductDatabase.Demo, ProductDatabase.Other })
            {
                await using var work = await Database.Units.Begin(tenant, CancellationToken.None);
                await work.Execute("INSERT INTO secrets VALUES (@word)", new { word = $"{tenant}'s" }, CancellationToken.None);
                await work.Commit(CancellationToken.None);
            }
        }

        public ValueTask DisposeAsync() => Database.DisposeAsync();
    }
}
