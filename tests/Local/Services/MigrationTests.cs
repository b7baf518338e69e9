using Npgsql;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Local.Services;

/// <summary>The migration command, as a pipeline calls it.</summary>
public sealed class MigrationTests : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("toolboxai-migrations-").FullName;
    private TestDatabase database = null!;

    public async ValueTask InitializeAsync() => database = await TestDatabase.CreateAsync();

    public async ValueTask DisposeAsync()
    {
        await database.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Each_migration_is_applied_once_in_the_order_of_the_numbers()
    {
        Write("0002_second.sql", "INSERT INTO noted VALUES (2);");
        Write("0001_first.sql", "CREATE TABLE noted (number int); INSERT INTO noted VALUES (1);");
        Assert.Equal("applied 0001_first.sql\napplied 0002_second.sql", await AppliedAsync());

        Write("0010_third.sql", "INSERT INTO noted VALUES (10);");
        Assert.Equal("applied 0010_third.sql", await AppliedAsync());
        Assert.Equal("", await AppliedAsync());
        Assert.Equal("1,2,10", await ScalarAsync("SELECT string_agg(number::text, ',') FROM noted"));
    }

    [Fact]
    public async Task Several_pipelines_at_once_apply_each_migration_once()
    {
        Write("0001_first.sql", "CREATE TABLE noted (number int); INSERT INTO noted VALUES (1); SELECT pg_sleep(0.5);");

        var outputs = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => AppliedAsync()));

        Assert.Equal(["", "", "applied 0001_first.sql"], outputs.Order());
    }

    [Fact]
    public async Task A_failing_migration_leaves_nothing_behind()
    {
        Write("0001_first.sql", "CREATE TABLE noted (number int);");
        Write("0002_second.sql", "CREATE TABLE half (number int); SELECT 1/0;");

        Assert.StartsWith("0002_second.sql failed", await RefusedAsync());
        Assert.Equal("noted", await ScalarAsync("SELECT string_agg(tablename, ',') FROM pg_tables WHERE schemaname = 'public'"));

        Write("0002_second.sql", "CREATE TABLE whole (number int);");
        Assert.Equal("applied 0002_second.sql", await AppliedAsync());
    }

    [Fact]
    public async Task A_changed_a_late_and_a_doubled_migration_are_refused()
    {
        Write("0002_second.sql", "CREATE TABLE noted (number int);");
        Assert.Equal("applied 0002_second.sql", await AppliedAsync());

        Write("0002_second.sql", "CREATE TABLE noted (number bigint);");
        Assert.StartsWith("Migration 0002_second.sql was changed after it had been applied", await RefusedAsync());

        Write("0002_second.sql", "CREATE TABLE noted (number int);");
        Write("0001_first.sql", "SELECT 1;");
        Assert.StartsWith("Migration 0001_first.sql comes before 0002", await RefusedAsync());

        Write("0002_again.sql", "SELECT 1;");
        Assert.Equal("The migrations 0002_again.sql and 0002_second.sql have the same number.", await RefusedAsync());
    }

    [Fact]
    public async Task A_database_that_is_not_there_is_one_line()
    {
        await using var process = Command("Host=127.0.0.1;Port=1;Username=nobody");

        Assert.StartsWith("Can't migrate the database:", await ProcessChecks.RefusalAsync(process));
    }

    private void Write(string name, string sql) => File.WriteAllText(Path.Combine(folder, name), sql);

    private TestProcess Command(string connectionString) =>
        TestProcess.Start("ToolboxAI.Local.Services", new Dictionary<string, string>(), "--migrate", folder, "--database", connectionString);

    private async Task<string> AppliedAsync()
    {
        await using var process = Command(database.ConnectionString);
        var code = await process.ExitAsync(TimeSpan.FromSeconds(60));
        Assert.True(code == 0, process.Output);
        return process.Output.Trim();
    }

    private async Task<string> RefusedAsync()
    {
        await using var process = Command(database.ConnectionString);
        return await ProcessChecks.RefusalAsync(process);
    }

    private async Task<string?> ScalarAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (string?)await command.ExecuteScalarAsync();
    }
}
